//! Chats with agents.

use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::columns::{collect, first, get, id};
use crate::StoreError;
use crate::contract::{Chat, ChatState};

pub(super) fn keep(c: &Connection, chat: &Chat) -> Result<(), StoreError> {
    c.prepare_cached(
        "INSERT INTO chat (key, conversation, state) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET state = excluded.state",
    )?
    .execute(params![chat.key.as_bytes(), chat.conversation.as_bytes(), chat.state.0])?;
    Ok(())
}

/// Without reading it before: whatever else changes another part of it goes on beside this.
pub(super) fn change(c: &Connection, key: Uuid, change: &ChatState) -> Result<(), StoreError> {
    c.prepare_cached(
        "UPDATE chat SET state = json_patch(state, ?2)
         WHERE key = ?1 AND json_valid(state) AND json_valid(?2)",
    )?
    .execute(params![key.as_bytes(), change.0])?;
    Ok(())
}

pub(super) fn one(c: &Connection, key: Uuid) -> Result<Option<Chat>, StoreError> {
    let mut statement =
        c.prepare_cached("SELECT key, conversation, state FROM chat WHERE key = ?1")?;
    first(statement.query([key.as_bytes()])?, chat)
}

pub(super) fn all(c: &Connection) -> Result<Vec<Chat>, StoreError> {
    let mut statement = c.prepare_cached("SELECT key, conversation, state FROM chat")?;
    collect(statement.query([])?, chat)
}

pub(super) fn forget(c: &Connection, key: Uuid) -> Result<(), StoreError> {
    c.prepare_cached("DELETE FROM chat WHERE key = ?1")?.execute([key.as_bytes()])?;
    Ok(())
}

fn chat(row: &Row<'_>) -> Result<Chat, StoreError> {
    let (key, conversation) = (id(row, 0)?, id(row, 1)?);
    Ok(Chat { key, conversation, state: ChatState(get(row, 2)?) })
}
