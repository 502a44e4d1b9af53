//! From the catalog's object back to a describe of it: what a local org needs to be like the one that
//! was pulled.

use std::collections::BTreeMap;

use serde_json::Value;
use tidegate_schemas::catalog::{Decimals, Field, FieldKind, List, Object, Offered, RecordType};

use crate::wire::{
    self, ObjectDescribe, OfferedList, OfferedLists, OfferedValue, PicklistValue, RecordTypeInfo,
};

/// Characters of an id, and of a list's value.
const ID: u32 = 18;
const VALUE: u32 = 255;

/// A describe from which [`catalog_object`](super::catalog_object) makes the same object.
///
/// What a catalog does not keep, such as whether records can be deleted, is as it usually is.
pub fn describe_of(object: &Object) -> ObjectDescribe {
    ObjectDescribe {
        name: object.name.clone(),
        label: object.label.clone(),
        label_plural: object.label.clone(),
        key_prefix: Some(object.key_prefix.clone()).filter(|prefix| !prefix.is_empty()),
        custom: object.name.ends_with("__c"),
        createable: object.createable,
        updateable: object.createable,
        deletable: object.createable,
        undeletable: object.createable,
        queryable: true,
        retrieveable: true,
        searchable: true,
        layoutable: true,
        triggerable: true,
        fields: object.fields.values().map(|its| field(its, &object.fields)).collect(),
        record_type_infos: record_types(object),
        ..ObjectDescribe::default()
    }
}

fn record_types(object: &Object) -> Vec<RecordTypeInfo> {
    let master = RecordTypeInfo {
        available: true,
        default_record_type_mapping: !object.record_types.values().any(|its| its.default),
        developer_name: Some("Master".to_owned()),
        master: true,
        name: "Master".to_owned(),
        record_type_id: RecordTypeInfo::MASTER_ID.to_owned(),
        ..RecordTypeInfo::default()
    };
    let numbered = object.record_types.values().zip(1..);
    let own = numbered.map(|(its, number): (&RecordType, u64)| RecordTypeInfo {
        active: its.active,
        available: its.available,
        default_record_type_mapping: its.default,
        developer_name: Some(its.developer_name.clone()),
        name: its.label.clone(),
        record_type_id: record_type_id(&object.name, number),
        ..RecordTypeInfo::default()
    });
    own.chain([master]).collect()
}

/// What the UI API answers about the record types that do not offer every value.
pub fn offers_of(object: &Object) -> Vec<OfferedLists> {
    let numbered = object.record_types.values().zip(1..);
    let answer = |(its, number): (&RecordType, u64)| {
        let id = record_type_id(&object.name, number);
        let lists = object.offers.get(&its.developer_name)?.lists.iter();
        let lists = lists.filter_map(|(field, offered)| {
            let Offered::Only(values) = offered else { return None };
            let value = |value: &String| OfferedValue {
                label: value.clone(),
                value: value.clone(),
                ..OfferedValue::default()
            };
            let list = OfferedList {
                url: format!("/ui-api/object-info/{}/picklist-values/{id}/{field}", object.name),
                values: values.iter().map(value).collect(),
                ..OfferedList::default()
            };
            Some((field.clone(), list))
        });
        Some(OfferedLists { picklist_field_values: lists.collect(), ..OfferedLists::default() })
    };
    numbered.filter_map(answer).collect()
}

/// An id that no record type of another object has. `AAA` is what ids of digits alone end with.
fn record_type_id(object: &str, number: u64) -> String {
    let hashed = |sum: u64, byte: u8| (sum * 131 + u64::from(byte)) % 1_000_000_000;
    let block = object.bytes().fold(0, hashed);
    format!("012{:012}AAA", block * 1000 + number % 1000)
}

fn field(its: &Field, all: &BTreeMap<String, Field>) -> wire::Field {
    let described = wire::Field {
        name: its.name.clone(),
        label: its.label.clone(),
        inline_help_text: its.help.clone(),
        kind: its.kind.described_as().to_owned(),
        nillable: its.nillable,
        createable: its.createable,
        updateable: its.updateable,
        defaulted_on_create: its.defaulted_on_create,
        calculated: its.calculated,
        auto_number: its.auto_number,
        unique: its.unique,
        external_id: its.external_id,
        id_lookup: its.id_lookup,
        custom: its.custom,
        filterable: its.filterable,
        sortable: its.filterable,
        groupable: its.filterable,
        aggregatable: its.filterable,
        permissionable: its.custom,
        name_field: matches!(its.name.as_str(), "Name" | "CaseNumber"),
        ..wire::Field::default()
    };
    of_kind(described, &its.kind, all)
}

fn of_kind(field: wire::Field, kind: &FieldKind, all: &BTreeMap<String, Field>) -> wire::Field {
    match kind {
        FieldKind::Id => wire::Field { length: ID, ..field },
        FieldKind::TextArea { length, rich } => {
            wire::Field { length: *length, html_formatted: *rich, ..field }
        }
        FieldKind::String { length }
        | FieldKind::Email { length }
        | FieldKind::Phone { length }
        | FieldKind::Url { length }
        | FieldKind::Combobox { length }
        | FieldKind::EncryptedString { length } => wire::Field { length: *length, ..field },
        FieldKind::Int { digits } => wire::Field { digits: *digits, ..field },
        FieldKind::Double(Decimals { precision, scale })
        | FieldKind::Currency(Decimals { precision, scale })
        | FieldKind::Percent(Decimals { precision, scale }) => {
            wire::Field { precision: *precision, scale: *scale, ..field }
        }
        FieldKind::Boolean => wire::Field { default_value: Value::Bool(false), ..field },
        FieldKind::Picklist(list) | FieldKind::MultiPicklist(list) => listed(field, list, all),
        FieldKind::Reference { to, relationship } => wire::Field {
            length: ID,
            reference_to: to.clone(),
            relationship_name: relationship.clone(),
            polymorphic_foreign_key: to.len() > 1,
            ..field
        },
        FieldKind::Date
        | FieldKind::DateTime
        | FieldKind::Time
        | FieldKind::Address
        | FieldKind::Location
        | FieldKind::Base64
        | FieldKind::Opaque { .. } => field,
    }
}

fn listed(field: wire::Field, list: &List, all: &BTreeMap<String, Field>) -> wire::Field {
    let controlling = list.controller.as_ref().and_then(|name| all.get(name)).map(choices);
    let value = |its: &tidegate_schemas::catalog::ListValue| PicklistValue {
        active: its.active,
        default_value: its.default,
        label: its.label.clone(),
        valid_for: controlling.as_ref().zip(its.valid_for.as_ref()).map(|(choices, fitting)| {
            let fits = |choice: &&str| fitting.iter().any(|value| value == choice);
            let positions = choices.iter().enumerate().filter(|(_, choice)| fits(choice));
            positions.map(|(position, _)| position).collect()
        }),
        value: its.value.clone(),
    };
    let default = list.values.iter().find(|its| its.default);
    wire::Field {
        length: VALUE,
        restricted_picklist: list.restricted,
        dependent_picklist: list.controller.is_some(),
        controller_name: list.controller.clone(),
        picklist_values: list.values.iter().map(value).collect(),
        default_value: default.map_or(Value::Null, |its| Value::String(its.value.clone())),
        ..field
    }
}

/// What a controlling field can hold, in the order in which bits count them.
fn choices(controller: &Field) -> Vec<&str> {
    match controller.kind.list() {
        Some(list) => list.values.iter().map(|its| its.value.as_str()).collect(),
        None => vec!["false", "true"],
    }
}
