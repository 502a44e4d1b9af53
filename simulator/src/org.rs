//! The org itself: metadata, rows, the rules of saving, and the ledger.

mod body;
mod defaults;
mod deployed;
mod derive;
mod draft;
mod ids;
mod metadata;
mod records;
mod refusal;
pub(crate) mod schema;
mod seed;
mod side_effects;
mod told;
mod transaction;
mod validate;
mod value;
mod write;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::ledger::{Action, Ledger, LedgerError, Outcome};

pub(crate) use self::derive::read;
pub use self::ids::RecordId;
pub(crate) use self::metadata::Known;
pub use self::metadata::{Grant, SchemaChange};
pub use self::records::{Records, Row, StoredRow};
pub use self::refusal::{ApiError, ErrorCode, Refusal};
pub use self::schema::{Schema, SchemaError, check_describe};
pub(crate) use self::seed::SeedIds;
pub use self::told::{Told, ToldQueue, ToldUser};
pub(crate) use self::transaction::{Savepoint, Transaction};
pub(crate) use self::validate::same_key;
pub use self::value::Value;
pub(crate) use self::value::{parse_date, parse_instant, parse_time};
pub(crate) use self::write::{AutoAssign, Call};

/// What the ids of orgs begin with.
const ORG_PREFIX: &str = "00D";

/// One org. Cheap to clone; clones are the same org.
#[derive(Debug, Clone)]
pub struct Org {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    known: RwLock<Arc<Known>>,
    /// What a reset returns to.
    initial: Arc<Known>,
    seeds: SeedIds,
    planted: Records,
    state: Mutex<State>,
    /// Where its records last.
    directory: Option<PathBuf>,
}

/// What writes change.
#[derive(Debug)]
pub struct State {
    /// The rows as they are.
    pub records: Records,
    /// How they came to be.
    pub ledger: Ledger,
    /// The validation rules that apply, by name.
    pub active_rules: BTreeSet<String>,
}

/// Where the org's metadata come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Metadata {
    /// The org that is built into the program.
    BuiltIn,
    /// A directory with a real org's describes; see [`Schema::from_describes`].
    Describes(PathBuf),
    /// What an org's answers have told of it.
    Told(Told),
}

/// The org can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its metadata can't be read.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The ledger can't be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The fields that were deployed can't be read, or not be added again.
    #[error("the deployed fields in `{}` can't be had again: {problem}", path.display())]
    Fields {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The ledger holds what the schema no longer has.
    #[error("entry {sequence} of the ledger does not fit the schema: {problem}")]
    Replay {
        /// The entry.
        sequence: u64,
        /// What does not fit.
        problem: String,
    },
}

impl Org {
    /// Opens the org in a directory, or one that ends with the process.
    pub fn open(metadata: &Metadata, data_dir: Option<&Path>) -> Result<Org, OpenError> {
        let schema = match metadata {
            Metadata::BuiltIn => Schema::embedded()?,
            Metadata::Describes(directory) => Schema::from_describes(directory)?,
            Metadata::Told(told) => Schema::told(told)?,
        };
        let told = match metadata {
            Metadata::Told(told) => Some(told),
            Metadata::BuiltIn | Metadata::Describes(_) => None,
        };
        let (planted, seeds) = seed::plant(&schema, told)?;
        let ledger = match data_dir {
            Some(directory) => Ledger::open(directory)?,
            None => Ledger::in_memory(),
        };
        let schema = match data_dir {
            Some(directory) => deployed::with_fields_of(directory, schema)?,
            None => schema,
        };
        let records = replay(&schema, &planted, &ledger)?;
        let active_rules = schema.rules().initially_active();
        let initial = Arc::new(Known::new(schema)?);
        let known = RwLock::new(Arc::clone(&initial));
        let state = Mutex::new(State { records, ledger, active_rules });
        let directory = data_dir.map(Path::to_path_buf);
        Ok(Org { shared: Arc::new(Shared { known, initial, seeds, planted, state, directory }) })
    }

    /// The id that every local org has.
    pub fn built_in_id() -> String {
        RecordId::numbered(ORG_PREFIX, 1).to_string()
    }

    /// The org's metadata as they are now.
    pub fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.known().schema)
    }

    /// The org's metadata as this user sees them: without the fields that are hidden from it.
    pub fn schema_for(&self, username: &str) -> Arc<Schema> {
        Arc::clone(self.known().seen_by(username))
    }

    pub(crate) fn known(&self) -> Arc<Known> {
        Arc::clone(&self.shared.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace_known(&self, known: Arc<Known>) {
        *self.shared.known.write().unwrap_or_else(PoisonError::into_inner) = known;
    }

    /// The ids of the seed's records.
    pub fn seeds(&self) -> &SeedIds {
        &self.shared.seeds
    }

    /// The org's own id.
    pub fn id(&self) -> Option<&RecordId> {
        self.seeds().id("org")
    }

    /// The rows and the ledger, held still.
    pub fn state(&self) -> MutexGuard<'_, State> {
        // A panic while it was held can't have left half a write: a transaction undoes itself.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn replay(schema: &Schema, planted: &Records, ledger: &Ledger) -> Result<Records, OpenError> {
    let mut records = planted.clone();
    for entry in ledger.entries() {
        if entry.action == Action::Reset {
            records = planted.clone();
        }
        let Outcome::Saved(rows) = &entry.outcome else { continue };
        for stored in rows {
            let row = stored.restore(schema);
            let sequence = entry.sequence;
            records.apply(row.map_err(|problem| OpenError::Replay { sequence, problem })?);
        }
    }
    Ok(records)
}
