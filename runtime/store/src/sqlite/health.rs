//! Whether a file is a store that can be gone on with.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};

use crate::StoreError;

/// All that the code asks of.
const TABLES: [&str; 13] = [
    "visitor",
    "token",
    "conversation",
    "transition",
    "inbound",
    "outbox",
    "timer",
    "chat",
    "plan",
    "active_plan",
    "dead_letter",
    "decision",
    "file",
];

/// Refuses what the database would take for a new store: a log without its file.
pub(super) fn before_opening(path: &Path) -> Result<(), StoreError> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let length = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    if length(path) == 0 && length(&PathBuf::from(log)) > 0 {
        return Err(damaged(path, "it is empty, and its log `-wal` is not"));
    }
    Ok(())
}

/// Reads every page, and changes none: what is damaged or somebody else's is found before
/// customers are told anything.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let told = |error: rusqlite::Error| told(path, &error);
    let version: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(told)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(told)?;
    if version < 0 || (version == 0 && tables > 0) {
        return Err(StoreError::Foreign { path: path.into() });
    }
    let found = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match found.map_err(told)?.as_str() {
        "ok" => Ok(()),
        why => Err(damaged(path, &why.split_whitespace().collect::<Vec<_>>().join(" "))),
    }
}

/// Whether all tables are there once the schema is up to date.
pub(super) fn has_tables(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    for table in TABLES {
        connection
            .prepare(&format!("SELECT * FROM {table}"))
            .map_err(|_| damaged(path, &format!("its table `{table}` is missing")))?;
    }
    Ok(())
}

/// Writes the schema's version again: one page of the log, and no other change.
pub(super) fn probe(connection: &Connection) -> Result<(), StoreError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(connection.pragma_update(None, "user_version", version)?)
}

/// What an error of the database means for a file that is being opened.
pub(super) fn told(path: &Path, error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt) => damaged(path, &error.to_string()),
        Some(ErrorCode::NotADatabase) => damaged(path, "it does not begin as a store does"),
        _ => StoreError::Unusable { path: path.into(), why: error.to_string() },
    }
}

fn damaged(path: &Path, why: &str) -> StoreError {
    StoreError::Damaged { path: path.into(), why: why.to_owned() }
}
