//! The values of lists by record type, as the UI API has them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The answer of `GET …/ui-api/object-info/{object}/picklist-values/{recordTypeId}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the API's own keys")]
pub struct OfferedLists {
    #[serde(default)]
    pub e_tag: String,
    /// By field. An answer without it says nothing of any list.
    pub picklist_field_values: BTreeMap<String, OfferedList>,
}

/// One list: its active values that the record type offers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the API's own keys")]
pub struct OfferedList {
    /// Values of the controlling field by their place in `validFor`.
    #[serde(default)]
    pub controller_values: BTreeMap<String, u32>,
    #[serde(default)]
    pub default_value: Option<Value>,
    #[serde(default)]
    pub url: String,
    pub values: Vec<OfferedValue>,
}

/// One value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the API's own keys")]
pub struct OfferedValue {
    #[serde(default)]
    pub attributes: Option<Value>,
    #[serde(default)]
    pub label: String,
    #[serde(default)]
    pub valid_for: Vec<u32>,
    pub value: String,
}
