//! Reading, on connections that never write.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, params};
use tidegate_engine::effect::Timer;
use tidegate_engine::message::Message;
use uuid::Uuid;

use super::columns::{collect, count, first, get, id, instant, integer, json};
use crate::StoreError;
use crate::contract::{Due, Entry, Journal, Owner, Record, Stored};

/// So many idle connections are kept; more are opened when needed and closed again.
const KEPT: usize = 4;

/// Connections that read.
#[derive(Debug, Clone)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.into(), idle: Arc::default() }
    }

    /// Reads on a thread that may block.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let readers = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let connection = readers.take()?;
            let result = work(&connection);
            readers.put_back(connection);
            result
        });
        done.await.unwrap_or(Err(StoreError::Closed))
    }

    fn take(&self) -> Result<Connection, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(connection) = idle {
            return Ok(connection);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    }

    fn put_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(connection);
        }
    }
}

pub(super) fn load(c: &Connection, conversation: Uuid) -> Result<Option<Stored>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT version, visitor, messenger, messages, snapshot FROM conversation WHERE id = ?1",
    )?;
    first(statement.query([conversation.as_bytes()])?, |row| {
        Ok(Stored {
            version: count(row, 0)?,
            owner: Owner { visitor: id(row, 1)?, messenger: get(row, 2)? },
            messages: count(row, 3)?,
            conversation: json(row, 4, "conversation")?,
        })
    })
}

pub(super) fn owner(c: &Connection, conversation: Uuid) -> Result<Option<Owner>, StoreError> {
    let mut statement =
        c.prepare_cached("SELECT visitor, messenger FROM conversation WHERE id = ?1")?;
    first(statement.query([conversation.as_bytes()])?, |row| {
        Ok(Owner { visitor: id(row, 0)?, messenger: get(row, 1)? })
    })
}

pub(super) fn open_of(c: &Connection, visitor: Uuid) -> Result<Option<Uuid>, StoreError> {
    let mut statement =
        c.prepare_cached("SELECT id FROM conversation WHERE visitor = ?1 AND is_open = 1")?;
    first(statement.query([visitor.as_bytes()])?, |row| id(row, 0))
}

pub(super) fn entries(
    c: &Connection,
    conversation: Uuid,
    after: u64,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT last, at, messages FROM transition
         WHERE conversation = ?1 AND last > ?2 AND messages IS NOT NULL
         ORDER BY version, last LIMIT ?3",
    )?;
    let mut rows = statement.query(params![conversation.as_bytes(), integer(after), limit])?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut entries = Vec::new();
    while entries.len() < limit
        && let Some(row) = rows.next()?
    {
        let (last, at) = (count(row, 0)?, instant(row, 1)?);
        let messages: Vec<Message> = json(row, 2, "messages")?;
        let first = (last + 1).saturating_sub(messages.len() as u64);
        let numbered = (first..).zip(messages).filter(|(sequence, _)| *sequence > after);
        entries.extend(numbered.map(|(sequence, message)| Entry { sequence, at, message }));
    }
    entries.truncate(limit);
    Ok(entries)
}

pub(super) fn journal(
    c: &Connection,
    conversation: Uuid,
    after: u64,
    limit: u32,
) -> Result<Vec<Record>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT version, at, event, trace FROM transition
         WHERE conversation = ?1 AND version > ?2 ORDER BY version LIMIT ?3",
    )?;
    let rows = statement.query(params![conversation.as_bytes(), integer(after), limit])?;
    collect(rows, |row| {
        Ok(Record {
            version: count(row, 0)?,
            at: instant(row, 1)?,
            journal: Journal { event: json(row, 2, "event")?, trace: json(row, 3, "trace")? },
        })
    })
}

pub(super) fn due(c: &Connection, now: Timestamp, limit: u32) -> Result<Vec<Due>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT conversation, key, due, event FROM timer
         WHERE due <= ?1 ORDER BY due, key LIMIT ?2",
    )?;
    let rows = statement.query(params![now.as_microsecond(), limit])?;
    let found = collect(rows, |row| {
        let (conversation, key, due) = (id(row, 0)?, id(row, 1)?, instant(row, 2)?);
        let timer = json(row, 3, "event").map(|event| Timer { key, due, event });
        Ok((conversation, timer))
    })?;
    // One that can't be read must not hold up the others.
    let readable = |(conversation, timer): (Uuid, Result<Timer, StoreError>)| match timer {
        Ok(timer) => Some(Due { conversation, timer }),
        Err(error) => {
            tracing::error!(%conversation, %error, "a timer can't be read");
            None
        }
    };
    Ok(found.into_iter().filter_map(readable).collect())
}

pub(super) fn next_timer(c: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let mut statement = c.prepare_cached("SELECT due FROM timer ORDER BY due LIMIT 1")?;
    first(statement.query([])?, |row| instant(row, 0))
}
