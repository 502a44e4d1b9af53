//! Fields that an admin has deployed to an org whose records last: it has them again when it is opened, for its
//! records have their values.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use serde_json::Value as Json;

use super::records::Records;
use super::schema::Schema;
use super::{OpenError, Org, SchemaChange};

/// Beside the ledger.
const FILE: &str = "fields.json";

/// Changes that add a field, by object and field.
type Fields = BTreeMap<String, Json>;

/// The schema with the fields that were deployed to the org of a directory.
pub(super) fn with_fields_of(directory: &Path, mut schema: Schema) -> Result<Schema, OpenError> {
    let unusable = |problem: String| OpenError::Fields { path: directory.join(FILE), problem };
    let fields = read(directory).map_err(|problem| unusable(problem.to_string()))?;
    for (path, change) in fields {
        let known = path.split_once('.').and_then(|(object, field)| {
            let object = schema.object(object)?;
            Some(object.field(field).is_some())
        });
        // What the metadata have by now needs no change, and what has lost its object can have none.
        if known != Some(false) {
            continue;
        }
        let change: SchemaChange =
            serde_json::from_value(change).map_err(|problem| unusable(problem.to_string()))?;
        let at = schema.rules().modified;
        schema = change.made(&schema, &mut Records::default(), at).map_err(unusable)?;
    }
    Ok(schema)
}

fn read(directory: &Path) -> io::Result<Fields> {
    match fs::read(directory.join(FILE)) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Fields::new()),
        Err(error) => Err(error),
    }
}

fn write(directory: &Path, fields: &Fields) -> io::Result<()> {
    let new = directory.join(format!("{FILE}.new"));
    fs::write(&new, serde_json::to_vec_pretty(fields)?)?;
    fs::rename(new, directory.join(FILE))
}

impl Org {
    /// Notes the change that adds a deployed field, where the org's records last. Deployments come one
    /// after another.
    pub(crate) fn keep_field(&self, object: &str, field: &str, change: &Json) -> io::Result<()> {
        let Some(directory) = &self.shared.directory else { return Ok(()) };
        let mut fields = read(directory)?;
        let before = fields.insert(format!("{object}.{field}"), change.clone());
        if before.as_ref() == Some(change) { Ok(()) } else { write(directory, &fields) }
    }
}
