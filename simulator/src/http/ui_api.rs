//! The values of lists by record type, as the UI API has them.

use axum::extract::Path;
use serde_json::{Map, Value as Json, json};

use super::answer::Answer;
use super::asker::Asker;
use super::describe::{MASTER, entity_tag};
use crate::org::schema::{FieldSchema, ListValue, ObjectSchema, RecordTypeSchema};
use crate::org::{RecordId, Records, Refusal};

pub(super) async fn all_lists(
    asker: Asker,
    Path((_, object, record_type)): Path<(String, String, String)>,
) -> Result<Answer, Refusal> {
    asker.read(|asker, records| {
        let object = asker.object(&object)?;
        let record_type = (record_type.as_str(), record_type_of(records, object, &record_type)?);
        let lists = object.fields.iter().filter_map(|field| {
            let list = list(asker, object, field, record_type)?;
            Some((field.name.clone(), list))
        });
        let lists: Map<String, Json> = lists.collect();
        let tag = entity_tag(&lists);
        Ok(Answer::ok(json!({ "eTag": unquoted(&tag), "picklistFieldValues": lists })))
    })
}

pub(super) async fn one_list(
    asker: Asker,
    Path((_, object, record_type, field)): Path<(String, String, String, String)>,
) -> Result<Answer, Refusal> {
    asker.read(|asker, records| {
        let object = asker.object(&object)?;
        let record_type = (record_type.as_str(), record_type_of(records, object, &record_type)?);
        let field = object.field(&field).ok_or_else(Refusal::not_found)?;
        let mut list = list(asker, object, field, record_type).ok_or_else(Refusal::not_found)?;
        let tag = entity_tag(&list);
        if let Json::Object(list) = &mut list {
            list.insert("eTag".to_owned(), json!(unquoted(&tag)));
        }
        Ok(Answer::ok(list))
    })
}

/// The record type with this id; none for the master, which allows every value.
fn record_type_of<'o>(
    records: &Records,
    object: &'o ObjectSchema,
    id: &str,
) -> Result<Option<&'o RecordTypeSchema>, Refusal> {
    if MASTER.starts_with(id) && id.len() >= 15 {
        return Ok(None);
    }
    let stored = RecordId::parse(id).ok();
    let stored = stored.and_then(|id| records.get("RecordType", &id));
    let known = stored.and_then(|stored| object.record_type(stored));
    known.map(Some).ok_or_else(Refusal::not_found)
}

fn list(
    asker: &Asker,
    object: &ObjectSchema,
    field: &FieldSchema,
    (id, record_type): (&str, Option<&RecordTypeSchema>),
) -> Option<Json> {
    let list = object.list(field)?;
    let usable = |field: &FieldSchema, entry: &ListValue| {
        entry.active && record_type.is_none_or(|known| known.allows(field, &entry.value))
    };
    let controller = field.controller.as_deref().and_then(|name| object.field(name));
    let controlling: Vec<&str> = match controller.map(|field| (field, object.list(field))) {
        None => Vec::new(),
        Some((_, None)) => vec!["false", "true"],
        Some((field, Some(list))) => {
            let entries = list.values.iter().filter(|entry| usable(field, entry));
            entries.map(|entry| entry.value.as_str()).collect()
        }
    };
    let valid_for = |entry: &ListValue| -> Vec<usize> {
        let fitting = controlling.iter().enumerate().filter(|(_, value)| entry.fits(Some(value)));
        fitting.map(|(index, _)| index).collect()
    };
    let entries = list.values.iter().filter(|entry| {
        usable(field, entry) && (controlling.is_empty() || !valid_for(entry).is_empty())
    });
    let value = |entry: &ListValue| {
        json!({
            "attributes": null,
            "label": entry.label(),
            "validFor": valid_for(entry),
            "value": entry.value,
        })
    };
    let values: Vec<Json> = entries.map(value).collect();
    let default = values.iter().find(|value| value["value"].as_str() == field.default.as_deref());
    let controllers = controlling.iter().enumerate();
    let controllers: Map<String, Json> =
        controllers.map(|(index, value)| ((*value).to_owned(), json!(index))).collect();
    let base = format!("/services/data/{}/ui-api/object-info/{}", asker.version, object.name);
    Some(json!({
        "controllerValues": controllers,
        "defaultValue": default,
        "url": format!("{base}/picklist-values/{id}/{}", field.name),
        "values": values,
    }))
}

fn unquoted(tag: &str) -> &str {
    tag.trim_matches('"')
}
