//! What an admin can do to the metadata of a running org.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::bury_rows;
use crate::org::records::{Records, Row};
use crate::org::schema::{Ability, FieldSchema, FieldType, ListValue, ObjectSchema, Schema};
use crate::org::value::Value;

/// One change. In JSON: `{"list_value": {"object": "Case", "field": "Reason", "value": "Refund",
/// "active": false}}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SchemaChange {
    /// A value of a list: added where it is not there.
    ListValue {
        /// The object.
        object: String,
        /// The field.
        field: String,
        /// The API value.
        value: String,
        /// Whether it can be chosen.
        active: Option<bool>,
        /// What users see.
        label: Option<String>,
        /// Takes it out altogether.
        #[serde(default)]
        remove: bool,
    },
    /// Properties of a field that is there.
    Field {
        /// The object.
        object: String,
        /// The field.
        field: String,
        /// Whether a create must give it.
        required: Option<bool>,
        /// Characters at most.
        length: Option<u32>,
        /// Digits in all.
        precision: Option<u32>,
        /// Digits behind the point.
        scale: Option<u32>,
        /// Whether it takes each value once.
        unique: Option<bool>,
        /// What users see.
        label: Option<String>,
        /// Another type.
        #[serde(rename = "type")]
        field_type: Option<FieldType>,
        /// Whether its list takes no other values.
        restricted: Option<bool>,
    },
    /// Takes a field away.
    RemoveField {
        /// The object.
        object: String,
        /// The field.
        field: String,
    },
    /// Adds a field, written as in the schema's files.
    AddField {
        /// The object.
        object: String,
        /// The field.
        field: Box<FieldSchema>,
        /// Its list's values.
        #[serde(default)]
        values: Vec<String>,
    },
    /// What a user may do with a field.
    Permission {
        /// The username.
        user: String,
        /// The object.
        object: String,
        /// The field.
        field: String,
        /// What.
        may: Grant,
    },
    /// Whether an object is there, and whether its records can be created.
    Object {
        /// The object.
        object: String,
        /// Whether creates are taken.
        createable: Option<bool>,
        /// Takes it away.
        #[serde(default)]
        remove: bool,
    },
    /// Whether records may have a record type, and which values it offers.
    RecordType {
        /// The object.
        object: String,
        /// Its developer name.
        name: String,
        /// Whether they may; as before where absent.
        active: Option<bool>,
        /// The values that it offers, by list; `null` for all of them. Other lists are as before.
        #[serde(default)]
        offers: BTreeMap<String, Option<Vec<String>>>,
    },
    /// Which objects' records a queue may own; without any it is gone.
    Queue {
        /// Its developer name.
        name: String,
        /// The objects.
        owns: Vec<String>,
    },
    /// Whether a user can log in and own records.
    User {
        /// The username.
        username: String,
        /// Whether.
        active: bool,
    },
}

/// What a user may do with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Nothing: it is not there for this user.
    Nothing,
    /// See it.
    Read,
    /// See and write it.
    Write,
}

impl SchemaChange {
    /// The metadata with this change made, and the records that stand for parts of them.
    pub(in crate::org) fn made(
        &self,
        schema: &Schema,
        records: &mut Records,
        at: Timestamp,
    ) -> Result<Schema, String> {
        let mut changed = schema.clone();
        if let Self::RecordType { object, name, active: Some(active), .. } = self {
            record_type(records, object, name, *active);
        }
        match self {
            Self::Queue { name, owns } => queue(records, name, owns)?,
            Self::User { username, active } => user(records, username, *active)?,
            Self::Permission { user, object, field, may } => {
                changed.permit(user, object, field, (*may, at))?;
            }
            Self::Object { object, remove: true, .. } => changed.remove_object(object)?,
            Self::Object { object, .. }
            | Self::ListValue { object, .. }
            | Self::Field { object, .. }
            | Self::RemoveField { object, .. }
            | Self::AddField { object, .. }
            | Self::RecordType { object, .. } => {
                let known = changed.object_mut(object).ok_or_else(|| nothing(object))?;
                self.of_object(known)?;
                known.changed(at);
            }
        }
        changed.relinked(at)
    }

    fn of_object(&self, object: &mut ObjectSchema) -> Result<(), String> {
        match self {
            Self::ListValue { field, value, active, label, remove, .. } => {
                let list = object.list_mut(field).ok_or_else(|| nothing(field))?;
                if *remove {
                    list.values.retain(|known| known.value != *value);
                    return Ok(());
                }
                let at = list.values.iter().position(|known| known.value == *value);
                let at = at.unwrap_or_else(|| {
                    list.values.push(ListValue::new(value));
                    list.values.len() - 1
                });
                list.values[at].active = active.unwrap_or(list.values[at].active);
                if let Some(label) = label {
                    list.values[at].relabel(label);
                }
            }
            Self::Field { field, .. } => self.of_field(object, field)?,
            Self::RemoveField { field, .. } => {
                object.field(field).ok_or_else(|| nothing(field))?;
                object.remove_field(field);
            }
            Self::AddField { field, values, .. } => {
                if object.field(&field.name).is_some() {
                    return Err(format!("`{}` is there already", field.name));
                }
                object.add_field((**field).clone(), values);
            }
            Self::Object { createable, .. } => {
                object
                    .can
                    .retain(|ability| *ability != Ability::Create || createable != &Some(false));
                if *createable == Some(true) && !object.can(Ability::Create) {
                    object.can.push(Ability::Create);
                }
            }
            Self::RecordType { name, active, offers, .. } => {
                if let Some(field) = offers.keys().find(|field| object.list_mut(field).is_none()) {
                    return Err(nothing(field));
                }
                let mut types = object.record_types.iter_mut();
                let known = types.find(|known| known.developer_name == *name);
                let known = known.ok_or_else(|| nothing(name))?;
                known.active = active.unwrap_or(known.active);
                for (field, values) in offers {
                    known.offer(field, values.as_deref());
                }
            }
            Self::Permission { .. } | Self::Queue { .. } | Self::User { .. } => {}
        }
        Ok(())
    }

    fn of_field(&self, object: &mut ObjectSchema, name: &str) -> Result<(), String> {
        let Self::Field {
            required,
            length,
            precision,
            scale,
            unique,
            label,
            field_type,
            restricted,
            ..
        } = self
        else {
            return Ok(());
        };
        if let Some(restricted) = restricted {
            object.list_mut(name).ok_or_else(|| nothing(name))?.restricted = *restricted;
        }
        let field = object.field_mut(name).ok_or_else(|| nothing(name))?;
        field.length = length.unwrap_or(field.length);
        field.precision = precision.unwrap_or(field.precision);
        field.scale = scale.unwrap_or(field.scale);
        field.unique = unique.unwrap_or(field.unique);
        if let Some(label) = label {
            field.label.clone_from(label);
        }
        if let Some(required) = required {
            field.require(*required);
        }
        if let Some(field_type) = field_type {
            field.field_type = *field_type;
            object.fit_list(name);
        }
        Ok(())
    }
}

fn nothing(name: &str) -> String {
    format!("there is no `{name}`")
}

fn text<'a>(row: &'a Row, field: &str) -> Option<&'a str> {
    row.get(field).as_text()
}

/// A queue and what it may own are records, as in a real org.
fn queue(records: &mut Records, name: &str, owns: &[String]) -> Result<(), String> {
    let queue = records
        .all("Group")
        .find(|row| text(row, "DeveloperName") == Some(name) && text(row, "Type") == Some("Queue"));
    let id = queue.map(|row| row.id.clone()).ok_or_else(|| nothing(name))?;
    bury_rows(records, "Group", |row| (row.id == id).then_some(owns.is_empty()));
    bury_rows(records, "QueueSobject", |row| {
        let its = row.get("QueueId").as_id() == Some(&id);
        let may = owns.iter().any(|object| text(row, "SobjectType") == Some(object));
        its.then_some(!may)
    });
    Ok(())
}

/// What a record of `RecordType` says goes along with the schema.
fn record_type(records: &mut Records, object: &str, name: &str, active: bool) {
    let its = |row: &&Row| {
        text(row, "SobjectType") == Some(object) && text(row, "DeveloperName") == Some(name)
    };
    let row = records.all("RecordType").find(its).cloned();
    if let Some(mut row) = row {
        row.set("IsActive", Value::Flag(active));
        records.apply(row);
    }
}

fn user(records: &mut Records, username: &str, active: bool) -> Result<(), String> {
    let is = |row: &&Row| {
        text(row, "Username").is_some_and(|known| known.eq_ignore_ascii_case(username))
    };
    let mut row = records.all("User").find(is).cloned().ok_or_else(|| nothing(username))?;
    row.set("IsActive", Value::Flag(active));
    records.apply(row);
    Ok(())
}
