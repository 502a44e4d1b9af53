//! Describes: of the whole org, and of one object.

mod field;
mod object;

use axum::extract::{Path, State};
use axum::http::header::{ETAG, IF_MODIFIED_SINCE, LAST_MODIFIED};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use httpdate::{HttpDate, fmt_http_date, parse_http_date};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use std::time::SystemTime;

use self::object::{global_entry, object_describe};
use super::{Served, Shared, answer};
use crate::org::Refusal;

/// What one describe call may carry in one batch, as the real one says.
const MAX_BATCH: u32 = 200;

pub(super) async fn global(
    State(served): State<Shared>,
    Path(version): Path<String>,
    headers: HeaderMap,
) -> Response {
    conditional(&served, &headers, || {
        let objects: Vec<_> =
            served.org.schema().objects().map(|object| global_entry(object, &version)).collect();
        json!({ "encoding": "UTF-8", "maxBatchSize": MAX_BATCH, "sobjects": objects })
    })
}

pub(super) async fn object(
    State(served): State<Shared>,
    Path((version, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let object = served.org.schema().object(&name).ok_or_else(Refusal::not_found)?;
    Ok(conditional(&served, &headers, || object_describe(&served, object, &version)))
}

pub(super) async fn basic(
    State(served): State<Shared>,
    Path((version, name)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let object = served.org.schema().object(&name).ok_or_else(Refusal::not_found)?;
    let entry = global_entry(object, &version);
    let body: Json = json!({ "objectDescribe": entry, "recentItems": [] });
    Ok(answer::json(StatusCode::OK, &body))
}

/// Answers 304 where the client has seen the metadata as they are.
fn conditional<T: Serialize>(
    served: &Served,
    headers: &HeaderMap,
    body: impl FnOnce() -> T,
) -> Response {
    let modified = SystemTime::from(served.org.schema().rules().modified);
    let mut response = if is_fresh(headers, modified) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = body();
        let mut response = answer::json(StatusCode::OK, &body);
        if let Ok(tag) = HeaderValue::from_str(&entity_tag(&body)) {
            response.headers_mut().insert(ETAG, tag);
        }
        response
    };
    if let Ok(stamp) = HeaderValue::from_str(&fmt_http_date(modified)) {
        response.headers_mut().insert(LAST_MODIFIED, stamp);
    }
    response
}

/// Whether the client's copy is as new as what was last modified then.
pub(super) fn is_fresh(headers: &HeaderMap, modified: SystemTime) -> bool {
    let since = headers.get(IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since.and_then(|text| parse_http_date(text).ok());
    since.is_some_and(|since| HttpDate::from(since) >= HttpDate::from(modified))
}

/// An instant as HTTP headers have it.
pub(super) fn http_date(instant: Timestamp) -> String {
    fmt_http_date(SystemTime::from(instant))
}

/// Eight hexadecimal digits in quotes, as a describe carries.
fn entity_tag(body: &impl Serialize) -> String {
    let digest = Sha256::digest(serde_json::to_vec(body).unwrap_or_default());
    let digits: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}
