//! What every request under `/services/data/vXX.X` passes: version, login, usage, faults.

use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Shared, versions};
use crate::org::{ErrorCode, Refusal};

pub(super) async fn guard(
    State(served): State<Shared>,
    OriginalUri(uri): OriginalUri,
    mut request: Request,
    next: Next,
) -> Response {
    let version = uri.path().split('/').nth(3).unwrap_or_default();
    if !versions::is_known(version) {
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
