//! Finding rows, and writing them as JSON.

use std::time::SystemTime;

use axum::http::StatusCode;
use axum::http::header::LAST_MODIFIED;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::{Wanted, location};
use crate::http::answer::Answer;
use crate::http::asker::Asker;
use crate::http::describe::{http_date, is_fresh};
use crate::org::schema::{FieldSchema, FieldType, ObjectSchema};
use crate::org::{ErrorCode, RecordId, Records, Refusal, Row, Value, read, same_key};

pub(in crate::http) fn row(
    asker: &Asker,
    records: &Records,
    (object, id): (&str, &str),
    wanted: &Wanted,
) -> Result<Answer, Refusal> {
    let object = asker.object(object)?;
    let row = live(records, object, &row_id(object, id)?)?;
    answer(asker, object, row, records, wanted)
}

pub(in crate::http) fn row_by_key(
    asker: &Asker,
    records: &Records,
    (object, field, value): (&str, &str, &str),
    wanted: &Wanted,
) -> Result<Answer, Refusal> {
    let object = asker.object(object)?;
    let key = key_field(object, field)?;
    match matching(object, key, value, records)?.as_slice() {
        [] => Err(Refusal::not_found()),
        [row] => answer(asker, object, row, records, wanted),
        several => Ok(choices(&asker.version, several)),
    }
}

/// The id in a row's address; one of another object is no row here.
pub(super) fn row_id(object: &ObjectSchema, text: &str) -> Result<RecordId, Refusal> {
    let id = RecordId::parse(text).map_err(|_| Refusal::not_found())?;
    if id.key_prefix() == object.key_prefix { Ok(id) } else { Err(Refusal::not_found()) }
}

/// A row that is not in the recycle bin.
pub(super) fn live<'r>(
    records: &'r Records,
    object: &ObjectSchema,
    id: &RecordId,
) -> Result<&'r Row, Refusal> {
    match records.get_any(&object.name, id) {
        Some(row) if row.deleted => {
            Err(Refusal::request(ErrorCode::EntityIsDeleted, "entity is deleted"))
        }
        Some(row) => Ok(row),
        None => Err(Refusal::not_found()),
    }
}

pub(super) fn key_field<'o>(
    object: &'o ObjectSchema,
    name: &str,
) -> Result<&'o FieldSchema, Refusal> {
    let field = object.field(name).filter(|field| field.id_lookup());
    field.ok_or_else(|| {
        let message =
            format!("Provided external ID field does not exist or is not accessible: {name}");
        Refusal::request(ErrorCode::NotFound, message)
    })
}

/// The rows with this value of a key.
pub(super) fn matching<'r>(
    object: &ObjectSchema,
    key: &FieldSchema,
    value: &str,
    records: &'r Records,
) -> Result<Vec<&'r Row>, Refusal> {
    let wanted = Value::read(key, &Json::String(value.to_owned()));
    let wanted = wanted.map_err(|_| Refusal::not_found())?;
    let fits = |row: &&Row| same_key(&read(records, object, key, row), &wanted);
    Ok(records.rows(&object.name).filter(fits).collect())
}

/// When a row last changed.
pub(super) fn modified(row: &Row) -> Option<Timestamp> {
    match row.get("SystemModstamp") {
        Value::Instant(instant) => Some(*instant),
        _ => None,
    }
}

/// Several rows have the key: the answer is their addresses.
pub(super) fn choices(version: &str, rows: &[&Row]) -> Answer {
    let urls: Vec<_> = rows.iter().map(|row| location(version, &row.object, &row.id)).collect();
    Answer { status: StatusCode::MULTIPLE_CHOICES, headers: Vec::new(), body: Some(json!(urls)) }
}

fn answer(
    asker: &Asker,
    object: &ObjectSchema,
    row: &Row,
    records: &Records,
    wanted: &Wanted,
) -> Result<Answer, Refusal> {
    let modified = modified(row);
    if modified.is_some_and(|instant| is_fresh(&asker.headers, SystemTime::from(instant))) {
        return Ok(Answer::empty(StatusCode::NOT_MODIFIED));
    }
    let answer = Answer::ok(row_json(asker, object, row, records, wanted.fields.as_deref())?);
    Ok(match modified {
        Some(instant) => answer.with(LAST_MODIFIED, http_date(instant)),
        None => answer,
    })
}

/// A row with the fields that were asked for, or all.
pub(in crate::http) fn row_json(
    asker: &Asker,
    object: &ObjectSchema,
    row: &Row,
    records: &Records,
    wanted: Option<&str>,
) -> Result<Json, Refusal> {
    let url = location(&asker.version, &object.name, &row.id);
    let mut body = Map::new();
    body.insert("attributes".to_owned(), json!({ "type": object.name, "url": url }));
    let fields: Vec<&FieldSchema> = match wanted {
        None => object.fields.iter().collect(),
        Some(names) => {
            let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
            let field =
                |name| object.field(name).ok_or_else(|| Refusal::no_column(name, &object.name));
            names.map(field).collect::<Result<_, _>>()?
        }
    };
    for field in fields {
        let value = match field.field_type {
            FieldType::Base64 => Json::String(format!("{url}/{}", field.name)),
            _ => read(records, object, field, row).to_json(),
        };
        body.insert(field.name.clone(), value);
    }
    Ok(Json::Object(body))
}
