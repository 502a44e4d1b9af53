//! Deleting what nobody needs any more.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::columns::{collect, get, id};
use crate::StoreError;

/// The plans that something needs.
const NEEDED: &str = "
    SELECT hash FROM active_plan
    UNION SELECT plan FROM conversation WHERE is_open = 1
    UNION SELECT c.plan FROM outbox AS o JOIN conversation AS c ON c.id = o.conversation
    UNION SELECT c.plan FROM timer AS t JOIN conversation AS c ON c.id = t.conversation
    UNION SELECT c.plan FROM dead_letter AS d JOIN conversation AS c
        ON c.id = unhex(json_extract(d.letter, '$.conversation'), '-')";

pub(super) fn forget_tokens(c: &Connection, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let mut statement = c.prepare_cached(
        "DELETE FROM token WHERE hash IN
         (SELECT hash FROM token WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
    )?;
    let deleted = statement.execute(params![now.as_microsecond(), limit])?;
    Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
}

/// Who is nobody any more.
const GONE: &str = "
    subject IS NULL
    AND NOT EXISTS (SELECT 1 FROM token WHERE token.visitor = visitor.id)
    AND NOT EXISTS (SELECT 1 FROM conversation AS c WHERE c.visitor = visitor.id AND c.is_open = 1)";

pub(super) fn gone_visitors(c: &Connection, limit: u32) -> Result<Vec<Uuid>, StoreError> {
    let query = format!("SELECT id FROM visitor WHERE {GONE} LIMIT ?1");
    let mut statement = c.prepare_cached(&query)?;
    collect(statement.query([limit])?, |row| id(row, 0))
}

/// Looks again: some may have come back meanwhile.
pub(super) fn forget_visitors(c: &Connection, gone: &[Uuid]) -> Result<u64, StoreError> {
    let query = format!("DELETE FROM visitor WHERE id = ?1 AND {GONE}");
    let mut statement = c.prepare_cached(&query)?;
    let mut deleted = 0;
    for visitor in gone {
        deleted += statement.execute([visitor.as_bytes()])?;
    }
    Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
}

pub(super) fn idle_plans(c: &Connection) -> Result<Vec<String>, StoreError> {
    let query = format!("SELECT hash FROM plan WHERE hash NOT IN ({NEEDED}) ORDER BY hash");
    let mut statement = c.prepare_cached(&query)?;
    collect(statement.query([])?, |row| get(row, 0))
}

pub(super) fn forget_plan(c: &Connection, hash: &str) -> Result<bool, StoreError> {
    let query = format!("DELETE FROM plan WHERE hash = ?1 AND hash NOT IN ({NEEDED})");
    Ok(c.prepare_cached(&query)?.execute([hash])? > 0)
}
