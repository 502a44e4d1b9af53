//! One object of the schema.

mod described;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;

use super::{FieldSchema, FieldType, List};
use crate::org::ids::RecordId;
use crate::org::records::Row;

/// One object, as its file has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectSchema {
    /// API name.
    pub name: String,
    /// What users see.
    pub label: String,
    /// What users see for several.
    pub label_plural: String,
    /// The first three characters of its records' ids.
    pub key_prefix: String,
    /// What may be done with its records, beyond reading and querying.
    pub can: Vec<Ability>,
    /// The list-view scopes that a describe names.
    #[serde(default)]
    pub scopes: Vec<Scope>,
    /// Its record types, without the master.
    #[serde(default)]
    pub record_types: Vec<RecordTypeSchema>,
    /// In the describe's order.
    pub fields: Vec<FieldSchema>,
    /// The values of its lists, by field.
    #[serde(default)]
    pub(super) lists: BTreeMap<String, List>,
    #[serde(skip)]
    by_name: BTreeMap<String, usize>,
    /// The real org's own describe, where the object comes from one.
    #[serde(skip)]
    pub describe: Option<Arc<Json>>,
    /// When an admin last changed it, if since the beginning.
    #[serde(skip)]
    pub modified: Option<Timestamp>,
}

/// Something that an object's records allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// Create through the API.
    Create,
    /// Change through the API.
    Update,
    /// Move to the recycle bin.
    Delete,
    /// Bring back from the recycle bin.
    Undelete,
    /// Find by text search.
    Search,
    /// Carry a feed.
    Feed,
    /// Show in page layouts.
    Layout,
    /// Appear among the recently used.
    Recent,
    /// Fire triggers.
    Trigger,
    /// Merge with another.
    Merge,
}

/// A list-view scope.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// API name.
    pub name: String,
    /// What users see.
    pub label: String,
}

/// A record type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordTypeSchema {
    /// What code calls it.
    pub developer_name: String,
    /// What users see.
    pub label: String,
    /// Whether records may have it.
    #[serde(default = "yes")]
    pub active: bool,
    /// Whether records get it where nobody chooses.
    #[serde(default)]
    pub default: bool,
    /// The values that its records may have, for lists of which it does not allow all.
    #[serde(default)]
    pub lists: BTreeMap<String, Vec<String>>,
    /// Its id in the real org that it comes from.
    #[serde(skip)]
    pub id: Option<RecordId>,
}

impl RecordTypeSchema {
    /// Lets it offer these values of a list; without any all of them.
    pub fn offer(&mut self, field: &str, values: Option<&[String]>) {
        match values {
            Some(values) => self.lists.insert(field.to_owned(), values.to_vec()),
            None => self.lists.remove(field),
        };
    }

    /// Whether its records may have this value of a list.
    pub fn allows(&self, field: &FieldSchema, value: &str) -> bool {
        self.lists.get(&field.name).is_none_or(|values| values.iter().any(|known| known == value))
    }
}

impl ObjectSchema {
    /// The field with this API name, in any case.
    pub fn field(&self, name: &str) -> Option<&FieldSchema> {
        self.by_name.get(&name.to_ascii_lowercase()).map(|&index| &self.fields[index])
    }

    /// The reference that is followed by this relationship name, in any case.
    pub fn relationship(&self, name: &str) -> Option<&FieldSchema> {
        self.fields.iter().find(|field| {
            field.relationship.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(name))
        })
    }

    /// The field that stands for the record in lists.
    pub fn name_field(&self) -> Option<&FieldSchema> {
        self.fields.iter().find(|field| field.name_field)
    }

    /// Whether its records allow this.
    pub fn can(&self, ability: Ability) -> bool {
        self.can.contains(&ability)
    }

    /// The record type that a row of `RecordType` stands for.
    pub fn record_type(&self, row: &Row) -> Option<&RecordTypeSchema> {
        let name = row
            .get("DeveloperName")
            .as_text()
            .filter(|_| row.get("SobjectType").as_text() == Some(self.name.as_str()))?;
        self.record_types.iter().find(|known| known.developer_name == name)
    }

    /// The list of a picklist field.
    pub fn list(&self, field: &FieldSchema) -> Option<&List> {
        self.lists.get(&field.name)
    }

    /// Takes a field away.
    pub(super) fn hide(&mut self, field: &str) {
        self.fields.retain(|known| known.name != field);
        self.lists.remove(field);
        let names = self.fields.iter().enumerate();
        self.by_name = names.map(|(at, known)| (known.name.to_ascii_lowercase(), at)).collect();
    }

    /// Forgets the fields that are not wanted.
    pub(super) fn keep(&mut self, wanted: impl Fn(&str) -> bool) {
        self.fields.retain(|field| wanted(&field.name));
        self.lists.retain(|name, _| wanted(name));
    }

    /// Takes in the fields of another description of it that it does not have.
    pub(super) fn complete(&mut self, other: ObjectSchema) {
        let known: BTreeSet<String> = self.fields.iter().map(|its| its.name.clone()).collect();
        let missing = |name: &String| !known.contains(name);
        self.fields.extend(other.fields.into_iter().filter(|its| missing(&its.name)));
        self.lists.extend(other.lists.into_iter().filter(|(name, _)| missing(name)));
    }

    pub(super) fn index(&mut self) -> Result<(), String> {
        self.by_name.clear();
        for (index, field) in self.fields.iter().enumerate() {
            let name = field.name.to_ascii_lowercase();
            if self.by_name.insert(name, index).is_some() {
                return Err(format!("{} has `{}` twice", self.name, field.name));
            }
        }
        for field in &self.fields {
            self.check_list(field).map_err(|why| format!("{}.{}: {why}", self.name, field.name))?;
        }
        match self.lists.keys().find(|name| self.field(name).is_none()) {
            Some(name) => Err(format!("{} has a list for no field: `{name}`", self.name)),
            None => Ok(()),
        }
    }

    fn check_list(&self, field: &FieldSchema) -> Result<(), String> {
        let listed = matches!(field.field_type, FieldType::Picklist | FieldType::Multipicklist);
        match (listed, self.lists.get(&field.name)) {
            (true, None) => return Err("a picklist without values".to_owned()),
            (false, Some(_)) => return Err("values, but no picklist".to_owned()),
            _ => {}
        }
        let Some(controller) = &field.controller else { return Ok(()) };
        let controller =
            self.field(controller).ok_or_else(|| format!("no controller `{controller}`"))?;
        match self.lists.get(&controller.name) {
            Some(_) => Ok(()),
            None if controller.field_type == FieldType::Boolean => Ok(()),
            None => Err(format!("`{}` controls nothing: it has no values", controller.name)),
        }
    }
}

fn yes() -> bool {
    true
}
