//! From the wire's describe to the catalog's object.

use std::collections::BTreeMap;

use tidegate_schemas::catalog::{Decimals, Field, FieldKind, List, ListValue, Object, RecordType};

use crate::wire::{self, ObjectDescribe, RecordTypeInfo, ValidFor};

/// A describe says two things at once, or leaves out what everything hangs on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// The object has no name.
    #[error("a describe of an object without a name")]
    NamelessObject,
    /// The object has no fields; every real one has an id at least.
    #[error("a describe of `{object}` without fields")]
    NoFields {
        /// The object.
        object: String,
    },
    /// A field has no name.
    #[error("a describe of `{object}` with a field without a name")]
    NamelessField {
        /// The object.
        object: String,
    },
    /// Two fields, or two record types, have one name.
    #[error("a describe of `{object}` with two of `{name}`")]
    Twice {
        /// The object.
        object: String,
        /// The name.
        name: String,
    },
}

/// Takes from a describe what programs are checked against.
///
/// # Errors
///
/// The describe contradicts itself or lacks names.
pub fn catalog_object(describe: &ObjectDescribe) -> Result<Object, Contradiction> {
    let name = describe.name.clone();
    if name.is_empty() {
        return Err(Contradiction::NamelessObject);
    }
    if describe.fields.is_empty() {
        return Err(Contradiction::NoFields { object: name });
    }
    let by_name: BTreeMap<&str, &wire::Field> =
        describe.fields.iter().map(|field| (field.name.as_str(), field)).collect();
    if by_name.contains_key("") {
        return Err(Contradiction::NamelessField { object: name });
    }
    let fields = describe.fields.iter().map(|it| (it.name.clone(), field(it, &by_name)));
    let record_types = describe.record_type_infos.iter().filter_map(record_type);
    Ok(Object {
        label: label(&describe.label, &name),
        key_prefix: describe.key_prefix.clone().unwrap_or_default(),
        createable: describe.createable,
        fields: once_each(&name, fields)?,
        record_types: once_each(&name, record_types)?,
        offers: BTreeMap::new(),
        name,
    })
}

fn once_each<T>(
    object: &str,
    items: impl Iterator<Item = (String, T)>,
) -> Result<BTreeMap<String, T>, Contradiction> {
    let mut all = BTreeMap::new();
    for (name, item) in items {
        if all.contains_key(&name) {
            return Err(Contradiction::Twice { object: object.to_owned(), name });
        }
        all.insert(name, item);
    }
    Ok(all)
}

fn label(label: &str, name: &str) -> String {
    if label.is_empty() { name.to_owned() } else { label.to_owned() }
}

/// The master record type is no choice of anybody's and is left out.
fn record_type(info: &RecordTypeInfo) -> Option<(String, RecordType)> {
    if info.master || info.record_type_id == RecordTypeInfo::MASTER_ID {
        return None;
    }
    let developer_name = info.developer_name.clone().unwrap_or_else(|| info.name.clone());
    let record_type = RecordType {
        label: label(&info.name, &developer_name),
        active: info.active,
        available: info.available,
        default: info.default_record_type_mapping,
        developer_name: developer_name.clone(),
    };
    Some((developer_name, record_type))
}

fn field(field: &wire::Field, all: &BTreeMap<&str, &wire::Field>) -> Field {
    Field {
        name: field.name.clone(),
        label: label(&field.label, &field.name),
        help: field.inline_help_text.clone().filter(|text| !text.is_empty()),
        kind: kind(field, all),
        nillable: field.nillable,
        createable: field.createable,
        updateable: field.updateable,
        defaulted_on_create: field.defaulted_on_create,
        calculated: field.calculated,
        auto_number: field.auto_number,
        unique: field.unique,
        external_id: field.external_id,
        id_lookup: field.id_lookup,
        custom: field.custom,
        filterable: field.filterable,
    }
}

fn kind(field: &wire::Field, all: &BTreeMap<&str, &wire::Field>) -> FieldKind {
    let length = field.length;
    let decimals = Decimals { precision: field.precision, scale: field.scale };
    match field.kind.as_str() {
        "id" => FieldKind::Id,
        "string" => FieldKind::String { length },
        "textarea" => FieldKind::TextArea { length, rich: rich(field) },
        "boolean" => FieldKind::Boolean,
        "int" => FieldKind::Int { digits: field.digits },
        "double" => FieldKind::Double(decimals),
        "currency" => FieldKind::Currency(decimals),
        "percent" => FieldKind::Percent(decimals),
        "date" => FieldKind::Date,
        "datetime" => FieldKind::DateTime,
        "time" => FieldKind::Time,
        "email" => FieldKind::Email { length },
        "phone" => FieldKind::Phone { length },
        "url" => FieldKind::Url { length },
        "picklist" => FieldKind::Picklist(list(field, all)),
        "multipicklist" => FieldKind::MultiPicklist(list(field, all)),
        "combobox" => FieldKind::Combobox { length },
        "reference" => FieldKind::Reference {
            to: field.reference_to.clone(),
            relationship: field.relationship_name.clone(),
        },
        "encryptedstring" => FieldKind::EncryptedString { length },
        "address" => FieldKind::Address,
        "location" => FieldKind::Location,
        "base64" => FieldKind::Base64,
        other => FieldKind::Opaque { described_as: other.to_owned() },
    }
}

fn rich(field: &wire::Field) -> bool {
    field.html_formatted || field.extra_type_info.as_deref() == Some("richtextarea")
}

fn list(field: &wire::Field, all: &BTreeMap<&str, &wire::Field>) -> List {
    let controller = field.controller_name.clone().filter(|_| field.dependent_picklist);
    // A controller that this user may not see is named all the same; what fits it is unknown.
    let controlling = controller.as_deref().and_then(|name| all.get(name)).map(|it| choices(it));
    let values = field.picklist_values.iter().map(|value| ListValue {
        value: value.value.clone(),
        label: label(&value.label, &value.value),
        active: value.active,
        default: value.default_value,
        valid_for: controlling
            .as_ref()
            .zip(value.valid_for.as_ref())
            .map(|(choices, set)| fitting(choices, set)),
    });
    List { restricted: field.restricted_picklist, values: values.collect(), controller }
}

/// What a controlling field can hold, in the order that the bits of [`ValidFor`] mean.
fn choices(controller: &wire::Field) -> Vec<&str> {
    if controller.kind == "boolean" {
        return vec!["false", "true"];
    }
    controller.picklist_values.iter().map(|value| value.value.as_str()).collect()
}

fn fitting(choices: &[&str], set: &ValidFor) -> Vec<String> {
    let fits = choices.iter().enumerate().filter(|(position, _)| set.contains(*position));
    fits.map(|(_, value)| (*value).to_owned()).collect()
}
