//! The org's metadata: what `schema/*.toml` says, with what follows from it.

mod changed;
mod describes;
mod field;
mod list;
pub(super) mod load;
mod object;
mod permissions;
mod rule;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;

pub use self::describes::check_describe;
pub(crate) use self::field::{FieldSchema, FieldType};
pub(crate) use self::list::{Derivation, List, ListValue};
pub use self::load::SchemaError;
pub(crate) use self::object::{Ability, ObjectSchema, RecordTypeSchema};
pub(crate) use self::permissions::FieldPermissions;
pub(crate) use self::rule::{RuleTest, ValidationRule};

/// Every object of the org, and the rules that belong to no single one.
#[derive(Debug, Clone)]
pub struct Schema {
    objects: Vec<ObjectSchema>,
    by_name: BTreeMap<String, usize>,
    rules: OrgRules,
    /// What a describe of the whole org says of objects of which no describe was given.
    others: Vec<Json>,
}

/// What `schema/org.toml` holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrgRules {
    /// The company's name.
    pub name: String,
    /// When the schema last changed; describes carry it as `Last-Modified`.
    pub modified: Timestamp,
    /// The seed key of the user that owns what nobody else owns.
    pub default_owner: String,
    /// Objects that references name but that this org does not have.
    pub outside: Vec<String>,
    /// The org's assignment rules.
    #[serde(default)]
    pub assignment_rules: Vec<AssignmentRule>,
    /// What is demanded of rows beyond their fields' types.
    #[serde(default)]
    pub validation_rules: Vec<ValidationRule>,
    /// What single users don't see or may not write.
    #[serde(default)]
    pub field_permissions: Vec<FieldPermissions>,
}

impl OrgRules {
    /// The validation rules that apply in a new org.
    pub fn initially_active(&self) -> BTreeSet<String> {
        let active = self.validation_rules.iter().filter(|rule| rule.active);
        active.map(|rule| rule.name.clone()).collect()
    }
}

/// A rule that gives new records an owner.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignmentRule {
    /// What admins call it.
    pub name: String,
    /// The object whose records it assigns.
    pub object: String,
    /// Whether it is the one that applies.
    pub active: bool,
    /// Tried in order; the first that fits decides.
    pub entries: Vec<AssignmentEntry>,
}

/// One line of an assignment rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignmentEntry {
    /// The field that is compared; absent where the entry always fits.
    pub field: Option<String>,
    /// The value that fits.
    pub equals: Option<String>,
    /// The seed key of the queue that gets the record.
    pub queue: String,
}

impl Schema {
    /// Reads the schema that is built into the program.
    pub fn embedded() -> Result<Schema, SchemaError> {
        load::embedded()
    }

    /// The object with this API name, in any case, as Salesforce has it.
    pub fn object(&self, name: &str) -> Option<&ObjectSchema> {
        self.by_name.get(&name.to_ascii_lowercase()).map(|&index| &self.objects[index])
    }

    /// The object whose ids begin with this prefix.
    pub fn object_of_prefix(&self, key_prefix: &str) -> Option<&ObjectSchema> {
        self.objects.iter().find(|object| object.key_prefix == key_prefix)
    }

    /// All objects, by name.
    pub fn objects(&self) -> impl Iterator<Item = &ObjectSchema> {
        self.by_name.values().map(|&index| &self.objects[index])
    }

    /// What a describe of the whole org lists beside the objects.
    pub fn others(&self) -> &[Json] {
        &self.others
    }

    /// What belongs to no single object.
    pub fn rules(&self) -> &OrgRules {
        &self.rules
    }
}
