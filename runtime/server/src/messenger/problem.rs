//! Refusals as `application/problem+json` (RFC 9457), without internals.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tidegate_store::StoreError;
use tidegate_store::contract::Entry;

use crate::conversation::LoopError;

/// A refusal.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<String, String>,
    /// Seconds after which to come again.
    #[serde(skip)]
    again: Option<u64>,
    /// What is asked instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<Box<Entry>>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            fields: BTreeMap::new(),
            again: None,
            current: None,
        }
    }

    /// The one answer to what is not there and to what is somebody else's.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is nothing here")
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "this path takes other methods")
    }

    /// The visitor is not who they say; the reason is for the log.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "open the conversation again")
    }

    /// Nobody whom we trust says who the visitor is; the reason is for the log.
    pub(crate) fn untrusted() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "the signed identity is not accepted")
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The body did not come in time. The connection ends with it.
    pub(crate) fn late() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")
    }

    pub(crate) fn stale() -> Self {
        Self::new(StatusCode::CONFLICT, "this was answered before, or is not asked any more")
    }

    /// Says what is asked now.
    pub(crate) fn with_current(self, current: Option<Entry>) -> Self {
        Self { current: current.map(Box::new), ..self }
    }

    pub(crate) fn mismatch() -> Self {
        Self::new(StatusCode::CONFLICT, "this id was used for another request")
    }

    /// What was sent can't be taken; a message for the customer by line.
    pub(crate) fn invalid(fields: BTreeMap<String, String>) -> Self {
        let problem =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "some of what was sent can't be taken");
        Self { fields, ..problem }
    }

    /// Too much at a time; after that long, the same request is taken.
    pub(crate) fn too_many(wait: Duration) -> Self {
        let again = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let detail =
            "too many requests at a time; send this one again after the seconds of `Retry-After`";
        Self { again: Some(again.max(1)), ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "please try again in a moment")
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request could not be served");
        Self::unavailable()
    }
}

impl From<LoopError> for Problem {
    fn from(error: LoopError) -> Self {
        match error {
            LoopError::Unknown => Self::not_found(),
            error => {
                tracing::error!(%error, "a request could not be served");
                Self::unavailable()
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let again = self.again.or((status == StatusCode::SERVICE_UNAVAILABLE).then_some(2));
        let mut response = (status, axum::Json(self)).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        if let Some(seconds) = again {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
