//! The live-chat API for clients of one's own.

mod calls;
mod events;
mod guard;
mod multipart;
mod operator;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post};
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use super::{Served, Shared, answer};
use crate::chat::Desk;
use crate::chat::problem::Problem;

pub(super) use self::multipart::{Part, parts};

/// Every address of the API, and the operators' door to it.
pub(super) fn routes(served: &Shared) -> Router<Shared> {
    let conversation = "/iamessage/api/v2/conversation";
    let authorization = "/iamessage/api/v2/authorization";
    let of = |rest: &str| format!("{conversation}/{{id}}{rest}");
    Router::new()
        .route(&format!("{authorization}/unauthenticated/access-token"), post(calls::guest_token))
        .route(&format!("{authorization}/authenticated/access-token"), post(calls::verified_token))
        .route(&format!("{authorization}/continuation-access-token"), get(calls::continuation))
        .route(conversation, post(calls::create))
        .route(&format!("{conversation}/list"), get(calls::list))
        .route(&of(""), get(calls::routing_status).delete(calls::close))
        .route(&of("/entries"), get(calls::entries))
        .route(&of("/message"), post(calls::message))
        .route(&of("/entry"), post(calls::typing))
        .route(&of("/acknowledge-entries"), post(calls::receipts))
        .route(&of("/file"), post(calls::file))
        .route(&of("/session"), delete(calls::end_session))
        .route("/iamessage/v1/files/{secret}", get(calls::download))
        .route("/eventrouter/v1/sse", get(events::stream))
        .route("/iamessage/{*rest}", any(calls::nothing_here))
        .layer(from_fn_with_state(Arc::clone(served), guard::guard))
        .merge(operator::routes())
}

/// Does something at the desk, where waiting for the disk holds up nobody else.
pub(super) async fn at_desk<T: Send + 'static>(
    served: &Shared,
    work: impl FnOnce(&mut Desk<'_>) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let served = Arc::clone(served);
    let worked = move || served.chat.work(&served.org, &served.url, work);
    tokio::task::spawn_blocking(worked).await.unwrap_or_else(|problem| {
        tracing::error!(%problem, "a call of the live chat did not end");
        Err(Problem::internal("the call did not end"))
    })
}

/// What a refused call is answered.
fn refused(served: &Served, problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let codes = served.chat.look(|state| state.switches.error_codes);
    let mut body = json!({ "message": problem.message });
    if codes {
        body["code"] = json!(problem.code);
    }
    answer::json(status, &body)
}

/// What a call is answered.
fn answered(served: &Served, done: Result<(u16, Option<Json>), Problem>) -> Response {
    match done {
        Ok((status, body)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            match body {
                Some(body) if status != StatusCode::NO_CONTENT => answer::json(status, &body),
                _ => status.into_response(),
            }
        }
        Err(problem) => refused(served, &problem),
    }
}

/// The token that a call carries.
fn bearer(headers: &HeaderMap) -> Result<String, Problem> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    token.ok_or_else(Problem::unauthorized)
}

/// A body that is JSON of this shape.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|problem| Problem::bad(problem.to_string()))
}
