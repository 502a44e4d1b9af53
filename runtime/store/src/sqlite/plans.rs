//! Plans and the active one.

use rusqlite::{Connection, params};

use super::columns::{first, get};
use crate::StoreError;

pub(super) fn put(c: &Connection, hash: &str, bytes: &[u8]) -> Result<(), StoreError> {
    c.execute("INSERT OR IGNORE INTO plan VALUES (?1, ?2)", params![hash, bytes])?;
    Ok(())
}

pub(super) fn get_plan(c: &Connection, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let mut statement = c.prepare_cached("SELECT bytes FROM plan WHERE hash = ?1")?;
    first(statement.query([hash])?, |row| get(row, 0))
}

pub(super) fn active(c: &Connection) -> Result<Option<String>, StoreError> {
    let mut statement = c.prepare_cached("SELECT hash FROM active_plan")?;
    first(statement.query([])?, |row| get(row, 0))
}

pub(super) fn activate(
    c: &Connection,
    hash: &str,
    instead_of: Option<&str>,
) -> Result<bool, StoreError> {
    if get_plan(c, hash)?.is_none() {
        return Err(StoreError::Failed("the plan to be activated is not kept".into()));
    }
    if active(c)?.as_deref() != instead_of {
        return Ok(false);
    }
    c.execute("INSERT OR REPLACE INTO active_plan VALUES (1, ?1)", [hash])?;
    Ok(true)
}
