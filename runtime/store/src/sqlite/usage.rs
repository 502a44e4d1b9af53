//! How much was asked of AIs.

use jiff::civil::Date;
use rusqlite::{Connection, Row, ToSql, params};
use uuid::Uuid;

use super::columns::{count, first};
use crate::StoreError;
use crate::contract::{Spending, Usage, UsedUp};

pub(super) fn spend(c: &Connection, spending: &Spending) -> Result<Option<UsedUp>, StoreError> {
    let Spending { conversation, day, of_conversation, of_day } = spending;
    if !of_conversation.leaves(of(c, *conversation)?) {
        return Ok(Some(UsedUp::Conversation));
    }
    if !of_day.leaves(on(c, *day)?) {
        return Ok(Some(UsedUp::Day));
    }
    add(c, *conversation, *day, Usage { requests: 1, tokens: 0 })?;
    Ok(None)
}

pub(super) fn add_tokens(
    c: &Connection,
    conversation: Uuid,
    day: Date,
    tokens: u64,
) -> Result<(), StoreError> {
    add(c, conversation, day, Usage { requests: 0, tokens })
}

fn add(c: &Connection, conversation: Uuid, day: Date, more: Usage) -> Result<(), StoreError> {
    let [requests, tokens] =
        [more.requests, more.tokens].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    c.prepare_cached(
        "INSERT INTO ai_conversation (conversation, requests, tokens) VALUES (?1, ?2, ?3)
         ON CONFLICT (conversation) DO UPDATE
         SET requests = requests + excluded.requests, tokens = tokens + excluded.tokens",
    )?
    .execute(params![conversation.as_bytes(), requests, tokens])?;
    c.prepare_cached(
        "INSERT INTO ai_day (day, requests, tokens) VALUES (?1, ?2, ?3)
         ON CONFLICT (day) DO UPDATE
         SET requests = requests + excluded.requests, tokens = tokens + excluded.tokens",
    )?
    .execute(params![day.to_string(), requests, tokens])?;
    Ok(())
}

pub(super) fn on(c: &Connection, day: Date) -> Result<Usage, StoreError> {
    one(c, "SELECT requests, tokens FROM ai_day WHERE day = ?1", &day.to_string())
}

pub(super) fn of(c: &Connection, conversation: Uuid) -> Result<Usage, StoreError> {
    let query = "SELECT requests, tokens FROM ai_conversation WHERE conversation = ?1";
    one(c, query, conversation.as_bytes())
}

fn one(c: &Connection, query: &str, key: &dyn ToSql) -> Result<Usage, StoreError> {
    let mut statement = c.prepare_cached(query)?;
    let usage = |row: &Row<'_>| Ok(Usage { requests: count(row, 0)?, tokens: count(row, 1)? });
    Ok(first(statement.query([key])?, usage)?.unwrap_or_default())
}

pub(super) fn forget(c: &Connection, before: Date, limit: u32) -> Result<u64, StoreError> {
    let mut days = c.prepare_cached("DELETE FROM ai_day WHERE day < ?1")?;
    let days = days.execute([before.to_string()])?;
    let mut over = c.prepare_cached(
        "DELETE FROM ai_conversation WHERE conversation IN
         (SELECT a.conversation FROM ai_conversation AS a JOIN conversation AS c ON c.id = a.conversation
          WHERE c.is_open = 0 LIMIT ?1)",
    )?;
    let over = over.execute([limit])?;
    Ok(u64::try_from(days.saturating_add(over)).unwrap_or(u64::MAX))
}
