//! An object as a real org's describe has it.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value as Json;

use super::{Ability, ObjectSchema, RecordTypeSchema};
use crate::org::ids::RecordId;
use crate::org::schema::field::described::{EntryDescription, FieldDescription};
use crate::org::schema::{FieldSchema, FieldType, List, ListValue};

/// Stands where a describe gives no prefix: such an object has no rows.
const NO_PREFIX: &str = "000";

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ObjectDescription {
    name: String,
    label: String,
    label_plural: String,
    key_prefix: Option<String>,
    createable: bool,
    updateable: bool,
    deletable: bool,
    undeletable: bool,
    searchable: bool,
    feed_enabled: bool,
    layoutable: bool,
    mru_enabled: bool,
    triggerable: bool,
    mergeable: bool,
    record_type_infos: Vec<RecordTypeDescription>,
    fields: Vec<FieldDescription>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RecordTypeDescription {
    active: bool,
    available: bool,
    default_record_type_mapping: bool,
    developer_name: String,
    master: bool,
    name: String,
    record_type_id: Option<RecordId>,
}

impl ObjectSchema {
    /// Reads a describe; it is kept as it is, to be served as it is.
    pub(in crate::org::schema) fn described(
        describe: Json,
        built_in: Option<&ObjectSchema>,
    ) -> Result<ObjectSchema, String> {
        let object =
            ObjectDescription::deserialize(&describe).map_err(|problem| problem.to_string())?;
        if object.name.is_empty() || object.fields.iter().any(|field| field.name.is_empty()) {
            return Err("an object or a field without a name".to_owned());
        }
        let can = abilities(&object);
        let lists = lists(&object.fields, built_in);
        let mut fields: Vec<FieldSchema> = Vec::new();
        for field in object.fields {
            let twin = built_in.and_then(|object| object.field(&field.name));
            fields.push(field.schema(twin));
        }
        let known: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
        for field in &mut fields {
            // A controller that the pulling user did not see is not in the describe.
            field.controller.take_if(|controller| !known.contains(controller));
        }
        let infos = object.record_type_infos.into_iter().filter(|info| !info.master);
        Ok(ObjectSchema {
            name: object.name,
            label: object.label,
            label_plural: object.label_plural,
            key_prefix: object.key_prefix.unwrap_or_else(|| NO_PREFIX.to_owned()),
            can,
            scopes: Vec::new(),
            record_types: infos.map(record_type).collect(),
            fields,
            lists,
            by_name: BTreeMap::new(),
            describe: Some(Arc::new(describe)),
            modified: None,
        })
    }
}

fn abilities(object: &ObjectDescription) -> Vec<Ability> {
    let flags = [
        (object.createable, Ability::Create),
        (object.updateable, Ability::Update),
        (object.deletable, Ability::Delete),
        (object.undeletable, Ability::Undelete),
        (object.searchable, Ability::Search),
        (object.feed_enabled, Ability::Feed),
        (object.layoutable, Ability::Layout),
        (object.mru_enabled, Ability::Recent),
        (object.triggerable, Ability::Trigger),
        (object.mergeable, Ability::Merge),
    ];
    flags.into_iter().filter_map(|(flag, ability)| flag.then_some(ability)).collect()
}

fn record_type(info: RecordTypeDescription) -> RecordTypeSchema {
    RecordTypeSchema {
        developer_name: info.developer_name,
        label: info.name,
        active: info.active && info.available,
        default: info.default_record_type_mapping,
        lists: BTreeMap::new(),
        id: info.record_type_id,
    }
}

fn lists(fields: &[FieldDescription], built_in: Option<&ObjectSchema>) -> BTreeMap<String, List> {
    let mut lists = BTreeMap::new();
    for field in fields {
        let schema = field.clone().schema(None);
        if !matches!(schema.field_type, FieldType::Picklist | FieldType::Multipicklist) {
            continue;
        }
        let controller = field.controller_name.as_ref();
        let controller =
            controller.and_then(|name| fields.iter().find(|field| field.name == *name));
        let controlling = controller.map(|field| match field.picklist_values.as_slice() {
            [] => vec!["false", "true"],
            entries => entries.iter().map(|entry| entry.value.as_str()).collect(),
        });
        let twin = built_in.and_then(|object| object.list(object.field(&field.name)?));
        let entry = |entry: &EntryDescription| {
            let closed = twin.and_then(|list| list.entry(&entry.value)).is_some_and(|e| e.closed);
            let valid_for = controlling.as_deref().zip(entry.valid_for.as_deref());
            let valid_for = valid_for.map(|(values, bits)| fitting(values, bits));
            let (value, label) = (entry.value.clone(), entry.label.clone());
            ListValue { value, label, active: entry.active, closed, valid_for }
        };
        let values = field.picklist_values.iter().map(entry).collect();
        lists.insert(field.name.clone(), List { restricted: field.restricted_picklist, values });
    }
    lists
}

/// The controller's values whose bits are set, the highest bit of the first byte being the first.
fn fitting(controlling: &[&str], bits: &str) -> Vec<String> {
    let bytes = STANDARD.decode(bits).unwrap_or_default();
    let set =
        |index: usize| bytes.get(index / 8).is_some_and(|byte| byte & (0x80 >> (index % 8)) != 0);
    let values = controlling.iter().enumerate().filter(|(index, _)| set(*index));
    values.map(|(_, value)| (*value).to_owned()).collect()
}
