//! What the store in memory keeps, and everything but the commit.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use tidegate_engine::effect::Effect;
use uuid::Uuid;

use crate::contract::{
    Admission, Claimed, DeadLetter, Due, Entry, Receipt, Record, Settlement, Stored, Token,
    TokenHash, Visitor,
};
use crate::model::kept;

#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) conversations: BTreeMap<Uuid, Stored>,
    pub(super) messages: BTreeMap<Uuid, Vec<Entry>>,
    pub(super) journal: BTreeMap<Uuid, Vec<Record>>,
    pub(super) inbound: BTreeMap<(Uuid, Uuid), ([u8; 32], Receipt)>,
    /// In the order in which effects were asked for.
    pub(super) outbox: Vec<Row>,
    pub(super) timers: Vec<Due>,
    pub(super) visitors: BTreeMap<Uuid, Visitor>,
    pub(super) tokens: BTreeMap<TokenHash, (Uuid, Timestamp)>,
    pub(super) plans: BTreeMap<String, Vec<u8>>,
    pub(super) active: Option<String>,
    pub(super) dead: Vec<DeadLetter>,
}

#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) conversation: Uuid,
    pub(super) effect: Effect,
    pub(super) not_before: Timestamp,
    pub(super) claimed: bool,
    pub(super) attempts: u32,
    pub(super) why: Option<String>,
}

impl Tables {
    /// The first row of each conversation, where nobody has it.
    fn heads(&self) -> impl Iterator<Item = usize> {
        let mut seen = HashSet::new();
        let rows = self.outbox.iter().enumerate();
        rows.filter(move |(_, row)| seen.insert(row.conversation) && !row.claimed).map(|(at, _)| at)
    }

    pub(super) fn claim(&mut self, now: Timestamp, limit: usize) -> Vec<Claimed> {
        let mut ready: Vec<usize> =
            self.heads().filter(|at| self.outbox[*at].not_before <= now).collect();
        ready.sort_by_key(|at| self.outbox[*at].not_before);
        ready.truncate(limit);
        let mut claimed = Vec::with_capacity(ready.len());
        for at in ready {
            let row = &mut self.outbox[at];
            row.claimed = true;
            row.attempts += 1;
            claimed.push(Claimed {
                conversation: row.conversation,
                effect: row.effect.clone(),
                attempt: row.attempts,
            });
        }
        claimed
    }

    pub(super) fn park(&mut self, key: Uuid, until: Timestamp, why: String) {
        if let Some(row) = self.outbox.iter_mut().find(|row| row.effect.key == key) {
            row.claimed = false;
            row.not_before = until;
            row.why = Some(why);
        }
    }

    pub(super) fn reclaim(&mut self, now: Timestamp) {
        for row in &mut self.outbox {
            row.claimed = false;
            if row.attempts > 0 {
                row.not_before = row.not_before.min(now);
            }
        }
    }

    pub(super) fn settle(&mut self, settlement: Settlement) -> bool {
        let Some(at) = self.outbox.iter().position(|row| row.effect.key == settlement.key) else {
            return false;
        };
        self.outbox.remove(at);
        self.dead.extend(settlement.dead.map(|dead| DeadLetter { at: kept(dead.at), ..*dead }));
        true
    }

    pub(super) fn next_effect(&self) -> Option<Timestamp> {
        self.heads().map(|at| self.outbox[at].not_before).min()
    }

    pub(super) fn due(&self, now: Timestamp, limit: usize) -> Vec<Due> {
        let mut due: Vec<Due> =
            self.timers.iter().filter(|due| due.timer.due <= now).cloned().collect();
        due.sort_by_key(|due| (due.timer.due, due.timer.key));
        due.truncate(limit);
        due
    }

    pub(super) fn open_of(&self, visitor: Uuid) -> Option<Uuid> {
        let mut rows = self.conversations.iter();
        rows.find(|(_, row)| row.owner.visitor == visitor && row.is_open()).map(|(id, _)| *id)
    }

    pub(super) fn admit(&mut self, admission: Admission) -> Visitor {
        let Admission { visitor, token, revoked } = admission;
        let known = visitor
            .subject
            .as_deref()
            .and_then(|subject| self.by_subject(&visitor.messenger, subject))
            .or_else(|| self.visitors.get(&visitor.id).cloned());
        let admitted = match known {
            Some(known) => Visitor { id: known.id, lasting: known.lasting, ..visitor },
            None => visitor,
        };
        self.visitors.insert(admitted.id, admitted.clone());
        if let Some(hash) = revoked {
            self.tokens.remove(&hash);
        }
        if let Some(Token { hash, expires }) = token {
            self.tokens.insert(hash, (admitted.id, kept(expires)));
        }
        admitted
    }

    pub(super) fn by_token(&self, hash: TokenHash, now: Timestamp) -> Option<Visitor> {
        let (visitor, expires) = self.tokens.get(&hash)?;
        (now < *expires).then(|| self.visitors.get(visitor).cloned())?
    }

    pub(super) fn by_subject(&self, messenger: &str, subject: &str) -> Option<Visitor> {
        let mut visitors = self.visitors.values();
        visitors
            .find(|v| v.messenger == messenger && v.subject.as_deref() == Some(subject))
            .cloned()
    }
}

impl Stored {
    fn is_open(&self) -> bool {
        self.conversation.position != tidegate_engine::state::Position::Ended
    }
}
