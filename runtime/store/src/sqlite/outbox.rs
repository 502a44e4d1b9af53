//! Effects that wait.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use tidegate_engine::effect::{Action, Effect};
use uuid::Uuid;

use super::columns::{collect, count, first, from_json, get, id, instant, to_json};
use super::dead_letters;
use crate::StoreError;
use crate::contract::{Backlog, Claimed, Parked, Settlement, Until};

pub(super) fn add(
    c: &Connection,
    conversation: Uuid,
    effect: &Effect,
    not_before: Timestamp,
) -> Result<(), StoreError> {
    c.prepare_cached(
        "INSERT INTO outbox (key, conversation, effect, not_before, since, reads)
         VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
    )?
    .execute(params![
        effect.key.as_bytes(),
        conversation.as_bytes(),
        to_json("effect", effect)?,
        not_before.as_microsecond(),
        effect.action.only_reads(),
    ])?;
    Ok(())
}

/// Only the first effect of a conversation can be claimed, also while it rests or is claimed; what
/// only reads stands in a row of its own.
pub(super) fn claim(
    c: &Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Claimed>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT position, conversation, effect, attempts + 1, strikes, since, key
         FROM outbox AS this
         WHERE claimed = 0 AND held = 0 AND not_before <= ?1 AND NOT EXISTS (
             SELECT 1 FROM outbox AS earlier
             WHERE earlier.conversation = this.conversation AND earlier.reads = this.reads
                 AND earlier.position < this.position
         )
         ORDER BY not_before, position LIMIT ?2",
    )?;
    let rows = statement.query(params![now.as_microsecond(), limit])?;
    let found = collect(rows, |row| {
        let (conversation, effect) = (id(row, 1)?, effect(row)?);
        let (attempt, strikes, since) = (get(row, 3)?, get(row, 4)?, instant(row, 5)?);
        Ok((get::<i64>(row, 0)?, Claimed { conversation, effect, attempt, strikes, since }))
    })?;
    let mut statement = c.prepare_cached(
        "UPDATE outbox SET claimed = 1, attempts = attempts + 1 WHERE position = ?1",
    )?;
    let mut claimed = Vec::with_capacity(found.len());
    for (position, one) in found {
        statement.execute([position])?;
        claimed.push(one);
    }
    Ok(claimed)
}

/// The effect, or what stands in its place where that is none.
fn effect(row: &Row<'_>) -> Result<Effect, StoreError> {
    let stored = String::from_utf8_lossy(row.get_ref(2)?.as_bytes().unwrap_or_default());
    let key = id(row, 6)?;
    Ok(match from_json::<Effect>("effect", &stored) {
        Ok(effect) if effect.key == key => effect,
        _ => Effect { key, step: None, action: Action::Unreadable { stored: stored.into() } },
    })
}

pub(super) fn park(c: &Connection, parked: &Parked) -> Result<(), StoreError> {
    let (not_before, held) = match parked.until {
        Until::Time(time) => (time, false),
        Until::Released { now } => (now, true),
    };
    c.prepare_cached(
        "UPDATE outbox SET claimed = 0, held = ?2, not_before = ?3, why = ?4,
             attempts = max(0, attempts - ?5), strikes = strikes + ?6
         WHERE key = ?1 AND claimed = 1",
    )?
    .execute(params![
        parked.key.as_bytes(),
        held,
        not_before.as_microsecond(),
        parked.why,
        !parked.attempted,
        parked.strike,
    ])?;
    Ok(())
}

pub(super) fn release(c: &Connection, limit: u32) -> Result<u64, StoreError> {
    let released = c
        .prepare_cached(
            "UPDATE outbox SET held = 0 WHERE position IN (
                 SELECT position FROM outbox WHERE held = 1 ORDER BY not_before, position LIMIT ?1
             )",
        )?
        .execute([limit])?;
    Ok(released as u64)
}

pub(super) fn backlog(c: &Connection) -> Result<Backlog, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT count(*), coalesce(sum(claimed), 0), coalesce(sum(held), 0),
             (SELECT count(*) FROM dead_letter)
         FROM outbox",
    )?;
    let counted = first(statement.query([])?, |row| {
        Ok((count(row, 0)?, count(row, 1)?, count(row, 2)?, count(row, 3)?))
    })?;
    let mut statement = c.prepare_cached("SELECT since FROM outbox ORDER BY since LIMIT 1")?;
    let oldest = first(statement.query([])?, |row| instant(row, 0))?;
    let (effects, under_way, held, dead_letters) = counted.unwrap_or_default();
    Ok(Backlog { effects, under_way, held, oldest, dead_letters })
}

pub(super) fn settle(c: &Connection, settlement: &Settlement) -> Result<bool, StoreError> {
    let removed = c
        .prepare_cached("DELETE FROM outbox WHERE key = ?1")?
        .execute([settlement.key.as_bytes()])?;
    if removed > 0
        && let Some(letter) = &settlement.dead
    {
        dead_letters::add(c, letter)?;
    }
    Ok(removed > 0)
}

pub(super) fn reclaim(c: &Connection, now: Timestamp) -> Result<(), StoreError> {
    c.execute("UPDATE outbox SET claimed = 0, held = 0 WHERE claimed = 1 OR held = 1", [])?;
    c.execute(
        "UPDATE outbox SET not_before = ?1 WHERE attempts > 0 AND not_before > ?1",
        [now.as_microsecond()],
    )?;
    Ok(())
}

pub(super) fn next_effect(c: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT not_before FROM outbox AS this
         WHERE claimed = 0 AND held = 0 AND NOT EXISTS (
             SELECT 1 FROM outbox AS earlier
             WHERE earlier.conversation = this.conversation AND earlier.reads = this.reads
                 AND earlier.position < this.position
         )
         ORDER BY not_before LIMIT 1",
    )?;
    first(statement.query([])?, |row| instant(row, 0))
}
