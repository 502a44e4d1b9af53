//! Describes of the whole org and of one object.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::field::Field;

/// The answer of `GET /services/data/vXX.X/sobjects`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the API's own keys")]
pub struct GlobalDescribe {
    pub encoding: String,
    pub max_batch_size: u32,
    pub sobjects: Vec<GlobalEntry>,
}

/// One object in the describe of the whole org.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the API's own keys")]
pub struct GlobalEntry {
    pub activateable: bool,
    pub associate_entity_type: Option<String>,
    pub associate_parent_entity: Option<String>,
    pub createable: bool,
    pub custom: bool,
    pub custom_setting: bool,
    pub deep_cloneable: bool,
    pub deletable: bool,
    pub deprecated_and_hidden: bool,
    pub feed_enabled: bool,
    pub has_subtypes: bool,
    pub is_interface: bool,
    pub is_subtype: bool,
    pub key_prefix: Option<String>,
    pub label: String,
    pub label_plural: String,
    pub layoutable: bool,
    pub mergeable: bool,
    pub mru_enabled: bool,
    pub name: String,
    pub queryable: bool,
    pub replicateable: bool,
    pub retrieveable: bool,
    pub searchable: bool,
    pub triggerable: bool,
    pub undeletable: bool,
    pub updateable: bool,
    /// Address by what is found there.
    pub urls: Map<String, Value>,
}

/// The answer of `GET /services/data/vXX.X/sobjects/{name}/describe`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the API's own keys")]
pub struct ObjectDescribe {
    pub action_overrides: Vec<Value>,
    pub activateable: bool,
    pub associate_entity_type: Option<String>,
    pub associate_parent_entity: Option<String>,
    pub child_relationships: Vec<ChildRelationship>,
    pub compact_layoutable: bool,
    pub createable: bool,
    pub custom: bool,
    pub custom_setting: bool,
    pub deep_cloneable: bool,
    pub default_implementation: Option<String>,
    pub deletable: bool,
    pub deprecated_and_hidden: bool,
    pub extended_by: Option<String>,
    pub extends_interfaces: Option<String>,
    pub feed_enabled: bool,
    pub fields: Vec<Field>,
    pub has_subtypes: bool,
    pub implemented_by: Option<String>,
    pub implements_interfaces: Option<String>,
    pub is_interface: bool,
    pub is_subtype: bool,
    pub key_prefix: Option<String>,
    pub label: String,
    pub label_plural: String,
    pub layoutable: bool,
    pub listviewable: Option<bool>,
    pub lookup_layoutable: Option<bool>,
    pub mergeable: bool,
    pub mru_enabled: bool,
    pub name: String,
    pub named_layout_infos: Vec<Value>,
    pub network_scope_field_name: Option<String>,
    pub queryable: bool,
    pub record_type_infos: Vec<RecordTypeInfo>,
    pub replicateable: bool,
    pub retrieveable: bool,
    pub search_layoutable: bool,
    pub searchable: bool,
    pub sobject_describe_option: Option<String>,
    pub supported_scopes: Vec<Scope>,
    pub triggerable: bool,
    pub undeletable: bool,
    pub updateable: bool,
    /// Address by what is found there.
    pub urls: Map<String, Value>,
}

/// A relationship from another object to this one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the API's own keys")]
pub struct ChildRelationship {
    pub cascade_delete: bool,
    #[serde(rename = "childSObject")]
    pub child_sobject: String,
    pub deprecated_and_hidden: bool,
    pub field: String,
    pub junction_id_list_names: Vec<String>,
    pub junction_reference_to: Vec<String>,
    pub relationship_name: Option<String>,
    pub restricted_delete: bool,
}

/// A record type as the running user sees it; the master one always exists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the API's own keys")]
pub struct RecordTypeInfo {
    pub active: bool,
    pub available: bool,
    pub default_record_type_mapping: bool,
    /// Absent in old API versions.
    pub developer_name: Option<String>,
    pub master: bool,
    pub name: String,
    pub record_type_id: String,
    pub urls: Map<String, Value>,
}

impl Default for RecordTypeInfo {
    /// Old API versions leave `active` out, and list active ones only.
    fn default() -> Self {
        RecordTypeInfo {
            active: true,
            available: false,
            default_record_type_mapping: false,
            developer_name: None,
            master: false,
            name: String::new(),
            record_type_id: String::new(),
            urls: Map::new(),
        }
    }
}

impl RecordTypeInfo {
    /// The id of the master record type, the same in every org.
    pub const MASTER_ID: &str = "012000000000000AAA";
}

/// A scope of list views, such as "My cases".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the API's own keys")]
pub struct Scope {
    pub label: String,
    pub name: String,
}
