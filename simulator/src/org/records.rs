//! The org's rows, live and deleted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::ids::RecordId;
use super::schema::{ObjectSchema, Schema};
use super::value::Value;

/// One row; computed fields are not part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The object's API name.
    pub object: String,
    /// Its id.
    pub id: RecordId,
    /// Whether it lies in the recycle bin.
    pub deleted: bool,
    /// What is not blank, by field.
    pub values: BTreeMap<String, Value>,
}

/// A row as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredRow {
    /// The object's API name.
    pub object: String,
    /// Its id.
    pub id: RecordId,
    /// Whether it lies in the recycle bin.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deleted: bool,
    /// What is not blank, by field.
    pub values: Map<String, Json>,
}

impl Row {
    /// A row without values.
    pub fn new(object: &ObjectSchema, id: RecordId) -> Row {
        Row { object: object.name.clone(), id, deleted: false, values: BTreeMap::new() }
    }

    /// What is stored for a field; blank where nothing is.
    pub fn get(&self, field: &str) -> &Value {
        const BLANK: &Value = &Value::Null;
        self.values.get(field).unwrap_or(BLANK)
    }

    /// Stores a value, or takes away what was stored.
    pub fn set(&mut self, field: &str, value: Value) {
        if value.is_null() {
            self.values.remove(field);
        } else {
            self.values.insert(field.to_owned(), value);
        }
    }

    /// The row as the ledger keeps it.
    pub fn stored(&self) -> StoredRow {
        let values = self.values.iter().map(|(field, value)| (field.clone(), value.to_json()));
        StoredRow {
            object: self.object.clone(),
            id: self.id.clone(),
            deleted: self.deleted,
            values: values.collect(),
        }
    }
}

impl StoredRow {
    /// The row again; the error names what the schema no longer has.
    pub fn restore(&self, schema: &Schema) -> Result<Row, String> {
        let object = schema
            .object(&self.object)
            .ok_or_else(|| format!("there is no object `{}`", self.object))?;
        let mut row = Row::new(object, self.id.clone());
        row.deleted = self.deleted;
        for (name, json) in &self.values {
            let place = || format!("{}.{name}", object.name);
            let field = object.field(name).ok_or_else(|| format!("there is no {}", place()))?;
            let value = Value::restore(field, json)
                .map_err(|_| format!("{} can't hold {json}", place()))?;
            row.set(&field.name, value);
        }
        Ok(row)
    }
}

/// Every row, by object and id. Saved rows are never forgotten, so numbers are never used twice.
#[derive(Debug, Clone, Default)]
pub struct Records {
    tables: BTreeMap<String, BTreeMap<RecordId, Row>>,
}

impl Records {
    /// Puts a row in the place of the one with its id, and gives that one back.
    pub fn apply(&mut self, row: Row) -> Option<Row> {
        self.tables.entry(row.object.clone()).or_default().insert(row.id.clone(), row)
    }

    /// Takes back a row that was never saved; its number is free again.
    pub(super) fn forget(&mut self, row: &Row) {
        if let Some(table) = self.tables.get_mut(&row.object) {
            table.remove(&row.id);
        }
    }

    /// The row with this id, unless it is deleted.
    pub fn get(&self, object: &str, id: &RecordId) -> Option<&Row> {
        self.get_any(object, id).filter(|row| !row.deleted)
    }

    /// The row with this id, deleted or not.
    pub fn get_any(&self, object: &str, id: &RecordId) -> Option<&Row> {
        self.tables.get(object)?.get(id)
    }

    /// Live rows, in the order in which they were made.
    pub fn rows(&self, object: &str) -> impl DoubleEndedIterator<Item = &Row> {
        self.tables.get(object).into_iter().flat_map(|table| table.values()).filter(|r| !r.deleted)
    }

    /// All rows, deleted ones too.
    pub(super) fn all(&self, object: &str) -> impl Iterator<Item = &Row> {
        self.tables.get(object).into_iter().flat_map(|table| table.values())
    }

    /// How many rows were ever made.
    pub fn made(&self, object: &str) -> u64 {
        self.tables.get(object).map_or(0, |table| table.len() as u64)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
