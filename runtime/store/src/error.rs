//! What can go wrong with a store.

use std::path::PathBuf;

/// A failure of the store itself. What a caller can cause, such as a lost race, is an
/// [`Outcome`](crate::contract::Outcome) instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another process has the file.
    #[error(
        "the store `{path}` is in use by {holder}; stop that process, or give this one a store of its own"
    )]
    Held {
        /// The store's file.
        path: PathBuf,
        /// `process 4711`, as that process wrote it.
        holder: String,
    },
    /// A later version wrote the file.
    #[error(
        "the store `{path}` has schema version {found}, this program knows versions up to {known}; nothing was changed; run the version that wrote it, or a later one"
    )]
    NewerSchema {
        /// The store's file.
        path: PathBuf,
        /// The version in the file.
        found: i64,
        /// The latest version that this program knows.
        known: i64,
    },
    /// The file or its folder can't be used.
    #[error("the store `{path}` can't be opened: {why}")]
    Unusable {
        /// The store's file.
        path: PathBuf,
        /// What the operating system or the database says.
        why: String,
    },
    /// One operation failed and changed nothing.
    #[error("the store could not do this, and nothing of it was kept: {0}")]
    Failed(String),
    /// Something stored can't be read back.
    #[error("the stored {what} can't be read: {why}")]
    Corrupt {
        /// What, by kind.
        what: &'static str,
        /// What the decoder says; never stored text itself.
        why: String,
    },
    /// The disk refused to make a transaction durable. What happened to it is unknown, so nothing
    /// is written any more by this process.
    #[error(
        "the disk failed while a transaction was made durable; nothing is written any more: {0}"
    )]
    Broken(String),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}
