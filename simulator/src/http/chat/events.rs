//! Events, as they happen.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures::stream;

use super::{Shared, at_desk, bearer, refused};
use crate::chat::problem::Problem;
use crate::chat::stream::{Break, Read, Reader};
use crate::org::RecordId;

/// A stream that somebody listens to.
struct Listening {
    served: Shared,
    reader: Reader,
    broken: bool,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.served.chat.close_stream(&self.reader);
    }
}

pub(super) async fn stream(State(served): State<Shared>, headers: HeaderMap) -> Response {
    let reader = match open(&served, &headers).await {
        Ok(reader) => reader,
        Err(problem) => return refused(&served, &problem),
    };
    let listening = Listening { served, reader, broken: false };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream;charset=UTF-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, Body::from_stream(stream::unfold(listening, next))).into_response()
}

async fn open(served: &Shared, headers: &HeaderMap) -> Result<Reader, Problem> {
    let token = bearer(headers)?;
    let asked = token.clone();
    let holder = at_desk(served, move |desk| desk.holder(&asked)).await?;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let org = header("x-org-id").ok_or_else(|| Problem::bad("X-Org-Id is required"))?;
    // The long id is refused here, whatever the token was given for.
    if served.org.id().map(RecordId::short) != Some(org) {
        return Err(Problem::bad(format!("X-Org-Id '{org}' is not this org's")));
    }
    let after = match header("last-event-id").filter(|id| !id.is_empty()) {
        Some(id) => Some(id.parse().map_err(|_| Problem::bad("Last-Event-Id must be a number"))?),
        None => None,
    };
    if after.is_none() && served.chat.look(|state| state.switches.last_event_id_required) {
        return Err(Problem::bad("Last-Event-Id is required"));
    }
    Ok(served.chat.open_stream(&token, &holder.subject, after))
}

async fn next(mut listening: Listening) -> Option<(Result<Bytes, io::Error>, Listening)> {
    if listening.broken {
        return None;
    }
    let mut changes = listening.served.chat.changes();
    loop {
        changes.borrow_and_update();
        match listening.served.chat.read(&mut listening.reader) {
            Read::Text(text) => return Some((Ok(Bytes::from(text)), listening)),
            Read::Broken(Break::Cut) => {
                listening.broken = true;
                return Some((Err(io::ErrorKind::ConnectionAborted.into()), listening));
            }
            Read::Broken(Break::End | Break::Silence) => return None,
            Read::Wait(until) => {
                let late = async {
                    match until {
                        Some(until) => listening.served.chat.clock.reaches(until).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    _ = changes.changed() => {}
                    () = late => {}
                }
            }
        }
    }
}
