//! Files that customers upload, and those that agents send.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, params};
use tidegate_engine::file::FileRef;
use uuid::Uuid;

use super::columns::{collect, count, first, get, id, integer};
use crate::StoreError;
use crate::contract::{Commit, Room, Sender, Stowed, Upload};

pub(super) fn put(c: &Connection, upload: &Upload, room: Room) -> Result<Stowed, StoreError> {
    let Upload { conversation, file, by, at, content } = upload;
    let of_agents = *by == Sender::Agents;
    let there: u32 = c
        .prepare_cached("SELECT count(*) FROM file WHERE conversation = ?1 AND of_agents = ?2")?
        .query_row(params![conversation.as_bytes(), of_agents], |row| row.get(0))?;
    if there >= room.files {
        return Ok(Stowed::TooMany);
    }
    let bytes = content.len() as u64;
    if file_bytes(c)?.saturating_add(bytes) > room.bytes {
        return Ok(Stowed::Full);
    }
    c.prepare_cached(
        "INSERT INTO file (id, conversation, at, name, media_type, content, of_agents, bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        file.id.as_bytes(),
        conversation.as_bytes(),
        at.as_microsecond(),
        file.name,
        file.media_type,
        content.as_ref(),
        of_agents,
        integer(bytes),
    ])?;
    Ok(Stowed::Kept)
}

pub(super) fn file_bytes(c: &Connection) -> Result<u64, StoreError> {
    let mut statement = c.prepare_cached("SELECT coalesce(sum(bytes), 0) FROM file")?;
    Ok(first(statement.query([])?, |row| count(row, 0))?.unwrap_or(0))
}

pub(super) fn uploads(
    c: &Connection,
    conversation: Uuid,
    since: Timestamp,
) -> Result<Vec<FileRef>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT id, name, length(content), media_type FROM file
         WHERE conversation = ?1 AND at > ?2 AND submitted = 0 ORDER BY at, rowid",
    )?;
    collect(statement.query(params![conversation.as_bytes(), since.as_microsecond()])?, |row| {
        Ok(FileRef {
            id: id(row, 0)?,
            name: get(row, 1)?,
            bytes: count(row, 2)?,
            media_type: get(row, 3)?,
        })
    })
}

pub(super) fn content(
    c: &Connection,
    conversation: Uuid,
    file: Uuid,
) -> Result<Option<Arc<[u8]>>, StoreError> {
    let mut statement =
        c.prepare_cached("SELECT content FROM file WHERE id = ?1 AND conversation = ?2")?;
    first(statement.query([file.as_bytes(), conversation.as_bytes()])?, |row| {
        Ok(Arc::from(get::<Vec<u8>>(row, 0)?))
    })
}

/// Keeps what a submitted form has taken.
pub(super) fn take(c: &Connection, commit: &Commit) -> Result<(), StoreError> {
    for file in commit.takes() {
        c.prepare_cached("UPDATE file SET submitted = 1 WHERE id = ?1 AND conversation = ?2")?
            .execute([file.as_bytes(), commit.conversation.as_bytes()])?;
    }
    Ok(())
}

/// Files that nobody needs any more.
const GONE: &str = "
    SELECT f.id FROM file AS f JOIN conversation AS c ON c.id = f.conversation
    WHERE (f.submitted = 0 AND f.at <= ?1)
       OR (c.is_open = 0
           AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.conversation = c.id)
           AND NOT EXISTS (SELECT 1 FROM dead_letter AS d
               WHERE unhex(json_extract(d.letter, '$.conversation'), '-') = c.id))
    LIMIT ?2";

pub(super) fn forget(c: &Connection, until: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let query = format!("DELETE FROM file WHERE id IN ({GONE})");
    let deleted = c.prepare_cached(&query)?.execute(params![until.as_microsecond(), limit])?;
    Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
}
