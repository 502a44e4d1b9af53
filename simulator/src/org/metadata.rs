//! The org's metadata as they are now, for everybody and for each user; and changing them while
//! the org runs.

mod change;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::Org;
use super::records::Records;
use super::schema::{Schema, SchemaError};

pub use self::change::{Grant, SchemaChange};

/// One state of the metadata. Who holds it sees no change.
#[derive(Debug)]
pub(crate) struct Known {
    /// All there is.
    pub(super) schema: Arc<Schema>,
    /// What users see of it from whom something is hidden or locked, by username in lower case.
    views: BTreeMap<String, Arc<Schema>>,
}

impl Known {
    pub(super) fn new(schema: Schema) -> Result<Known, SchemaError> {
        let views = schema.views().map_err(SchemaError::Contradiction)?;
        let views = views.into_iter().map(|(user, view)| (user, Arc::new(view))).collect();
        Ok(Known { schema: Arc::new(schema), views })
    }

    /// The metadata as this user sees them.
    pub(super) fn seen_by(&self, username: &str) -> &Arc<Schema> {
        self.views.get(&username.to_lowercase()).unwrap_or(&self.schema)
    }
}

impl Org {
    /// Changes the metadata, as an admin does, and gives the describes' new `Last-Modified`. A
    /// reset and a restart return to what the schema's files say.
    ///
    /// # Errors
    ///
    /// What the change names is not there, or contradicts the rest; nothing is changed then.
    pub fn change_schema(&self, change: &SchemaChange) -> Result<Timestamp, String> {
        // Held, so that no write goes by two schemas.
        let mut state = self.state();
        let known = self.known();
        let mut records = state.records.clone();
        let schema =
            change.made(&known.schema, &mut records, later(known.schema.rules().modified))?;
        let modified = schema.rules().modified;
        let known = Known::new(schema).map_err(|problem| problem.to_string())?;
        self.replace_known(Arc::new(known));
        state.records = records;
        Ok(modified)
    }
}

/// Now, but later than before as HTTP dates count: in whole seconds.
fn later(before: Timestamp) -> Timestamp {
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or(before);
    let next = before.checked_add(SignedDuration::from_secs(1)).unwrap_or(before);
    now.max(next)
}

/// Deletes or brings back the rows of an object that a test chooses.
fn bury_rows(records: &mut Records, object: &str, chosen: impl Fn(&super::Row) -> Option<bool>) {
    let rows: Vec<_> =
        records.all(object).filter_map(|row| Some((row.clone(), chosen(row)?))).collect();
    for (mut row, deleted) in rows {
        row.deleted = deleted;
        records.apply(row);
    }
}
