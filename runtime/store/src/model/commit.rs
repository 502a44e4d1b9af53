//! The commit in memory.

use std::collections::HashSet;

use tidegate_engine::effect::Timer;

use super::tables::{Row, Tables};
use crate::StoreError;
use crate::contract::{Answered, Commit, Due, Entry, Inbound, Outcome, Receipt, Record, Stored};
use crate::model::kept;

impl Tables {
    pub(super) fn commit(&mut self, commit: Commit) -> Result<Outcome, StoreError> {
        if let Some(refusal) = self.refusal(&commit)? {
            return Ok(refusal);
        }
        let mut keys: HashSet<_> = self.outbox.iter().map(|row| row.effect.key).collect();
        if let Some(Answered::Effect(settlement)) = &commit.answers {
            keys.remove(&settlement.key);
        }
        if !commit.effects.iter().all(|resting| keys.insert(resting.effect.key)) {
            return Err(StoreError::Failed("an effect with this key waits already".into()));
        }
        let owner = match self.conversations.get(&commit.conversation) {
            Some(row) => row.owner.clone(),
            None => commit.owner.clone().ok_or_else(no_owner)?,
        };
        self.keep_lasting(owner.visitor, &commit.lasting);
        self.take_files(&commit);
        let receipt = self.append(&commit);
        let messages = self.messages.get(&commit.conversation).map_or(0, |all| all.len() as u64);
        let version = commit.expected_version + 1;
        let stored = Stored { version, owner, messages, conversation: commit.next };
        self.conversations.insert(commit.conversation, stored);
        Ok(Outcome::Committed(receipt))
    }

    pub(super) fn recall(&self, inbound: &Inbound) -> Option<Outcome> {
        let (body, receipt) = self.inbound.get(&(inbound.addressed, inbound.key))?;
        let same = *body == inbound.body;
        Some(if same { Outcome::Duplicate(*receipt) } else { Outcome::Mismatch })
    }

    /// Why nothing is to be kept of it.
    fn refusal(&self, commit: &Commit) -> Result<Option<Outcome>, StoreError> {
        if let Some(known) = commit.inbound.as_ref().and_then(|inbound| self.recall(inbound)) {
            return Ok(Some(known));
        }
        let settled = match &commit.answers {
            Some(Answered::Effect(s)) => !self.outbox.iter().any(|row| row.effect.key == s.key),
            Some(Answered::Timer { key, due }) => !self.timers.iter().any(|one| {
                one.timer.key == *key
                    && one.timer.due == kept(*due)
                    && one.conversation == commit.conversation
            }),
            None => false,
        };
        if settled {
            return Ok(Some(Outcome::Settled));
        }
        let current = self.conversations.get(&commit.conversation).map_or(0, |row| row.version);
        if current != commit.expected_version {
            return Ok(Some(Outcome::Conflict { current }));
        }
        let visitor = match self.conversations.get(&commit.conversation) {
            Some(row) => row.owner.visitor,
            None => commit.owner.as_ref().ok_or_else(no_owner)?.visitor,
        };
        let other = self.open_of(visitor).filter(|open| *open != commit.conversation);
        let other = other.filter(|_| commit.stays_open());
        Ok(other.map(|conversation| Outcome::AlreadyOpen { conversation }))
    }

    fn append(&mut self, commit: &Commit) -> Receipt {
        let conversation = commit.conversation;
        let at = kept(commit.at);
        let messages = self.messages.entry(conversation).or_default();
        let last = messages.len() as u64;
        messages.extend(
            (last + 1..).zip(commit.messages.iter().cloned()).map(|(sequence, message)| Entry {
                sequence,
                at,
                message,
            }),
        );
        let first = if commit.messages.is_empty() { last } else { last + 1 };
        let receipt = Receipt { conversation, sequence: first };
        if let Some(Inbound { addressed, key, body }) = &commit.inbound {
            self.inbound.insert((*addressed, *key), (*body, receipt));
        }
        match commit.answers.clone() {
            Some(Answered::Effect(settlement)) => drop(self.settle(settlement)),
            Some(Answered::Timer { key, .. }) => {
                self.timers.retain(|due| due.timer.key != key || due.conversation != conversation)
            }
            None => {}
        }
        self.outbox.extend(commit.effects.iter().map(|resting| Row {
            conversation,
            effect: resting.effect.clone(),
            not_before: kept(resting.not_before),
            since: kept(resting.not_before),
            claimed: false,
            held: false,
            attempts: 0,
            strikes: 0,
            why: None,
        }));
        for timer in &commit.timers {
            self.timers
                .retain(|due| due.timer.key != timer.key || due.conversation != conversation);
            let timer = Timer { due: kept(timer.due), ..timer.clone() };
            self.timers.push(Due { conversation, timer });
        }
        let version = commit.expected_version + 1;
        let journal = self.journal.entry(conversation).or_default();
        journal.push(Record { version, at, journal: commit.journal.clone() });
        receipt
    }
}

fn no_owner() -> StoreError {
    StoreError::Failed("a conversation that begins needs an owner".into())
}
