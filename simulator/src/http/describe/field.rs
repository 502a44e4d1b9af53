//! The describe of one field, with every key of a real one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value as Json;

use crate::org::schema::{FieldSchema, FieldType, List, ListValue, ObjectSchema};

/// An id's length, which references have as well.
const ID_LENGTH: u32 = 18;
/// Bytes of the longest character that counts once.
const BYTES_A_CHARACTER: u32 = 3;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FieldDescribe {
    aggregatable: bool,
    ai_prediction_field: bool,
    auto_number: bool,
    byte_length: u32,
    calculated: bool,
    calculated_formula: Option<String>,
    cascade_delete: bool,
    case_sensitive: bool,
    compound_field_name: Option<String>,
    controller_name: Option<String>,
    createable: bool,
    custom: bool,
    default_value: Json,
    default_value_formula: Option<String>,
    defaulted_on_create: bool,
    dependent_picklist: bool,
    deprecated_and_hidden: bool,
    digits: u32,
    display_location_in_decimal: bool,
    encrypted: bool,
    external_id: bool,
    extra_type_info: Option<String>,
    filterable: bool,
    filtered_lookup_info: Option<Json>,
    formula_treat_null_number_as_zero: bool,
    groupable: bool,
    high_scale_number: bool,
    html_formatted: bool,
    id_lookup: bool,
    inline_help_text: Option<String>,
    label: String,
    length: u32,
    mask: Option<String>,
    mask_type: Option<String>,
    name: String,
    name_field: bool,
    name_pointing: bool,
    nillable: bool,
    permissionable: bool,
    picklist_values: Vec<PicklistEntry>,
    polymorphic_foreign_key: bool,
    precision: u32,
    query_by_distance: bool,
    reference_target_field: Option<String>,
    reference_to: Vec<String>,
    relationship_name: Option<String>,
    relationship_order: Option<u32>,
    restricted_delete: bool,
    restricted_picklist: bool,
    scale: u32,
    search_prefilterable: bool,
    soap_type: &'static str,
    sortable: bool,
    #[serde(rename = "type")]
    field_type: &'static str,
    unique: bool,
    updateable: bool,
    write_requires_master_read: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PicklistEntry {
    active: bool,
    default_value: bool,
    label: String,
    valid_for: Option<String>,
    value: String,
}

pub(super) fn field_describe(object: &ObjectSchema, field: &FieldSchema) -> FieldDescribe {
    let list = object.list(field);
    FieldDescribe {
        aggregatable: field.aggregatable(),
        ai_prediction_field: false,
        auto_number: field.auto_number.is_some(),
        byte_length: byte_length(object, field),
        calculated: field.calculated(),
        calculated_formula: field.formula.clone(),
        cascade_delete: field.cascade,
        case_sensitive: false,
        compound_field_name: field.compound.clone(),
        controller_name: field.controller.clone(),
        createable: field.createable(),
        custom: field.custom(),
        default_value: default_value(field),
        default_value_formula: None,
        defaulted_on_create: field.defaulted_on_create(),
        dependent_picklist: field.controller.is_some(),
        deprecated_and_hidden: false,
        digits: field.digits,
        display_location_in_decimal: false,
        encrypted: false,
        external_id: field.external_id,
        extra_type_info: field.extra.clone(),
        filterable: field.filterable(),
        filtered_lookup_info: None,
        formula_treat_null_number_as_zero: false,
        groupable: field.groupable(),
        high_scale_number: false,
        html_formatted: field.html,
        id_lookup: field.id_lookup(),
        inline_help_text: field.help.clone(),
        label: field.label.clone(),
        length: length(field),
        mask: None,
        mask_type: None,
        name: field.name.clone(),
        name_field: field.name_field,
        name_pointing: field.polymorphic() && field.name == "OwnerId",
        nillable: field.nillable(),
        permissionable: field.permissionable(),
        picklist_values: list.map(|list| entries(object, field, list)).unwrap_or_default(),
        polymorphic_foreign_key: field.polymorphic(),
        precision: field.precision,
        query_by_distance: field.query_by_distance,
        reference_target_field: None,
        reference_to: field.to.clone(),
        relationship_name: field.relationship.clone(),
        relationship_order: None,
        restricted_delete: false,
        restricted_picklist: list.is_some_and(|list| list.restricted),
        scale: field.scale,
        search_prefilterable: field.search_prefilterable,
        soap_type: field.field_type.soap_type(),
        sortable: field.sortable(),
        field_type: field.field_type.described_as(),
        unique: field.unique,
        updateable: field.updateable(),
        write_requires_master_read: false,
    }
}

fn length(field: &FieldSchema) -> u32 {
    match field.field_type {
        FieldType::Id | FieldType::Reference => ID_LENGTH,
        _ => field.length,
    }
}

fn byte_length(object: &ObjectSchema, field: &FieldSchema) -> u32 {
    match field.field_type {
        FieldType::Id | FieldType::Reference => ID_LENGTH,
        // The one text whose bytes are counted as its characters are.
        _ if (object.name.as_str(), field.name.as_str()) == ("Case", "Comments") => field.length,
        _ => field.length * BYTES_A_CHARACTER,
    }
}

fn default_value(field: &FieldSchema) -> Json {
    match (&field.default, field.field_type) {
        (Some(literal), _) => Json::String(literal.clone()),
        (None, FieldType::Boolean) => Json::Bool(false),
        (None, _) => Json::Null,
    }
}

fn entries(object: &ObjectSchema, field: &FieldSchema, list: &List) -> Vec<PicklistEntry> {
    let controlling = field.controller.as_deref().and_then(|name| object.field(name));
    let controlling = controlling.map(|controller| match object.list(controller) {
        Some(list) => list.values.iter().map(|entry| entry.value.as_str()).collect(),
        None => vec!["false", "true"],
    });
    let entry = |entry: &ListValue| PicklistEntry {
        active: entry.active,
        default_value: field.default.as_ref() == Some(&entry.value),
        label: entry.label().to_owned(),
        valid_for: controlling.as_deref().map(|controlling| valid_for(entry, controlling)),
        value: entry.value.clone(),
    };
    list.values.iter().map(entry).collect()
}

/// The controller's values that a value fits, as a set of bits: the first value is the highest bit of the first byte.
///
/// It is cut after the last bit that is set, and filled to whole groups of three bytes, so its base64 needs no `=`.
fn valid_for(entry: &ListValue, controlling: &[&str]) -> String {
    let mut bytes: Vec<u8> = Vec::new();
    for (index, value) in controlling.iter().enumerate() {
        if entry.fits(Some(value)) {
            bytes.resize(index / 8 + 1, 0);
            if let Some(last) = bytes.last_mut() {
                *last |= 0x80 >> (index % 8);
            }
        }
    }
    bytes.resize(bytes.len().next_multiple_of(3), 0);
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::{ListValue, valid_for};

    fn fitting(index: usize) -> String {
        let names: Vec<String> = (0..240).map(|number| format!("country {number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let text = format!("value = \"x\"\nvalid_for = [\"{}\"]", names[index]);
        let entry: ListValue = toml::from_str(&text).expect("a value");
        valid_for(&entry, &names)
    }

    #[test]
    fn bits_are_those_of_a_real_describe() {
        assert_eq!(fitting(30), "AAAAAgAA");
        assert_eq!(fitting(105), "AAAAAAAAAAAAAAAAAEAA");
        assert_eq!(fitting(137), "AAAAAAAAAAAAAAAAAAAAAABA");
        let last = fitting(223);
        assert!(last.len() == 40 && last.ends_with("QAA"), "{last}");
    }
}
