//! The commit of one transition.

use rusqlite::{Connection, params};
use tidegate_engine::effect::Timer;
use uuid::Uuid;

use super::columns::{count, first, get, id, integer, to_json};
use super::{files, outbox, visitors};
use crate::StoreError;
use crate::contract::{Answered, Commit, Inbound, Outcome, Owner, Receipt, Resting};

/// A commit with what stands in the file of it, made before the writing thread has its turn.
#[derive(Debug)]
pub(super) struct Written {
    commit: Commit,
    snapshot: String,
    /// `None` where there are none.
    messages: Option<String>,
    event: String,
    trace: String,
}

impl Written {
    pub(super) fn new(commit: Commit) -> Result<Self, StoreError> {
        let messages = match commit.messages.as_slice() {
            [] => None,
            messages => Some(to_json("messages", &messages)?),
        };
        Ok(Self {
            snapshot: to_json("conversation", &commit.next)?,
            messages,
            event: to_json("event", &commit.journal.event)?,
            trace: to_json("trace", &commit.journal.trace)?,
            commit,
        })
    }
}

/// What stands in the file of a conversation that goes on.
struct Head {
    version: u64,
    messages: u64,
    visitor: Uuid,
    is_open: bool,
}

/// The outcome, and the sequence number of the conversation's last message.
pub(super) fn apply(c: &Connection, written: &Written) -> Result<(Outcome, u64), StoreError> {
    let commit = &written.commit;
    if let Some(inbound) = &commit.inbound
        && let Some(known) = earlier(c, inbound)?
    {
        return Ok((known, 0));
    }
    if !answers_something(c, commit)? {
        return Ok((Outcome::Settled, 0));
    }
    let head = head(c, commit)?;
    let current = head.as_ref().map_or(0, |head| head.version);
    if current != commit.expected_version {
        return Ok((Outcome::Conflict { current }, 0));
    }
    let visitor = match (&head, &commit.owner) {
        (Some(head), _) => head.visitor,
        (None, Some(owner)) => owner.visitor,
        (None, None) => {
            return Err(StoreError::Failed("a conversation that begins needs an owner".into()));
        }
    };
    if commit.stays_open()
        && !head.as_ref().is_some_and(|head| head.is_open)
        && let Some(conversation) = super::reader::open_of(c, visitor)?
    {
        return Ok((Outcome::AlreadyOpen { conversation }, 0));
    }
    if let (None, Some(owner)) = (&head, &commit.owner) {
        begin(c, commit, owner)?;
    }
    let messages = head.map_or(0, |head| head.messages);
    let last = messages + commit.messages.len() as u64;
    append(c, written, last)?;
    snapshot(c, written, last)?;
    visitors::keep_lasting(c, visitor, &commit.lasting)?;
    files::take(c, commit)?;
    let sequence = if commit.messages.is_empty() { messages } else { messages + 1 };
    let receipt = Receipt { conversation: commit.conversation, sequence };
    if let Some(inbound) = &commit.inbound {
        remember(c, inbound, receipt)?;
    }
    Ok((Outcome::Committed(receipt), last))
}

pub(super) fn earlier(c: &Connection, inbound: &Inbound) -> Result<Option<Outcome>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT body, conversation, sequence FROM inbound WHERE addressed = ?1 AND key = ?2",
    )?;
    let rows = statement.query(params![inbound.addressed.as_bytes(), inbound.key.as_bytes()])?;
    first(rows, |row| {
        let receipt = Receipt { conversation: id(row, 1)?, sequence: count(row, 2)? };
        let same = get::<[u8; 32]>(row, 0)? == inbound.body;
        Ok(if same { Outcome::Duplicate(receipt) } else { Outcome::Mismatch })
    })
}

fn remember(c: &Connection, inbound: &Inbound, receipt: Receipt) -> Result<(), StoreError> {
    c.prepare_cached("INSERT INTO inbound VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
        inbound.addressed.as_bytes(),
        inbound.key.as_bytes(),
        inbound.body,
        receipt.conversation.as_bytes(),
        integer(receipt.sequence),
    ])?;
    Ok(())
}

/// Whether the effect or timer that this answers is still there. Does not remove it: the version
/// is still to be checked.
fn answers_something(c: &Connection, commit: &Commit) -> Result<bool, StoreError> {
    Ok(match &commit.answers {
        None => true,
        Some(Answered::Effect(settlement)) => c
            .prepare_cached("SELECT 1 FROM outbox WHERE key = ?1")?
            .exists([settlement.key.as_bytes()])?,
        Some(Answered::Timer { key, due }) => c
            .prepare_cached(
                "SELECT 1 FROM timer WHERE conversation = ?1 AND key = ?2 AND due = ?3",
            )?
            .exists(params![
                commit.conversation.as_bytes(),
                key.as_bytes(),
                due.as_microsecond()
            ])?,
    })
}

fn head(c: &Connection, commit: &Commit) -> Result<Option<Head>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT version, messages, visitor, is_open FROM conversation WHERE id = ?1",
    )?;
    let rows = statement.query([commit.conversation.as_bytes()])?;
    first(rows, |row| {
        Ok(Head {
            version: count(row, 0)?,
            messages: count(row, 1)?,
            visitor: id(row, 2)?,
            is_open: get(row, 3)?,
        })
    })
}

fn begin(c: &Connection, commit: &Commit, owner: &Owner) -> Result<(), StoreError> {
    c.prepare_cached(
        "INSERT INTO conversation (id, visitor, messenger, plan, version, messages, is_open, snapshot)
         VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, '')",
    )?
    .execute(params![
        commit.conversation.as_bytes(),
        owner.visitor.as_bytes(),
        owner.messenger,
        commit.next.plan,
        commit.stays_open(),
    ])?;
    Ok(())
}

fn snapshot(c: &Connection, written: &Written, last: u64) -> Result<(), StoreError> {
    let commit = &written.commit;
    c.prepare_cached(
        "UPDATE conversation SET version = ?2, messages = ?3, is_open = ?4, snapshot = ?5
         WHERE id = ?1",
    )?
    .execute(params![
        commit.conversation.as_bytes(),
        integer(commit.expected_version + 1),
        integer(last),
        commit.stays_open(),
        written.snapshot,
    ])?;
    Ok(())
}

/// Everything that is added, and the removal of what this answers.
fn append(c: &Connection, written: &Written, last: u64) -> Result<(), StoreError> {
    let Written { commit, messages, event, trace, .. } = written;
    let conversation = commit.conversation.as_bytes();
    c.prepare_cached(
        "INSERT INTO transition (conversation, version, last, at, messages, event, trace)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        conversation,
        integer(commit.expected_version + 1),
        integer(last),
        commit.at.as_microsecond(),
        messages,
        event,
        trace,
    ])?;
    match &commit.answers {
        Some(Answered::Effect(settlement)) => drop(outbox::settle(c, settlement)?),
        Some(Answered::Timer { key, .. }) => {
            c.prepare_cached("DELETE FROM timer WHERE conversation = ?1 AND key = ?2")?
                .execute([conversation, key.as_bytes()])?;
        }
        None => {}
    }
    for Resting { effect, not_before } in &commit.effects {
        outbox::add(c, commit.conversation, effect, *not_before)?;
    }
    for Timer { key, due, event } in &commit.timers {
        let event = to_json("event", event)?;
        c.prepare_cached("INSERT OR REPLACE INTO timer VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![conversation, key.as_bytes(), due.as_microsecond(), event])?;
    }
    Ok(())
}
