//! Answers in the org's shapes.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value as Json, json as json_value};

use crate::org::Refusal;

/// What the API says of its JSON.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=UTF-8");
/// What the API says to caches.
pub(super) const UNCACHED: HeaderValue =
    HeaderValue::from_static("no-cache,must-revalidate,max-age=0,no-store,private");

/// An answer that may stand for itself or inside another.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, String)>,
    /// Absent where the answer has no body at all.
    pub(super) body: Option<Json>,
}

impl Answer {
    pub(super) fn ok(body: Json) -> Answer {
        Answer { status: StatusCode::OK, headers: Vec::new(), body: Some(body) }
    }

    pub(super) fn empty(status: StatusCode) -> Answer {
        Answer { status, headers: Vec::new(), body: None }
    }

    #[must_use]
    pub(super) fn with(mut self, name: HeaderName, value: String) -> Answer {
        self.headers.push((name, value));
        self
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Answer {
        let status = StatusCode::from_u16(refusal.status());
        Answer {
            status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: Vec::new(),
            body: Some(json_value!(refusal.errors())),
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = match &self.body {
            Some(body) => json(self.status, body),
            None => self.status.into_response(),
        };
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

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
        Answer::from(self).into_response()
    }
}
