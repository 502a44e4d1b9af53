//! Rows: create, read, update, delete, and the same by an external id.

pub(super) mod reading;
pub(super) mod saving;

use axum::body::Bytes;
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::asker::Asker;
use super::files;
use crate::org::{ErrorCode, RecordId, Refusal};

/// What an address under an object names.
pub(super) type RowPath = Path<(String, String, String)>;
pub(super) type KeyPath = Path<(String, String, String, String)>;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wanted {
    pub(super) fields: Option<String>,
    #[serde(default)]
    pub(super) update_only: bool,
}

pub(super) async fn create(
    asker: Asker,
    Path((_, object)): Path<(String, String)>,
    body: Bytes,
) -> Result<Answer, Refusal> {
    let values = parsed(&asker.headers, &body)?;
    asker.write(move |asker, writes| saving::create(asker, writes, &object, &values)).await
}

pub(super) async fn read(
    asker: Asker,
    Path((_, object, id)): RowPath,
    Query(wanted): Query<Wanted>,
) -> Result<Answer, Refusal> {
    asker.read(|asker, records| reading::row(asker, records, (&object, &id), &wanted))
}

pub(super) async fn read_by_key(
    asker: Asker,
    Path((_, object, field, value)): KeyPath,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let schema = asker.object(&object)?;
    let bytes = files::content(schema, &asker.served.org.state().records, &field, &value);
    if let Some(answer) = bytes {
        return answer;
    }
    let key = (object.as_str(), field.as_str(), value.as_str());
    let answer = asker.read(|asker, records| reading::row_by_key(asker, records, key, &wanted))?;
    Ok(answer.into_response())
}

pub(super) async fn update(
    asker: Asker,
    Path((_, object, id)): RowPath,
    body: Bytes,
) -> Result<Answer, Refusal> {
    let values = parsed(&asker.headers, &body)?;
    asker.write(move |asker, writes| saving::update(asker, writes, (&object, &id), &values)).await
}

pub(super) async fn delete(
    asker: Asker,
    Path((_, object, id)): RowPath,
) -> Result<Answer, Refusal> {
    asker.write(move |asker, writes| saving::delete(asker, writes, (&object, &id))).await
}

pub(super) async fn upsert(
    asker: Asker,
    Path((_, object, field, value)): KeyPath,
    Query(wanted): Query<Wanted>,
    body: Bytes,
) -> Result<Answer, Refusal> {
    let values = parsed(&asker.headers, &body)?;
    let answer = asker.write(move |asker, writes| {
        let key = (object.as_str(), field.as_str(), value.as_str());
        saving::upsert(asker, writes, key, values, wanted.update_only)
    });
    answer.await
}

/// A body that must be JSON, and says so.
pub(super) fn parsed<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Refusal> {
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

/// A row's address.
pub(super) fn location(version: &str, object: &str, id: &RecordId) -> String {
    format!("/services/data/{version}/sobjects/{object}/{id}")
}
