//! Saving rows, one at a time, whether they come alone or in a composite request.

use axum::http::StatusCode;
use axum::http::header::{IF_UNMODIFIED_SINCE, LOCATION};
use httpdate::{HttpDate, parse_http_date};
use serde_json::{Map, Value as Json, json};
use std::time::SystemTime;

use super::location;
use super::reading::{choices, key_field, live, matching, modified, row_id};
use crate::http::answer::Answer;
use crate::http::asker::Asker;
use crate::org::schema::ObjectSchema;
use crate::org::{ErrorCode, RecordId, Records, Refusal, Row, Transaction};

pub(in crate::http) fn create(
    asker: &Asker,
    writes: &mut Transaction<'_>,
    object: &str,
    values: &Map<String, Json>,
) -> Result<Answer, Refusal> {
    asker.check_lock("POST", object)?;
    let object = &asker.object(object)?.name;
    let id = writes.create(&asker.call()?, object, values)?;
    let body = json!({ "id": id, "success": true, "errors": [] });
    Ok(saved(asker, StatusCode::CREATED, object, &id, body))
}

pub(in crate::http) fn update(
    asker: &Asker,
    writes: &mut Transaction<'_>,
    (object, id): (&str, &str),
    values: &Map<String, Json>,
) -> Result<Answer, Refusal> {
    asker.check_lock("PATCH", object)?;
    let object = asker.object(object)?;
    let id = row_id(object, id)?;
    check_unmodified(asker, writes.records(), object, &id)?;
    writes.update(&asker.call()?, &object.name, &id, values)?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

pub(in crate::http) fn delete(
    asker: &Asker,
    writes: &mut Transaction<'_>,
    (object, id): (&str, &str),
) -> Result<Answer, Refusal> {
    asker.check_lock("DELETE", object)?;
    let object = asker.object(object)?;
    let id = row_id(object, id)?;
    writes.delete(&asker.call()?, &object.name, &id)?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

/// 201 where the row is new, 200 where it was there, 300 with addresses where several have the key.
pub(in crate::http) fn upsert(
    asker: &Asker,
    writes: &mut Transaction<'_>,
    (object, field, value): (&str, &str, &str),
    mut values: Map<String, Json>,
    update_only: bool,
) -> Result<Answer, Refusal> {
    asker.check_lock("PATCH", object)?;
    let object = asker.object(object)?;
    let key = key_field(object, field)?;
    let repeated =
        |name: &&String| name.eq_ignore_ascii_case(&key.name) || name.eq_ignore_ascii_case("Id");
    if let Some(name) = values.keys().find(repeated) {
        let message = format!("The {name} field should not be specified in the sobject data.");
        return Err(Refusal::request(ErrorCode::InvalidField, message));
    }
    let found = matching(object, key, value, writes.records())?;
    match found.as_slice() {
        [] if update_only || !key.createable() => Err(Refusal::not_found()),
        [] => {
            values.insert(key.name.clone(), Json::String(value.to_owned()));
            let id = writes.create(&asker.call()?, &object.name, &values)?;
            let body = json!({ "id": id, "success": true, "errors": [], "created": true });
            Ok(saved(asker, StatusCode::CREATED, &object.name, &id, body))
        }
        [row] => {
            let id = row.id.clone();
            writes.update(&asker.call()?, &object.name, &id, &values)?;
            let body = json!({ "id": id, "success": true, "errors": [], "created": false });
            Ok(saved(asker, StatusCode::OK, &object.name, &id, body))
        }
        several => Ok(choices(&asker.version, several)),
    }
}

/// `If-Unmodified-Since`, to the second.
fn check_unmodified(
    asker: &Asker,
    records: &Records,
    object: &ObjectSchema,
    id: &RecordId,
) -> Result<(), Refusal> {
    let since = asker.headers.get(IF_UNMODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let Some(since) = since.and_then(|text| parse_http_date(text).ok()) else { return Ok(()) };
    let row: &Row = live(records, object, id)?;
    let changed = modified(row).map(|instant| HttpDate::from(SystemTime::from(instant)));
    if changed.is_some_and(|changed| changed > HttpDate::from(since)) {
        let message = "Precondition failed: the entity was modified since the given date";
        return Err(Refusal::request(ErrorCode::PreconditionFailed, message));
    }
    Ok(())
}

fn saved(asker: &Asker, status: StatusCode, object: &str, id: &RecordId, body: Json) -> Answer {
    let answer = Answer { status, headers: Vec::new(), body: Some(body) };
    answer.with(LOCATION, location(&asker.version, object, id))
}
