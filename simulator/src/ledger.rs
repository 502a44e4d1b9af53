//! The append-only ledger of every write, refused ones included.

mod file;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::org::{ApiError, RecordId, StoredRow};

pub use self::file::LedgerError;
use self::file::LedgerFile;

/// One write, as it was asked for and as it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Counts from 1, without gaps.
    pub sequence: u64,
    /// When the org decided.
    pub at: Timestamp,
    /// The username that asked; `operator` for what was asked outside the API.
    pub user: String,
    /// What was asked.
    pub action: Action,
    /// The object's API name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub object: String,
    /// The record, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RecordId>,
    /// The body as it came; a file's bytes stand in the saved rows alone.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub values: Map<String, Json>,
    /// The request headers that change what a write does.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Whether the next entry belongs to the same transaction: they count together or not at all.
    #[serde(default, skip_serializing_if = "is_false")]
    pub continues: bool,
    /// How it ended.
    pub outcome: Outcome,
}

/// What a client or an operator asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A new record.
    Create,
    /// A change of a record.
    Update,
    /// A record to the recycle bin.
    Delete,
    /// The org back to its seed; what came before stays in the ledger.
    Reset,
}

/// How a write ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was saved, with all these rows as they then were.
    Saved(Vec<StoredRow>),
    /// It was refused, and changed nothing.
    Refused(Vec<ApiError>),
}

/// Every write since the org was made, in memory and, where there is a directory, on disk.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Vec<Entry>,
    file: Option<LedgerFile>,
}

impl Ledger {
    /// A ledger that ends with the process.
    pub fn in_memory() -> Ledger {
        Ledger::default()
    }

    /// Opens the ledger in a directory, or begins one; what a crash cut short is dropped.
    pub fn open(directory: &Path) -> Result<Ledger, LedgerError> {
        let (file, entries) = LedgerFile::open(directory)?;
        Ok(Ledger { entries, file: Some(file) })
    }

    /// The number that the next entry gets.
    pub fn next_sequence(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.sequence) + 1
    }

    /// Adds the entries of one transaction; on disk before this returns. On an error nothing was added.
    pub fn append(&mut self, entries: Vec<Entry>) -> Result<(), LedgerError> {
        if let Some(file) = &mut self.file {
            file.append(&entries)?;
        }
        self.entries.extend(entries);
        Ok(())
    }

    /// Every entry, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
