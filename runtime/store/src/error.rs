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
    /// The file is a store, or was meant to be one, and can't be trusted any more.
    #[error("the store `{path}` is damaged: {why}; nothing was changed")]
    Damaged {
        /// The store's file.
        path: PathBuf,
        /// What the database says; never stored text.
        why: String,
    },
    /// Another program's database.
    #[error("`{path}` is a database of another program; nothing was changed")]
    Foreign {
        /// The file.
        path: PathBuf,
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

impl StoreError {
    /// A name that stays the same, for logs and for looking it up.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Held { .. } => "store.held",
            Self::NewerSchema { .. } => "store.newer_schema",
            Self::Unusable { .. } => "store.unusable",
            Self::Damaged { .. } => "store.damaged",
            Self::Foreign { .. } => "store.foreign",
            Self::Failed(_) => "store.failed",
            Self::Corrupt { .. } => "store.corrupt",
            Self::Broken(_) => "store.broken",
            Self::Closed => "store.closed",
        }
    }

    /// What an operator can do about it; empty where the message says it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Damaged { .. } => {
                "keep a copy of the file and of what lies beside it, then put a backup in its place; \
                 without one, `sqlite3 FILE .recover | sqlite3 NEW` saves what can still be read. \
                 Cases that exist already are not created again"
            }
            Self::Foreign { .. } => {
                "`server.store` in tidegate.toml names a file for Tidegate alone"
            }
            Self::Broken(_) => {
                "look at the disk before you start again (`dmesg`, free space, the storage's own \
                 reports); the next start goes on with what the disk really has"
            }
            _ => "",
        }
    }
}
