//! Dead letters, and what was decided about them.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use tidegate_engine::effect::Action;

use super::columns::{collect, first, get, instant, json, to_json};
use crate::StoreError;
use crate::contract::{DeadLetter, Decided, Decision, What};

pub(super) fn add(c: &Connection, letter: &DeadLetter) -> Result<(), StoreError> {
    c.prepare_cached("INSERT INTO dead_letter (key, at, letter) VALUES (?1, ?2, ?3)")?.execute(
        params![
            letter.effect.key.as_bytes(),
            letter.at.as_microsecond(),
            to_json("dead letter", letter)?,
        ],
    )?;
    Ok(())
}

pub(super) fn all(c: &Connection) -> Result<Vec<DeadLetter>, StoreError> {
    let mut statement = c.prepare_cached("SELECT letter, at FROM dead_letter ORDER BY position")?;
    collect(statement.query([])?, |row| {
        let letter: DeadLetter = json(row, 0, "dead letter")?;
        Ok(DeadLetter { at: instant(row, 1)?, ..letter })
    })
}

pub(super) fn decide(c: &Connection, decision: &Decision) -> Result<bool, StoreError> {
    let key = decision.key.as_bytes();
    let mut statement = c.prepare_cached(
        "SELECT position, letter FROM dead_letter WHERE key = ?1 ORDER BY position DESC LIMIT 1",
    )?;
    let found = first(statement.query([key])?, |row| {
        Ok((get::<i64>(row, 0)?, json::<DeadLetter>(row, 1, "dead letter")?))
    })?;
    let Some((position, mut letter)) = found else { return Ok(false) };
    match &decision.what {
        What::Mend { effect, .. } => {
            letter.effect = effect.as_ref().clone();
            c.prepare_cached("UPDATE dead_letter SET letter = ?2 WHERE position = ?1")?
                .execute(params![position, to_json("dead letter", &letter)?])?;
        }
        What::Resend => {
            if c.prepare_cached("SELECT 1 FROM outbox WHERE key = ?1")?.exists([key])? {
                return Ok(false);
            }
            again(c, &letter, decision.at)?;
            remove(c, position)?;
        }
        What::Drop { .. } => remove(c, position)?,
    }
    let decided = Decided {
        key: decision.key,
        conversation: letter.conversation,
        code: letter.code,
        at: decision.at,
        by: decision.by.clone(),
        what: decision.what.to_string(),
    };
    c.prepare_cached("INSERT INTO decision (decided) VALUES (?1)")?
        .execute([to_json("decision", &decided)?])?;
    Ok(true)
}

/// What was tried keeps the number of its attempts: an earlier one may have been carried out.
fn again(c: &Connection, letter: &DeadLetter, now: Timestamp) -> Result<(), StoreError> {
    let effect = match &letter.effect.action {
        // Whoever sends it again may have the version that can read it.
        Action::Unreadable { stored } => stored.clone(),
        _ => to_json("effect", &letter.effect)?,
    };
    c.prepare_cached(
        "INSERT INTO outbox (key, conversation, effect, not_before, since, attempts)
         VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
    )?
    .execute(params![
        letter.effect.key.as_bytes(),
        letter.conversation.as_bytes(),
        effect,
        now.as_microsecond(),
        letter.attempts.max(1),
    ])?;
    Ok(())
}

fn remove(c: &Connection, position: i64) -> Result<(), StoreError> {
    c.prepare_cached("DELETE FROM dead_letter WHERE position = ?1")?.execute([position])?;
    Ok(())
}

pub(super) fn decisions(c: &Connection) -> Result<Vec<Decided>, StoreError> {
    let mut statement = c.prepare_cached("SELECT decided FROM decision ORDER BY position")?;
    collect(statement.query([])?, |row| json(row, 0, "decision"))
}
