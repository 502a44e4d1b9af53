//! The describe of one object, with every key of a real one.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::field::{FieldDescribe, field_describe};
use crate::http::Served;
use crate::http::asker::Asker;
use crate::org::Records;
use crate::org::schema::{Ability, ObjectSchema, Schema};

/// The record type that every object has.
pub(in crate::http) const MASTER: &str = "012000000000000AAA";

/// What a describe of the whole org says of one object.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GlobalEntry {
    activateable: bool,
    associate_entity_type: Option<String>,
    associate_parent_entity: Option<String>,
    createable: bool,
    custom: bool,
    custom_setting: bool,
    deep_cloneable: bool,
    deletable: bool,
    deprecated_and_hidden: bool,
    feed_enabled: bool,
    has_subtypes: bool,
    is_interface: bool,
    is_subtype: bool,
    key_prefix: String,
    label: String,
    label_plural: String,
    layoutable: bool,
    mergeable: bool,
    mru_enabled: bool,
    name: String,
    queryable: bool,
    replicateable: bool,
    retrieveable: bool,
    searchable: bool,
    triggerable: bool,
    undeletable: bool,
    updateable: bool,
    urls: Map<String, Json>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ObjectDescribe {
    action_overrides: [Json; 0],
    activateable: bool,
    associate_entity_type: Option<String>,
    associate_parent_entity: Option<String>,
    child_relationships: Vec<ChildRelationship>,
    compact_layoutable: bool,
    createable: bool,
    custom: bool,
    custom_setting: bool,
    deep_cloneable: bool,
    default_implementation: Option<String>,
    deletable: bool,
    deprecated_and_hidden: bool,
    extended_by: Option<String>,
    extends_interfaces: Option<String>,
    feed_enabled: bool,
    fields: Vec<FieldDescribe>,
    has_subtypes: bool,
    implemented_by: Option<String>,
    implements_interfaces: Option<String>,
    is_interface: bool,
    is_subtype: bool,
    key_prefix: String,
    label: String,
    label_plural: String,
    layoutable: bool,
    listviewable: Option<bool>,
    lookup_layoutable: Option<bool>,
    mergeable: bool,
    mru_enabled: bool,
    name: String,
    named_layout_infos: [Json; 0],
    network_scope_field_name: Option<String>,
    queryable: bool,
    record_type_infos: Vec<RecordTypeInfo>,
    replicateable: bool,
    retrieveable: bool,
    search_layoutable: bool,
    searchable: bool,
    sobject_describe_option: &'static str,
    supported_scopes: Vec<Json>,
    triggerable: bool,
    undeletable: bool,
    updateable: bool,
    urls: Map<String, Json>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChildRelationship {
    cascade_delete: bool,
    #[serde(rename = "childSObject")]
    child_sobject: String,
    deprecated_and_hidden: bool,
    field: String,
    junction_id_list_names: [String; 0],
    junction_reference_to: [String; 0],
    relationship_name: Option<String>,
    restricted_delete: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordTypeInfo {
    active: bool,
    available: bool,
    default_record_type_mapping: bool,
    developer_name: String,
    master: bool,
    name: String,
    record_type_id: String,
    urls: Json,
}

pub(super) fn global_entry(object: &ObjectSchema, version: &str) -> GlobalEntry {
    GlobalEntry {
        activateable: false,
        associate_entity_type: None,
        associate_parent_entity: None,
        createable: object.can(Ability::Create),
        custom: object.name.ends_with("__c"),
        custom_setting: false,
        deep_cloneable: false,
        deletable: object.can(Ability::Delete),
        deprecated_and_hidden: false,
        feed_enabled: object.can(Ability::Feed),
        has_subtypes: false,
        is_interface: false,
        is_subtype: false,
        key_prefix: object.key_prefix.clone(),
        label: object.label.clone(),
        label_plural: object.label_plural.clone(),
        layoutable: object.can(Ability::Layout),
        mergeable: object.can(Ability::Merge),
        mru_enabled: object.can(Ability::Recent),
        name: object.name.clone(),
        queryable: true,
        replicateable: true,
        retrieveable: true,
        searchable: object.can(Ability::Search),
        triggerable: object.can(Ability::Trigger),
        undeletable: object.can(Ability::Undelete),
        updateable: object.can(Ability::Update),
        urls: urls(object, version),
    }
}

pub(super) fn object_describe(
    asker: &Asker,
    records: &Records,
    object: &ObjectSchema,
) -> ObjectDescribe {
    let version = &asker.version;
    let scopes = object.scopes.iter();
    let scopes = scopes.map(|scope| json!({ "label": scope.label, "name": scope.name }));
    ObjectDescribe {
        action_overrides: [],
        activateable: false,
        associate_entity_type: None,
        associate_parent_entity: None,
        child_relationships: child_relationships(asker.schema(), object),
        compact_layoutable: object.can(Ability::Layout),
        createable: object.can(Ability::Create),
        custom: object.name.ends_with("__c"),
        custom_setting: false,
        deep_cloneable: false,
        default_implementation: None,
        deletable: object.can(Ability::Delete),
        deprecated_and_hidden: false,
        extended_by: None,
        extends_interfaces: None,
        feed_enabled: object.can(Ability::Feed),
        fields: object.fields.iter().map(|field| field_describe(object, field)).collect(),
        has_subtypes: false,
        implemented_by: None,
        implements_interfaces: None,
        is_interface: false,
        is_subtype: false,
        key_prefix: object.key_prefix.clone(),
        label: object.label.clone(),
        label_plural: object.label_plural.clone(),
        layoutable: object.can(Ability::Layout),
        listviewable: None,
        lookup_layoutable: None,
        mergeable: object.can(Ability::Merge),
        mru_enabled: object.can(Ability::Recent),
        name: object.name.clone(),
        named_layout_infos: [],
        network_scope_field_name: None,
        queryable: true,
        record_type_infos: record_type_infos(records, object, version),
        replicateable: true,
        retrieveable: true,
        search_layoutable: object.can(Ability::Search),
        searchable: object.can(Ability::Search),
        sobject_describe_option: "FULL",
        supported_scopes: scopes.collect(),
        triggerable: object.can(Ability::Trigger),
        undeletable: object.can(Ability::Undelete),
        updateable: object.can(Ability::Update),
        urls: full_urls(&asker.served, object, version),
    }
}

fn child_relationships(schema: &Schema, object: &ObjectSchema) -> Vec<ChildRelationship> {
    let children = schema.objects().flat_map(|child| {
        let pointers = child.fields.iter().filter(|field| field.to.contains(&object.name));
        pointers.map(move |field| ChildRelationship {
            cascade_delete: field.cascade,
            child_sobject: child.name.clone(),
            deprecated_and_hidden: false,
            field: field.name.clone(),
            junction_id_list_names: [],
            junction_reference_to: [],
            relationship_name: field.child.clone(),
            restricted_delete: false,
        })
    });
    children.collect()
}

fn record_type_infos(
    records: &Records,
    object: &ObjectSchema,
    version: &str,
) -> Vec<RecordTypeInfo> {
    let info = |id: &str, name: &str, developer_name: &str| RecordTypeInfo {
        active: true,
        available: true,
        default_record_type_mapping: false,
        developer_name: developer_name.to_owned(),
        master: false,
        name: name.to_owned(),
        record_type_id: id.to_owned(),
        urls: json!({ "layout":
            format!("/services/data/{version}/sobjects/{}/describe/layouts/{id}", object.name) }),
    };
    let mut infos = Vec::new();
    for known in &object.record_types {
        let stored = records.rows("RecordType").find(|row| {
            row.get("SobjectType").as_text() == Some(&object.name)
                && row.get("DeveloperName").as_text() == Some(&known.developer_name)
        });
        let Some(stored) = stored else { continue };
        let mut info = info(stored.id.as_str(), &known.label, &known.developer_name);
        info.active = known.active;
        info.available = known.active;
        info.default_record_type_mapping = known.default;
        infos.push(info);
    }
    let mut master = info(MASTER, "Master", "Master");
    master.master = true;
    master.default_record_type_mapping = infos.iter().all(|i| !i.default_record_type_mapping);
    infos.push(master);
    infos
}

fn urls(object: &ObjectSchema, version: &str) -> Map<String, Json> {
    let base = format!("/services/data/{version}/sobjects/{}", object.name);
    let mut urls = Map::new();
    let mut add = |key: &str, tail: &str| {
        urls.insert(key.to_owned(), Json::String(format!("{base}{tail}")));
    };
    if object.can(Ability::Layout) {
        add("compactLayouts", "/describe/compactLayouts");
    }
    add("rowTemplate", "/{ID}");
    if object.can(Ability::Layout) {
        add("approvalLayouts", "/describe/approvalLayouts");
        add("listviews", "/listviews");
    }
    if object.name == "Case" {
        add("caseArticleSuggestions", "/suggestedArticles");
        add("caseRowArticleSuggestions", "/{ID}/suggestedArticles");
    }
    add("describe", "/describe");
    if object.can(Ability::Layout) {
        add("quickActions", "/quickActions");
        add("layouts", "/describe/layouts");
    }
    add("sobject", "");
    urls
}

fn full_urls(served: &Served, object: &ObjectSchema, version: &str) -> Map<String, Json> {
    let mut urls = urls(object, version);
    let api = format!("/services/data/{version}/sobjects/{}", object.name);
    let page = &served.url;
    let more = [
        ("defaultValues", format!("{api}/defaultValues?recordTypeId&fields")),
        ("uiDetailTemplate", format!("{page}/{{ID}}")),
        ("uiEditTemplate", format!("{page}/{{ID}}/e")),
        ("uiNewRecord", format!("{page}/{}/e", object.key_prefix)),
    ];
    urls.extend(more.map(|(key, url)| (key.to_owned(), Json::String(url))));
    urls
}
