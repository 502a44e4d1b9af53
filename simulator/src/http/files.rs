//! The bytes of files.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::org::schema::{FieldType, ObjectSchema};
use crate::org::{RecordId, Records, Refusal, Row, Value};

const SECURITY: HeaderName = HeaderName::from_static("content-security-policy");

/// `…/ContentVersion/{id}/VersionData`, which looks like a row's address by external id; absent where it is one.
pub(super) fn content(
    object: &ObjectSchema,
    records: &Records,
    id: &str,
    field: &str,
) -> Option<Result<Response, Refusal>> {
    let field = object.field(field).filter(|field| field.field_type == FieldType::Base64)?;
    let id = RecordId::parse(id).ok()?;
    let bytes = match records.get(&object.name, &id).map(|row| row.get(&field.name)) {
        Some(Value::Bytes(bytes)) => bytes.clone(),
        _ => return Some(Err(Refusal::not_found())),
    };
    let headers = [(CONTENT_TYPE, HeaderValue::from_static("application/octetstream"))];
    Some(Ok((StatusCode::OK, headers, bytes).into_response()))
}

/// A file for a person's browser. What customers sent is shown as text or downloaded, and never runs.
pub(super) fn for_browser(version: &Row) -> Option<Response> {
    let Value::Bytes(bytes) = version.get("VersionData") else { return None };
    let extension = version.get("FileExtension").as_text().unwrap_or_default();
    let (content_type, disposition) = match extension {
        "txt" | "md" | "log" | "csv" | "json" => ("text/plain; charset=utf-8", "inline"),
        "htm" | "html" => ("text/html; charset=utf-8", "inline"),
        "png" => ("image/png", "inline"),
        "jpg" | "jpeg" => ("image/jpeg", "inline"),
        "pdf" => ("application/pdf", "attachment"),
        _ => ("application/octet-stream", "attachment"),
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CONTENT_DISPOSITION, HeaderValue::from_static(disposition)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            SECURITY,
            HeaderValue::from_static("sandbox; default-src 'none'; style-src 'unsafe-inline'"),
        ),
    ];
    Some((StatusCode::OK, headers, bytes.clone()).into_response())
}
