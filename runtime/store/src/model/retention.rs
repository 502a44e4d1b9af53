//! Deleting what nobody needs any more.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::tables::Tables;
use crate::contract::Visitor;

impl Tables {
    pub(super) fn forget_tokens(&mut self, now: Timestamp, limit: usize) -> usize {
        let mut ended: Vec<_> = self
            .tokens
            .iter()
            .filter(|(_, (_, expires))| *expires <= now)
            .map(|(hash, (_, expires))| (*expires, *hash))
            .collect();
        ended.sort();
        ended.truncate(limit);
        for (_, hash) in &ended {
            self.tokens.remove(hash);
        }
        ended.len()
    }

    pub(super) fn forget_visitors(&mut self, limit: usize) -> usize {
        let named: BTreeSet<Uuid> = self.tokens.values().map(|(visitor, _)| *visitor).collect();
        let gone = |visitor: &&Visitor| {
            visitor.subject.is_none()
                && !named.contains(&visitor.id)
                && self.open_of(visitor.id).is_none()
        };
        let gone: Vec<Uuid> =
            self.visitors.values().filter(gone).map(|visitor| visitor.id).take(limit).collect();
        for visitor in &gone {
            self.visitors.remove(visitor);
        }
        gone.len()
    }

    pub(super) fn idle_plans(&self) -> Vec<String> {
        let needed = self.needed_plans();
        self.plans.keys().filter(|hash| !needed.contains(hash.as_str())).cloned().collect()
    }

    pub(super) fn forget_plan(&mut self, hash: &str) -> bool {
        !self.needed_plans().contains(hash) && self.plans.remove(hash).is_some()
    }

    fn needed_plans(&self) -> BTreeSet<&str> {
        let open = self.conversations.iter().filter(|(_, row)| !row.is_over()).map(|(id, _)| *id);
        let owed = self.outbox.iter().map(|row| row.conversation);
        let timed = self.timers.iter().map(|due| due.conversation);
        let dead = self.dead.iter().map(|letter| letter.conversation);
        let needing: BTreeSet<Uuid> = open.chain(owed).chain(timed).chain(dead).collect();
        let plans = needing.iter().filter_map(|id| self.conversations.get(id));
        plans.map(|row| row.conversation.plan.as_str()).chain(self.active.as_deref()).collect()
    }
}
