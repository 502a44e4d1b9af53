//! Rows: create, read, update, delete, and the same by an external id.

use std::time::SystemTime;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_TYPE, LAST_MODIFIED, LOCATION};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::describe::{http_date, is_fresh};
use super::session::Session;
use super::{Served, Shared, answer, files};
use crate::org::schema::{FieldSchema, FieldType, ObjectSchema};
use crate::org::{ErrorCode, RecordId, Records, Refusal, Row, Value, read as read_field, same_key};

/// What an address under an object names.
pub(super) type RowPath = Path<(String, String, String)>;
pub(super) type KeyPath = Path<(String, String, String, String)>;

#[derive(Deserialize)]
pub(super) struct Wanted {
    fields: Option<String>,
}

pub(super) async fn create(
    State(served): State<Shared>,
    Path((version, object)): Path<(String, String)>,
    Extension(session): Extension<Session>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let values = json_object(&headers, &body)?;
    let call = session.call(&headers);
    let answer = {
        let (served, object) = (served.clone(), object.clone());
        off_the_loop(move || served.org.create(&call, &object, &values)).await
    };
    Ok(created(&served, &version, &object, &answer?, &json!({})))
}

pub(super) async fn read(
    State(served): State<Shared>,
    Path((version, object, id)): RowPath,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let object = served.org.schema().object(&object).ok_or_else(Refusal::not_found)?;
    let id = row_id(object, &id)?;
    let state = served.org.state();
    let row = live(&state.records, object, &id)?;
    row_answer(object, row, &state.records, (&version, &wanted, &headers))
}

pub(super) async fn read_by_key(
    State(served): State<Shared>,
    Path((version, object, field, value)): KeyPath,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let object = served.org.schema().object(&object).ok_or_else(Refusal::not_found)?;
    let state = served.org.state();
    if let Some(answer) = files::content(object, &state.records, &field, &value) {
        return answer;
    }
    let key = key_field(object, &field)?;
    let rows = matching(object, key, &value, &state.records)?;
    match rows.as_slice() {
        [] => Err(Refusal::not_found()),
        [row] => row_answer(object, row, &state.records, (&version, &wanted, &headers)),
        several => Ok(choices(&version, several)),
    }
}

pub(super) async fn update(
    State(served): State<Shared>,
    Path((_, object, id)): RowPath,
    Extension(session): Extension<Session>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let values = json_object(&headers, &body)?;
    let schema = served.org.schema().object(&object).ok_or_else(Refusal::not_found)?;
    let id = row_id(schema, &id)?;
    let call = session.call(&headers);
    off_the_loop(move || served.org.update(&call, &object, &id, &values)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn delete(
    State(served): State<Shared>,
    Path((_, object, id)): RowPath,
    Extension(session): Extension<Session>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    let schema = served.org.schema().object(&object).ok_or_else(Refusal::not_found)?;
    let id = row_id(schema, &id)?;
    let call = session.call(&headers);
    off_the_loop(move || served.org.delete(&call, &object, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn upsert(
    State(served): State<Shared>,
    Path((version, object, field, value)): KeyPath,
    Extension(session): Extension<Session>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut values = json_object(&headers, &body)?;
    let schema = served.org.schema().object(&object).ok_or_else(Refusal::not_found)?;
    let key = key_field(schema, &field)?;
    if values.keys().any(|name| name.eq_ignore_ascii_case(&key.name)) {
        let message =
            format!("The {} field should not be specified in the sobject data.", key.name);
        return Err(Refusal::request(ErrorCode::InvalidField, message));
    }
    let found: Vec<Row> = {
        let state = served.org.state();
        matching(schema, key, &value, &state.records)?.into_iter().cloned().collect()
    };
    let call = session.call(&headers);
    let (name, worker) = (object.clone(), served.clone());
    match found.as_slice() {
        [] => {
            values.insert(key.name.clone(), Json::String(value));
            let id = off_the_loop(move || worker.org.create(&call, &name, &values)).await?;
            Ok(created(&served, &version, &object, &id, &json!({ "created": true })))
        }
        [row] => {
            let (id, target) = (row.id.clone(), row.id.clone());
            off_the_loop(move || worker.org.update(&call, &name, &target, &values)).await?;
            let body = json!({ "id": id, "success": true, "errors": [], "created": false });
            let location = [(LOCATION, location(&version, &object, &id))];
            Ok((location, answer::json(StatusCode::OK, &body)).into_response())
        }
        several => Ok(choices(&version, &several.iter().collect::<Vec<_>>())),
    }
}

/// Runs what waits for the disk where it holds up nobody else.
async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(problem) => {
            tracing::error!(%problem, "a write did not end");
            Err(Refusal::internal("write"))
        }
    }
}

fn json_object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Json>, Refusal> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(|text| text.to_ascii_lowercase().starts_with("application/json")) {
        let message = format!(
            "Content-Type header specified in HTTP request is not supported: {}",
            content_type.unwrap_or_default()
        );
        return Err(Refusal::request(ErrorCode::UnsupportedMediaType, message));
    }
    serde_json::from_slice(body).map_err(|problem| {
        let message = format!(
            "Unexpected character or end of input at [line:{}, column:{}]",
            problem.line(),
            problem.column()
        );
        Refusal::request(ErrorCode::JsonParserError, message)
    })
}

fn row_id(object: &ObjectSchema, text: &str) -> Result<RecordId, Refusal> {
    let id = RecordId::parse(text).map_err(|_| Refusal::not_found())?;
    if id.key_prefix() == object.key_prefix { Ok(id) } else { Err(Refusal::not_found()) }
}

fn live<'r>(
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

fn key_field<'o>(object: &'o ObjectSchema, name: &str) -> Result<&'o FieldSchema, Refusal> {
    let field = object.field(name).filter(|field| field.id_lookup());
    field.ok_or_else(|| {
        let message =
            format!("Provided external ID field does not exist or is not accessible: {name}");
        Refusal::request(ErrorCode::NotFound, message)
    })
}

fn matching<'r>(
    object: &ObjectSchema,
    key: &FieldSchema,
    value: &str,
    records: &'r Records,
) -> Result<Vec<&'r Row>, Refusal> {
    let wanted = Value::read(key, &Json::String(value.to_owned()));
    let wanted = wanted.map_err(|_| Refusal::not_found())?;
    let fits = |row: &&Row| same_key(&read_field(records, object, key, row), &wanted);
    Ok(records.rows(&object.name).filter(fits).collect())
}

fn row_answer(
    object: &ObjectSchema,
    row: &Row,
    records: &Records,
    (version, wanted, headers): (&str, &Wanted, &HeaderMap),
) -> Result<Response, Refusal> {
    let modified = match row.get("SystemModstamp") {
        Value::Instant(instant) => Some(*instant),
        _ => None,
    };
    if modified.is_some_and(|instant| is_fresh(headers, SystemTime::from(instant))) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let body = row_json(object, row, records, (version, wanted.fields.as_deref()))?;
    let stamp: Vec<(HeaderName, String)> =
        modified.map(|instant| (LAST_MODIFIED, http_date(instant))).into_iter().collect();
    let mut response = answer::json(StatusCode::OK, &body);
    for (name, value) in stamp {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

fn row_json(
    object: &ObjectSchema,
    row: &Row,
    records: &Records,
    (version, wanted): (&str, Option<&str>),
) -> Result<Json, Refusal> {
    let url = location(version, &object.name, &row.id);
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
            _ => read_field(records, object, field, row).to_json(),
        };
        body.insert(field.name.clone(), value);
    }
    Ok(Json::Object(body))
}

fn created(served: &Served, version: &str, object: &str, id: &RecordId, more: &Json) -> Response {
    let name = served.org.schema().object(object).map_or(object, |object| object.name.as_str());
    let mut body = json!({ "id": id, "success": true, "errors": [] });
    if let (Json::Object(body), Json::Object(more)) = (&mut body, more) {
        body.extend(more.clone());
    }
    let location = [(LOCATION, location(version, name, id))];
    (location, answer::json(StatusCode::CREATED, &body)).into_response()
}

/// Several rows have the key: the answer is their addresses.
fn choices(version: &str, rows: &[&Row]) -> Response {
    let urls: Vec<_> = rows.iter().map(|row| location(version, &row.object, &row.id)).collect();
    answer::json(StatusCode::MULTIPLE_CHOICES, &urls)
}

fn location(version: &str, object: &str, id: &RecordId) -> String {
    format!("/services/data/{version}/sobjects/{object}/{id}")
}
