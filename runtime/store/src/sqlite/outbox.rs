//! Effects that wait, and dead ones.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use tidegate_engine::effect::Effect;
use uuid::Uuid;

use super::columns::{collect, first, get, id, instant, json, to_json};
use crate::StoreError;
use crate::contract::{Claimed, DeadLetter, Settlement};

pub(super) fn add(
    c: &Connection,
    conversation: Uuid,
    effect: &Effect,
    not_before: Timestamp,
) -> Result<(), StoreError> {
    c.prepare_cached(
        "INSERT INTO outbox (key, conversation, effect, not_before) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![
        effect.key.as_bytes(),
        conversation.as_bytes(),
        to_json("effect", effect)?,
        not_before.as_microsecond(),
    ])?;
    Ok(())
}

/// Only the first effect of a conversation can be claimed, also while it rests or is claimed.
pub(super) fn claim(
    c: &Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Claimed>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT position, conversation, effect, attempts + 1 FROM outbox AS this
         WHERE claimed = 0 AND not_before <= ?1 AND NOT EXISTS (
             SELECT 1 FROM outbox AS earlier
             WHERE earlier.conversation = this.conversation AND earlier.position < this.position
         )
         ORDER BY not_before, position LIMIT ?2",
    )?;
    let rows = statement.query(params![now.as_microsecond(), limit])?;
    let found = collect(rows, |row| {
        let conversation = id(row, 1)?;
        let effect = json(row, 2, "effect");
        let attempt = get(row, 3)?;
        let claimed = effect.map(|effect| Claimed { conversation, effect, attempt });
        Ok((get::<i64>(row, 0)?, conversation, claimed))
    })?;
    let mut statement = c.prepare_cached(
        "UPDATE outbox SET claimed = 1, attempts = attempts + 1 WHERE position = ?1",
    )?;
    let mut readable = Vec::with_capacity(found.len());
    for (position, conversation, claimed) in found {
        statement.execute([position])?;
        match claimed {
            Ok(claimed) => readable.push(claimed),
            // It stays claimed, and holds up its own conversation only.
            Err(error) => {
                tracing::error!(%conversation, position, %error, "an effect can't be read; it waits until the next start");
            }
        }
    }
    Ok(readable)
}

pub(super) fn park(
    c: &Connection,
    key: Uuid,
    until: Timestamp,
    why: &str,
) -> Result<(), StoreError> {
    c.prepare_cached("UPDATE outbox SET claimed = 0, not_before = ?2, why = ?3 WHERE key = ?1")?
        .execute(params![key.as_bytes(), until.as_microsecond(), why])?;
    Ok(())
}

pub(super) fn settle(c: &Connection, settlement: &Settlement) -> Result<bool, StoreError> {
    let removed = c
        .prepare_cached("DELETE FROM outbox WHERE key = ?1")?
        .execute([settlement.key.as_bytes()])?;
    if removed > 0
        && let Some(letter) = &settlement.dead
    {
        c.prepare_cached("INSERT INTO dead_letter (key, at, letter) VALUES (?1, ?2, ?3)")?
            .execute(params![
                settlement.key.as_bytes(),
                letter.at.as_microsecond(),
                to_json("dead letter", letter.as_ref())?,
            ])?;
    }
    Ok(removed > 0)
}

pub(super) fn reclaim(c: &Connection, now: Timestamp) -> Result<(), StoreError> {
    c.execute("UPDATE outbox SET claimed = 0 WHERE claimed = 1", [])?;
    c.execute(
        "UPDATE outbox SET not_before = ?1 WHERE attempts > 0 AND not_before > ?1",
        [now.as_microsecond()],
    )?;
    Ok(())
}

pub(super) fn next_effect(c: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT not_before FROM outbox AS this
         WHERE claimed = 0 AND NOT EXISTS (
             SELECT 1 FROM outbox AS earlier
             WHERE earlier.conversation = this.conversation AND earlier.position < this.position
         )
         ORDER BY not_before LIMIT 1",
    )?;
    first(statement.query([])?, |row| instant(row, 0))
}

pub(super) fn dead_letters(c: &Connection) -> Result<Vec<DeadLetter>, StoreError> {
    let mut statement = c.prepare_cached("SELECT letter, at FROM dead_letter ORDER BY position")?;
    collect(statement.query([])?, |row| {
        let letter: DeadLetter = json(row, 0, "dead letter")?;
        Ok(DeadLetter { at: instant(row, 1)?, ..letter })
    })
}
