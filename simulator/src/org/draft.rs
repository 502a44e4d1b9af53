//! A write in the making: rows that will be saved together, over those that are.

use std::collections::BTreeSet;

use super::ids::RecordId;
use super::records::{Records, Row};
use super::schema::{ObjectSchema, Schema};

/// Rows that one request saves, all or none.
pub(super) struct Draft<'a> {
    /// The org's metadata.
    pub schema: &'a Schema,
    base: &'a Records,
    active_rules: Option<&'a BTreeSet<String>>,
    rows: Vec<Row>,
}

impl<'a> Draft<'a> {
    /// Nothing to save yet.
    pub(super) fn new(schema: &'a Schema, base: &'a Records) -> Draft<'a> {
        Draft { schema, base, active_rules: None, rows: Vec::new() }
    }

    /// The same, held to the validation rules of these names.
    pub(super) fn held_to(self, active_rules: &'a BTreeSet<String>) -> Draft<'a> {
        Draft { active_rules: Some(active_rules), ..self }
    }

    /// Whether the validation rule of this name applies.
    pub(super) fn holds_to(&self, rule: &str) -> bool {
        self.active_rules.is_some_and(|rules| rules.contains(rule))
    }

    /// The saved rows below.
    pub(super) fn base(&self) -> &'a Records {
        self.base
    }

    /// The id that the object's next new row gets.
    pub(super) fn next_id(&self, object: &ObjectSchema) -> RecordId {
        RecordId::numbered(&object.key_prefix, self.next_number(object))
    }

    /// How many rows there will be with the next one.
    pub(super) fn next_number(&self, object: &ObjectSchema) -> u64 {
        let new = self.rows.iter().filter(|row| {
            row.object == object.name && self.base.get_any(&row.object, &row.id).is_none()
        });
        self.base.made(&object.name) + new.count() as u64 + 1
    }

    /// The live row with this id, with what the draft has changed.
    pub(super) fn get(&self, object: &str, id: &RecordId) -> Option<&Row> {
        match self.rows.iter().rev().find(|row| row.id == *id && row.object == object) {
            Some(row) => Some(row).filter(|row| !row.deleted),
            None => self.base.get(object, id),
        }
    }

    /// Adds a row to what will be saved, in place of an earlier version.
    pub(super) fn put(&mut self, row: Row) {
        match self.rows.iter_mut().find(|known| known.id == row.id) {
            Some(known) => *known = row,
            None => self.rows.push(row),
        }
    }

    /// What will be saved.
    pub(super) fn into_rows(self) -> Vec<Row> {
        self.rows
    }
}
