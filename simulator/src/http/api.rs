//! What every request under `/services/data/vXX.X` passes: version, login, usage, faults.

use std::collections::HashMap;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Shared, versions};
use crate::org::{ErrorCode, Refusal};

pub(super) async fn guard(
    State(served): State<Shared>,
    Path(parameters): Path<HashMap<String, String>>,
    mut request: Request,
    next: Next,
) -> Response {
    if !parameters.get("version").is_some_and(|version| versions::is_known(version)) {
        return Refusal::not_found().into_response();
    }
    let session = match served.sessions.of(request.headers()) {
        Ok(session) => session,
        Err(refusal) => return refusal.into_response(),
    };
    request.extensions_mut().insert(session);
    served.count_request();
    if let Some(pause) = served.faults.take_delay() {
        tokio::time::sleep(pause).await;
    }
    let mut response = if served.faults.take_unavailable() {
        let message = "The server is temporarily unavailable";
        Refusal::request(ErrorCode::ServerUnavailable, message).into_response()
    } else {
        next.run(request).await
    };
    if let Ok(info) = HeaderValue::from_str(&served.limit_info()) {
        response.headers_mut().insert("sforce-limit-info", info);
    }
    response
}

pub(super) async fn nothing_here() -> Refusal {
    Refusal::not_found()
}

pub(super) async fn wrong_method(method: Method) -> Refusal {
    Refusal::method(method.as_str())
}
