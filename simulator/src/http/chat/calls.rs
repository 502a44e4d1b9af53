//! The calls of the live-chat API.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;

use super::{Part, Shared, answered, at_desk, bearer, parts, read, refused};
use crate::chat::problem::Problem;
use crate::chat::token::Holder;
use crate::chat::{Desk, EntriesAsked, FileMessage, ListAsked, MessageRequest, Upload};

/// The status and the body of a call that was done.
type Done = Result<(u16, Option<Json>), Problem>;

/// Parts of a file's form.
const HEAD: &str = "messageEntry";
const DATA: &str = "fileData";

pub(super) async fn guest_token(State(served): State<Shared>, body: Bytes) -> Response {
    let done = at_desk(&served, move |desk| {
        desk.guest_token(&read(&body)?).map(|token| (200, Some(token)))
    });
    answered(&served, done.await)
}

pub(super) async fn verified_token(State(served): State<Shared>, body: Bytes) -> Response {
    let done = at_desk(&served, move |desk| {
        desk.verified_token(&read(&body)?).map(|token| (200, Some(token)))
    });
    answered(&served, done.await)
}

pub(super) async fn continuation(State(served): State<Shared>, headers: HeaderMap) -> Response {
    let done = at_desk(&served, move |desk| {
        desk.continuation_token(&bearer(&headers)?).map(|token| (200, Some(token)))
    });
    answered(&served, done.await)
}

pub(super) async fn create(
    State(served): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    held(&served, headers, move |desk, holder| {
        desk.create_conversation(holder, &read(&body)?)?;
        Ok((desk.state.switches.success.create, None))
    })
    .await
}

pub(super) async fn list(
    State(served): State<Shared>,
    headers: HeaderMap,
    asked: Result<Query<ListAsked>, axum::extract::rejection::QueryRejection>,
) -> Response {
    held(&served, headers, move |desk, holder| {
        let Query(asked) = asked.map_err(|problem| Problem::bad(problem.body_text()))?;
        Ok((200, Some(desk.list(holder, &asked)?)))
    })
    .await
}

pub(super) async fn entries(
    State(served): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    asked: Result<Query<EntriesAsked>, axum::extract::rejection::QueryRejection>,
) -> Response {
    held(&served, headers, move |desk, holder| {
        let Query(asked) = asked.map_err(|problem| Problem::bad(problem.body_text()))?;
        Ok((200, Some(desk.entries(holder, &id, &asked)?)))
    })
    .await
}

pub(super) async fn routing_status(
    State(served): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let work = move |desk: &mut Desk<'_>, holder: &Holder| {
        Ok((200, Some(desk.routing_status(holder, &id)?)))
    };
    held(&served, headers, work).await
}

pub(super) async fn message(
    State(served): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    held(&served, headers, move |desk, holder| {
        let most = desk.state.switches.body_limit;
        if body.len() > most {
            return Err(Problem::bad(format!("The body may have {most} bytes")));
        }
        let request: MessageRequest = read(&body)?;
        let kept = desk.send(holder, &id, &request)?;
        Ok((desk.state.switches.success.message, Some(kept)))
    })
    .await
}

pub(super) async fn typing(
    State(served): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    held(&served, headers, move |desk, holder| {
        desk.typing(holder, &id, &read(&body)?)?;
        Ok((desk.state.switches.success.entry, None))
    })
    .await
}

pub(super) async fn receipts(
    State(served): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    held(&served, headers, move |desk, holder| {
        desk.receipts(holder, &id, &read(&body)?)?;
        Ok((desk.state.switches.success.receipts, None))
    })
    .await
}

pub(super) async fn file(
    State(served): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    held(&served, headers.clone(), move |desk, holder| {
        let parts = parts(&headers, &body)?;
        let (head, upload) = taken_apart(&parts)?;
        let kept = desk.send_file(holder, &id, &head, upload)?;
        Ok((desk.state.switches.success.file, Some(kept)))
    })
    .await
}

pub(super) async fn end_session(
    State(served): State<Shared>,
    Path(id): Path<String>,
    Query(asked): Query<Json>,
    headers: HeaderMap,
) -> Response {
    held(&served, headers, move |desk, holder| {
        desk.check_deployment(holder, named(&asked))?;
        desk.end_by_customer(holder, &id)?;
        Ok((desk.state.switches.success.end_session, None))
    })
    .await
}

pub(super) async fn close(
    State(served): State<Shared>,
    Path(id): Path<String>,
    Query(asked): Query<Json>,
    headers: HeaderMap,
) -> Response {
    held(&served, headers, move |desk, holder| {
        desk.check_deployment(holder, named(&asked))?;
        desk.close(holder, &id)?;
        Ok((desk.state.switches.success.close, None))
    })
    .await
}

/// A file by the address that was told; whoever knows it may have it, for a while.
pub(super) async fn download(State(served): State<Shared>, Path(secret): Path<String>) -> Response {
    match served.chat.fetch(&secret) {
        Ok(upload) => attachment(upload),
        Err(problem) => refused(&served, &problem),
    }
}

pub(super) async fn nothing_here(State(served): State<Shared>) -> Response {
    refused(&served, &Problem::not_found("The path"))
}

/// Does what the holder of the call's token asks for.
async fn held(
    served: &Shared,
    headers: HeaderMap,
    work: impl FnOnce(&mut Desk<'_>, &Holder) -> Done + Send + 'static,
) -> Response {
    let done = at_desk(served, move |desk| {
        let holder = desk.holder(&bearer(&headers)?)?;
        work(desk, &holder)
    });
    answered(served, done.await)
}

fn named(asked: &Json) -> &str {
    asked["esDeveloperName"].as_str().unwrap_or_default()
}

fn taken_apart(parts: &[Part]) -> Result<(FileMessage, Upload), Problem> {
    let part = |name: &str| {
        let mut same = parts.iter().filter(|part| part.name == name);
        match (same.next(), same.next()) {
            (Some(part), None) => Ok(part),
            (None, _) => Err(Problem::bad(format!("The part {name} is required"))),
            (_, Some(_)) => Err(Problem::bad(format!("The part {name} may come once"))),
        }
    };
    let head = part(HEAD)?;
    let is_json = head.mime.as_deref().is_some_and(|mime| mime.starts_with("application/json"));
    if !is_json {
        return Err(Problem::bad(format!("The part {HEAD} must be application/json")));
    }
    let message = serde_json::from_slice(&head.bytes)
        .map_err(|problem| Problem::bad(format!("{HEAD}: {problem}")))?;
    let data = part(DATA)?;
    let name = data.file_name.clone().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Problem::bad(format!("The part {DATA} needs a file name")))?;
    let mime = data.mime.clone().unwrap_or_else(|| "application/octet-stream".to_owned());
    Ok((message, Upload { name, mime, bytes: data.bytes.clone() }))
}

fn attachment(upload: Upload) -> Response {
    let name = utf8_percent_encode(&upload.name, NON_ALPHANUMERIC);
    let disposition = format!("attachment; filename*=UTF-8''{name}");
    let value = |text: &str, other: &'static str| {
        HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(other))
    };
    let headers = [
        (CONTENT_TYPE, value(&upload.mime, "application/octet-stream")),
        (CONTENT_DISPOSITION, value(&disposition, "attachment")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (StatusCode::OK, headers, upload.bytes).into_response()
}
