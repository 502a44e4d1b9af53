//! The write-ahead log, and folding it back into the file.
//!
//! Left to itself, the database does so within a commit, before the acknowledgement, and tells
//! nobody where it fails.

use rusqlite::Connection;

use super::writer::is_lost;
use crate::StoreError;

/// Pages in the log from which on it is folded back.
pub(crate) const LONG: i64 = 4000;

/// Folds the log back where it is long. What is in use by a reader stays until the next time.
///
/// # Errors
///
/// [`StoreError::Broken`] where the disk may have lost what it was given.
pub(super) fn fold_back(connection: &Connection) -> Result<(), StoreError> {
    let pages = connection
        .prepare_cached("PRAGMA wal_checkpoint(NOOP)")
        .and_then(|mut statement| statement.query_row([], |row| row.get::<_, i64>(1)));
    if pages.is_ok_and(|pages| pages < LONG) {
        return Ok(());
    }
    let folded = connection
        .prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")
        .and_then(|mut statement| statement.query_row([], |_| Ok(())));
    match folded {
        Err(error) if is_lost(&error) => Err(StoreError::Broken(error.to_string())),
        Err(error) => {
            // Everything is durable in the log, which grows.
            tracing::warn!(%error, "the store's log could not be folded back; it is tried again");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Folds everything back at the end, so that the file alone is the whole store. Where it can't be,
/// the next start does it.
pub(super) fn fold_all_back(connection: &Connection) {
    let folded = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    if let Err(error) = folded {
        tracing::warn!(%error, "the store's log could not be folded back; the next start does it");
    }
}
