//! What the store in memory keeps, and everything but the commit.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use tidegate_engine::effect::Effect;
use tidegate_plan::value::Value;
use uuid::Uuid;

use crate::contract::{
    Admission, Backlog, Chat, ChatState, Claimed, DeadLetter, Decided, Due, Entry, Join, Parked,
    Profile, Receipt, Record, Settlement, Stored, Token, TokenHash, Until, Usage, Visitor,
};
use crate::model::files::Kept;
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
    pub(super) chats: BTreeMap<Uuid, Chat>,
    pub(super) visitors: BTreeMap<Uuid, Visitor>,
    pub(super) tokens: BTreeMap<TokenHash, (Uuid, Timestamp)>,
    pub(super) plans: BTreeMap<String, Vec<u8>>,
    pub(super) active: Option<String>,
    pub(super) dead: Vec<DeadLetter>,
    pub(super) decisions: Vec<Decided>,
    pub(super) files: Vec<Kept>,
    /// What AIs were asked for conversations.
    pub(super) usage: BTreeMap<Uuid, Usage>,
    pub(super) days: BTreeMap<Date, Usage>,
}

#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) conversation: Uuid,
    pub(super) effect: Effect,
    pub(super) not_before: Timestamp,
    /// Since when it could have been performed.
    pub(super) since: Timestamp,
    pub(super) claimed: bool,
    pub(super) held: bool,
    pub(super) attempts: u32,
    pub(super) strikes: u32,
    pub(super) why: Option<String>,
}

impl Tables {
    /// The first row of each conversation, where nobody has it; what only reads apart.
    fn heads(&self) -> impl Iterator<Item = usize> {
        let mut seen = HashSet::new();
        let rows = self.outbox.iter().enumerate();
        rows.filter(move |(_, row)| {
            let first = seen.insert((row.conversation, row.effect.action.only_reads()));
            first && !row.claimed && !row.held
        })
        .map(|(at, _)| at)
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
                strikes: row.strikes,
                since: row.since,
            });
        }
        claimed
    }

    pub(super) fn park(&mut self, parked: Parked) {
        let mut claimed = self.outbox.iter_mut().filter(|row| row.claimed);
        if let Some(row) = claimed.find(|row| row.effect.key == parked.key) {
            row.claimed = false;
            (row.not_before, row.held) = match parked.until {
                Until::Time(time) => (kept(time), false),
                Until::Released { now } => (kept(now), true),
            };
            row.attempts = row.attempts.saturating_sub(u32::from(!parked.attempted));
            row.strikes += u32::from(parked.strike);
            row.why = Some(parked.why);
        }
    }

    pub(super) fn release(&mut self, limit: usize) -> u64 {
        let mut held: Vec<&mut Row> = self.outbox.iter_mut().filter(|row| row.held).collect();
        held.sort_by_key(|row| row.not_before);
        held.truncate(limit);
        let released = held.len() as u64;
        held.into_iter().for_each(|row| row.held = false);
        released
    }

    pub(super) fn backlog(&self) -> Backlog {
        Backlog {
            effects: self.outbox.len() as u64,
            under_way: self.outbox.iter().filter(|row| row.claimed).count() as u64,
            held: self.outbox.iter().filter(|row| row.held).count() as u64,
            oldest: self.outbox.iter().map(|row| row.since).min(),
            dead_letters: self.dead.len() as u64,
        }
    }

    pub(super) fn reclaim(&mut self, now: Timestamp) {
        for row in &mut self.outbox {
            row.claimed = false;
            row.held = false;
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

    pub(super) fn change_chat(&mut self, key: Uuid, change: &ChatState) {
        let members = |state: &ChatState| {
            serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&state.0).ok()
        };
        let Some(chat) = self.chats.get_mut(&key) else { return };
        let (Some(mut state), Some(change)) = (members(&chat.state), members(change)) else {
            return;
        };
        state.extend(change);
        chat.state = ChatState(serde_json::Value::Object(state).to_string());
    }

    pub(super) fn open_of(&self, visitor: Uuid) -> Option<Uuid> {
        let mut rows = self.conversations.iter();
        rows.find(|(_, row)| row.owner.visitor == visitor && !row.is_over()).map(|(id, _)| *id)
    }

    pub(super) fn admit(&mut self, admission: Admission) -> Option<Visitor> {
        let Admission { visitor, token, shown, revoked, joins } = admission;
        if shown.is_some_and(|hash| !self.tokens.contains_key(&hash)) {
            return None;
        }
        let known = visitor
            .subject
            .as_deref()
            .and_then(|subject| self.by_subject(&visitor.messenger, subject))
            .or_else(|| self.visitors.get(&visitor.id).cloned());
        let mut admitted = match known {
            Some(known) => Visitor {
                id: known.id,
                lasting: known.lasting,
                profile: visitor.profile.or_known(&known.profile),
                ..visitor
            },
            None => visitor,
        };
        if let Some(join) = joins {
            self.join(&mut admitted, join);
        }
        self.visitors.insert(admitted.id, admitted.clone());
        if let Some(hash) = revoked {
            self.tokens.remove(&hash);
        }
        if let Some(Token { hash, expires }) = token {
            self.tokens.insert(hash, (admitted.id, kept(expires)));
        }
        Some(admitted)
    }

    fn join(&mut self, admitted: &mut Visitor, join: Join) {
        let Some(left) = self.visitors.get_mut(&join.visitor) else { return };
        if left.subject.is_some() || left.id == admitted.id {
            return;
        }
        for (name, value) in std::mem::take(&mut left.lasting) {
            admitted.lasting.entry(name).or_insert(value);
        }
        if self.open_of(admitted.id).is_none()
            && let Some(row) = join.conversation.and_then(|id| self.conversations.get_mut(&id))
            && row.owner.visitor == join.visitor
            && !row.is_over()
        {
            row.owner.visitor = admitted.id;
        }
    }

    pub(super) fn keep_lasting(
        &mut self,
        visitor: Uuid,
        changes: &BTreeMap<String, Option<Value>>,
    ) {
        let Some(visitor) = self.visitors.get_mut(&visitor) else { return };
        for (name, value) in changes {
            match value {
                Some(value) => visitor.lasting.insert(name.clone(), value.clone()),
                None => visitor.lasting.remove(name),
            };
        }
    }

    pub(super) fn sign_out(&mut self, hash: TokenHash) -> bool {
        let Some((id, _)) = self.tokens.remove(&hash) else { return false };
        let other = self.tokens.values().any(|(visitor, _)| *visitor == id);
        if let Some(visitor) = self.visitors.get_mut(&id)
            && visitor.subject.is_none()
            && !other
        {
            visitor.profile = Profile::default();
            visitor.lasting.clear();
        }
        true
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
