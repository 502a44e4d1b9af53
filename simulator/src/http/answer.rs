//! Answers in the org's shapes.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::org::Refusal;

/// What the API says of its JSON.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=UTF-8");
/// What the API says to caches.
pub(super) const UNCACHED: HeaderValue =
    HeaderValue::from_static("no-cache,must-revalidate,max-age=0,no-store,private");

/// JSON with a status.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => {
            let headers = [(CONTENT_TYPE, JSON), (CACHE_CONTROL, UNCACHED)];
            (status, headers, Body::from(bytes)).into_response()
        }
        Err(problem) => {
            tracing::error!(%problem, "an answer could not be written as JSON");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status());
        json(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &self.errors())
    }
}
