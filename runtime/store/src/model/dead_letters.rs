//! Decisions about dead letters, in memory.

use super::tables::{Row, Tables};
use crate::contract::{Decided, Decision, What};
use crate::model::kept;

impl Tables {
    pub(super) fn decide(&mut self, decision: &Decision) -> bool {
        let Some(at) = self.dead.iter().rposition(|one| one.effect.key == decision.key) else {
            return false;
        };
        let letter = self.dead[at].clone();
        match &decision.what {
            What::Mend { effect, .. } => self.dead[at].effect = effect.as_ref().clone(),
            What::Resend => {
                if self.outbox.iter().any(|row| row.effect.key == decision.key) {
                    return false;
                }
                let now = kept(decision.at);
                self.outbox.push(Row {
                    conversation: letter.conversation,
                    effect: letter.effect,
                    not_before: now,
                    since: now,
                    claimed: false,
                    held: false,
                    attempts: letter.attempts.max(1),
                    strikes: 0,
                    why: None,
                });
                self.dead.remove(at);
            }
            What::Drop { .. } => drop(self.dead.remove(at)),
        }
        self.decisions.push(Decided {
            key: decision.key,
            conversation: letter.conversation,
            code: letter.code,
            at: decision.at,
            by: decision.by.clone(),
            what: decision.what.to_string(),
        });
        true
    }
}
