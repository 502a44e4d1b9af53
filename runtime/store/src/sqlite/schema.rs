//! The tables, and how an older file comes up to date.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::health;
use crate::StoreError;

/// Forwards only; a step is never edited once it was released. `user_version` counts those done.
const MIGRATIONS: &[&str] = &[
    include_str!("schema/0001_begin.sql"),
    include_str!("schema/0002_dead_letters.sql"),
    include_str!("schema/0003_retention.sql"),
    include_str!("schema/0004_visitors.sql"),
    include_str!("schema/0005_transitions.sql"),
    include_str!("schema/0006_files.sql"),
    include_str!("schema/0007_chats.sql"),
    include_str!("schema/0008_usage.sql"),
    include_str!("schema/0009_relay.sql"),
];

/// Pages that the writer keeps in memory, as a negative number of KiB. What a batch touches fits in
/// several times over, so that no page is written before its turn.
const CACHE: i64 = -16 * 1024;

/// What the writer's connection needs before anything else.
///
/// Fully synced: an acknowledged message survives a power cut. The writer pays by putting all
/// that is queued into one transaction.
pub(super) fn prepare_writer(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // The writer folds the log back itself, behind the acknowledgements.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Brings the schema up to date, or refuses a later one.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let unusable = |e: rusqlite::Error| health::told(path, &e);
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unusable)?;
    let found: i64 =
        transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(unusable)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::NewerSchema { path: path.into(), found, known });
    }
    if found == known {
        return Ok(());
    }
    let done = usize::try_from(found).map_err(|_| StoreError::Foreign { path: path.into() })?;
    for step in &MIGRATIONS[done..] {
        transaction.execute_batch(step).map_err(unusable)?;
    }
    transaction.pragma_update(None, "user_version", known).map_err(unusable)?;
    transaction.commit().map_err(unusable)
}
