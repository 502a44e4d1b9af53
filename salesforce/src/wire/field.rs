//! One field of a describe.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::valid_for::ValidFor;

/// A field, with the 57 keys that API versions 48 to 58 were seen to send.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the API's own keys")]
pub struct Field {
    pub aggregatable: bool,
    pub ai_prediction_field: bool,
    pub auto_number: bool,
    pub byte_length: u32,
    pub calculated: bool,
    pub calculated_formula: Option<String>,
    pub cascade_delete: bool,
    pub case_sensitive: bool,
    pub compound_field_name: Option<String>,
    pub controller_name: Option<String>,
    /// For the running user, with field-level security applied.
    pub createable: bool,
    pub custom: bool,
    /// `false` for checkboxes, the value for lists that have a default.
    pub default_value: Value,
    pub default_value_formula: Option<String>,
    /// The org fills it where a create does not.
    pub defaulted_on_create: bool,
    pub dependent_picklist: bool,
    pub deprecated_and_hidden: bool,
    /// Of `int` only.
    #[serde(deserialize_with = "number_or_text")]
    pub digits: u32,
    pub display_location_in_decimal: bool,
    pub encrypted: bool,
    pub external_id: bool,
    /// Such as `plaintextarea`, `richtextarea`, `personname`.
    pub extra_type_info: Option<String>,
    pub filterable: bool,
    pub filtered_lookup_info: Option<FilteredLookup>,
    pub formula_treat_null_number_as_zero: bool,
    pub groupable: bool,
    pub high_scale_number: bool,
    pub html_formatted: bool,
    pub id_lookup: bool,
    pub inline_help_text: Option<String>,
    pub label: String,
    /// Characters at most; 0 where it has no meaning.
    pub length: u32,
    pub mask: Option<String>,
    pub mask_type: Option<String>,
    pub name: String,
    pub name_field: bool,
    pub name_pointing: bool,
    pub nillable: bool,
    pub permissionable: bool,
    /// In the org's order, inactive ones among them.
    pub picklist_values: Vec<PicklistValue>,
    pub polymorphic_foreign_key: bool,
    pub precision: u32,
    pub query_by_distance: bool,
    pub reference_target_field: Option<String>,
    pub reference_to: Vec<String>,
    pub relationship_name: Option<String>,
    pub relationship_order: Option<u32>,
    pub restricted_delete: bool,
    pub restricted_picklist: bool,
    pub scale: u32,
    pub search_prefilterable: bool,
    /// Such as `xsd:string`.
    pub soap_type: String,
    pub sortable: bool,
    #[serde(rename = "type")]
    pub kind: String,
    pub unique: bool,
    /// For the running user, with field-level security applied.
    pub updateable: bool,
    pub write_requires_master_read: bool,
}

/// One value of a list. A `value` may stand in a dependent list several times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the API's own keys")]
pub struct PicklistValue {
    pub active: bool,
    pub default_value: bool,
    pub label: String,
    pub valid_for: Option<ValidFor>,
    pub value: String,
}

impl Default for PicklistValue {
    fn default() -> Self {
        PicklistValue {
            active: true,
            default_value: false,
            label: String::new(),
            valid_for: None,
            value: String::new(),
        }
    }
}

/// The filter of a lookup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the API's own keys")]
pub struct FilteredLookup {
    pub controlling_fields: Vec<String>,
    pub dependent: bool,
    pub optional_filter: bool,
}

/// Some senders write `digits` as a string.
fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u32),
        Text(String),
    }
    match Either::deserialize(deserializer)? {
        Either::Number(number) => Ok(number),
        Either::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}
