//! The files' shape as serde reads it: flat, and every unknown key refused.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog::{
    Decimals, Field, FieldKind, List, ListValue, Offered, Offers, Queue, RecordType, User,
};

/// Stands for a record type that offers every value of every list.
pub(super) const ALL: &str = "all";

/// Stands for a list of which nobody knows what a record type offers.
pub(super) const NOT_KNOWN: &str = "not known";

/// Reads the format alone, whatever else a file of another version may say.
#[derive(Deserialize)]
pub(super) struct FormatOnly {
    pub(super) format: Option<toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrgFile {
    #[serde(rename = "format")]
    _format: u32,
    pub(super) org_id: String,
    pub(super) pulled_by: String,
    pub(super) api_version: String,
    #[serde(default)]
    pub(super) queues: BTreeMap<String, QueueEntry>,
    #[serde(default)]
    pub(super) users: BTreeMap<String, UserEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObjectFile {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) key_prefix: String,
    #[serde(default)]
    pub(super) createable: bool,
    #[serde(default)]
    pub(super) record_types: BTreeMap<String, RecordTypeEntry>,
    #[serde(default)]
    pub(super) offers: BTreeMap<String, toml::Value>,
    #[serde(default)]
    pub(super) fields: BTreeMap<String, FieldEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QueueEntry {
    label: String,
    objects: Vec<String>,
}

impl QueueEntry {
    pub(super) fn named(self, developer_name: &str) -> Queue {
        let QueueEntry { label, objects } = self;
        Queue { developer_name: developer_name.to_owned(), label, objects }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserEntry {
    label: String,
    #[serde(default = "yes")]
    active: bool,
}

impl UserEntry {
    pub(super) fn named(self, username: &str) -> User {
        User { username: username.to_owned(), label: self.label, active: self.active }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordTypeEntry {
    label: String,
    #[serde(default = "yes")]
    active: bool,
    #[serde(default = "yes")]
    available: bool,
    #[serde(default)]
    default: bool,
}

impl RecordTypeEntry {
    pub(super) fn named(self, developer_name: &str) -> RecordType {
        let RecordTypeEntry { label, active, available, default } = self;
        RecordType { developer_name: developer_name.to_owned(), label, active, available, default }
    }
}

/// What a record type offers; where that can't be read, what is wrong and at which list.
pub(super) fn offers(entry: toml::Value) -> Result<Offers, (Option<String>, String)> {
    match entry {
        toml::Value::String(word) if word == ALL => Ok(Offers::default()),
        toml::Value::Table(lists) => {
            let lists = lists.into_iter().map(|(field, entry)| match offered(entry) {
                Some(offered) => Ok((field, offered)),
                None => Err((Some(field), format!("is neither a list nor \"{NOT_KNOWN}\""))),
            });
            Ok(Offers { lists: lists.collect::<Result<_, _>>()? })
        }
        _ => Err((None, format!("is neither a table nor \"{ALL}\""))),
    }
}

fn offered(entry: toml::Value) -> Option<Offered> {
    match entry {
        toml::Value::String(word) if word == NOT_KNOWN => Some(Offered::NotKnown),
        toml::Value::Array(values) => {
            let text = |value| match value {
                toml::Value::String(text) => Some(text),
                _ => None,
            };
            values.into_iter().map(text).collect::<Option<_>>().map(Offered::Only)
        }
        _ => None,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueEntry {
    value: String,
    label: Option<String>,
    #[serde(default = "yes")]
    active: bool,
    #[serde(default)]
    default: bool,
    valid_for: Option<Vec<String>>,
}

impl From<ValueEntry> for ListValue {
    fn from(entry: ValueEntry) -> Self {
        let ValueEntry { value, label, active, default, valid_for } = entry;
        ListValue {
            label: label.unwrap_or_else(|| value.clone()),
            value,
            active,
            default,
            valid_for,
        }
    }
}

fn yes() -> bool {
    true
}

/// A field. What belongs to some types only is optional here and settled by [`FieldEntry::named`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldEntry {
    label: String,
    help: Option<String>,
    #[serde(rename = "type")]
    word: String,
    length: Option<u32>,
    digits: Option<u32>,
    precision: Option<u32>,
    scale: Option<u32>,
    rich: Option<bool>,
    restricted: Option<bool>,
    controller: Option<String>,
    values: Option<Vec<ValueEntry>>,
    to: Option<Vec<String>>,
    relationship: Option<String>,
    described_as: Option<String>,
    #[serde(default)]
    nillable: bool,
    #[serde(default)]
    createable: bool,
    #[serde(default)]
    updateable: bool,
    #[serde(default)]
    defaulted_on_create: bool,
    #[serde(default)]
    calculated: bool,
    #[serde(default)]
    auto_number: bool,
    #[serde(default)]
    unique: bool,
    #[serde(default)]
    external_id: bool,
    #[serde(default)]
    id_lookup: bool,
    #[serde(default)]
    custom: bool,
    #[serde(default)]
    filterable: bool,
}

/// A key of a field, and what is wrong with it.
pub(super) type KeyFault = (&'static str, String);

impl FieldEntry {
    pub(super) fn named(mut self, name: &str) -> Result<Field, KeyFault> {
        let kind = self.take_kind()?;
        self.refuse_leftovers()?;
        Ok(Field {
            name: name.to_owned(),
            label: self.label,
            help: self.help,
            kind,
            nillable: self.nillable,
            createable: self.createable,
            updateable: self.updateable,
            defaulted_on_create: self.defaulted_on_create,
            calculated: self.calculated,
            auto_number: self.auto_number,
            unique: self.unique,
            external_id: self.external_id,
            id_lookup: self.id_lookup,
            custom: self.custom,
            filterable: self.filterable,
        })
    }

    fn take_kind(&mut self) -> Result<FieldKind, KeyFault> {
        Ok(match self.word.as_str() {
            "id" => FieldKind::Id,
            "string" => FieldKind::String { length: self.take_length()? },
            "textarea" => FieldKind::TextArea {
                length: self.take_length()?,
                rich: self.rich.take().unwrap_or(false),
            },
            "boolean" => FieldKind::Boolean,
            "int" => FieldKind::Int { digits: present("digits", self.digits.take())? },
            "double" => FieldKind::Double(self.take_decimals()?),
            "currency" => FieldKind::Currency(self.take_decimals()?),
            "percent" => FieldKind::Percent(self.take_decimals()?),
            "date" => FieldKind::Date,
            "datetime" => FieldKind::DateTime,
            "time" => FieldKind::Time,
            "email" => FieldKind::Email { length: self.take_length()? },
            "phone" => FieldKind::Phone { length: self.take_length()? },
            "url" => FieldKind::Url { length: self.take_length()? },
            "picklist" => FieldKind::Picklist(self.take_list()?),
            "multipicklist" => FieldKind::MultiPicklist(self.take_list()?),
            "combobox" => FieldKind::Combobox { length: self.take_length()? },
            "reference" => FieldKind::Reference {
                to: present("to", self.to.take())?,
                relationship: self.relationship.take(),
            },
            "encryptedstring" => FieldKind::EncryptedString { length: self.take_length()? },
            "address" => FieldKind::Address,
            "location" => FieldKind::Location,
            "base64" => FieldKind::Base64,
            "opaque" => FieldKind::Opaque {
                described_as: present("described_as", self.described_as.take())?,
            },
            other => {
                return Err(("type", format!("`{}` is no type of field", other.escape_debug())));
            }
        })
    }

    fn take_length(&mut self) -> Result<u32, KeyFault> {
        present("length", self.length.take())
    }

    fn take_decimals(&mut self) -> Result<Decimals, KeyFault> {
        Ok(Decimals {
            precision: present("precision", self.precision.take())?,
            scale: present("scale", self.scale.take())?,
        })
    }

    fn take_list(&mut self) -> Result<List, KeyFault> {
        let values = present("values", self.values.take())?;
        Ok(List {
            restricted: self.restricted.take().unwrap_or(false),
            controller: self.controller.take(),
            values: values.into_iter().map(ListValue::from).collect(),
        })
    }

    fn refuse_leftovers(&self) -> Result<(), KeyFault> {
        let left = [
            ("length", self.length.is_some()),
            ("digits", self.digits.is_some()),
            ("precision", self.precision.is_some()),
            ("scale", self.scale.is_some()),
            ("rich", self.rich.is_some()),
            ("restricted", self.restricted.is_some()),
            ("controller", self.controller.is_some()),
            ("values", self.values.is_some()),
            ("to", self.to.is_some()),
            ("relationship", self.relationship.is_some()),
            ("described_as", self.described_as.is_some()),
        ];
        match left.into_iter().find(|(_, is_left)| *is_left) {
            Some((key, _)) => {
                Err((key, format!("does not belong to a field of type `{}`", self.word)))
            }
            None => Ok(()),
        }
    }
}

fn present<T>(key: &'static str, value: Option<T>) -> Result<T, KeyFault> {
    value.ok_or_else(|| (key, "is missing".to_owned()))
}
