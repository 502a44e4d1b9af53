//! The customer's words.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tidegate_engine::event::Event;
use tidegate_store::contract::{Inbound, Receipt};
use uuid::Uuid;

use super::body::Body;
use super::late;
use super::problem::Problem;
use super::visitor::Own;
use crate::app::App;
use crate::conversation::{Arrival, Cause, Received};
use crate::opening::resume_or_begin;

/// Characters at most in one message.
const LONGEST: usize = 10_000;
/// A message that finds its conversation ended twice over has met a workflow that ends at once.
const ATTEMPTS: usize = 3;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MessageRequest {
    id: Uuid,
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HumanRequest {
    id: Uuid,
}

/// A button that says one thing, at a wait.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PressRequest {
    id: Uuid,
    pub(super) wait: u64,
}

/// Where a request was taken.
#[derive(Debug, Serialize)]
pub(super) struct Taken {
    sequence: u64,
    conversation: Uuid,
}

impl From<Receipt> for Taken {
    fn from(receipt: Receipt) -> Self {
        Self { sequence: receipt.sequence, conversation: receipt.conversation }
    }
}

pub(super) async fn message(
    State(app): State<Arc<App>>,
    own: Own,
    Body { value: request, hash }: Body<MessageRequest>,
) -> Result<Json<Taken>, Problem> {
    let text = readable(request.text)?;
    let inbound = own.inbound(request.id, hash);
    let taken = detached(async move { say(&app, own.visitor, inbound, text).await }).await?;
    Ok(Json(taken.into()))
}

pub(super) async fn human(
    State(app): State<Arc<App>>,
    own: Own,
    Body { value: request, hash }: Body<HumanRequest>,
) -> Result<Json<Taken>, Problem> {
    let inbound = own.inbound(request.id, hash);
    receive(app, Arrival::Event(Event::HumanRequested), inbound).await
}

pub(super) async fn helped(
    State(app): State<Arc<App>>,
    own: Own,
    Body { value: request, hash }: Body<PressRequest>,
) -> Result<Json<Taken>, Problem> {
    let inbound = own.inbound(request.id, hash);
    let event = Event::Helped { wait: request.wait };
    receive(app, Arrival::Event(event), inbound).await
}

/// The visitor does not want to sign in.
pub(super) async fn refusal(
    State(app): State<Arc<App>>,
    own: Own,
    Body { value: request, hash }: Body<PressRequest>,
) -> Result<Json<Taken>, Problem> {
    let inbound = own.inbound(request.id, hash);
    let event = Event::SignInRefused { wait: request.wait };
    receive(app, Arrival::Event(event), inbound).await
}

/// Receives what one conversation, and no other, can take.
pub(super) async fn receive(
    app: Arc<App>,
    arrival: Arrival,
    inbound: Inbound,
) -> Result<Json<Taken>, Problem> {
    detached(async move {
        let conversation = inbound.addressed;
        let cause = Cause::Request(inbound.clone());
        let received =
            app.conversations.receive(conversation, arrival.clone(), cause, app.clock.now());
        match received.await? {
            Received::Taken(receipt) => Ok(Json(receipt.into())),
            Received::Stale => Err(late::refuse(&app, conversation, &arrival, inbound).await?),
            Received::Over | Received::Settled => Err(Problem::stale()),
            Received::Invalid(fields) => Err(Problem::invalid(fields)),
            Received::Mismatch => Err(Problem::mismatch()),
        }
    })
    .await
}

/// A browser that goes away must not leave half of it undone.
pub(super) async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request's task died");
        Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "this could not be done"))
    })
}

/// A message to an ended conversation is taken by a new one.
async fn say(app: &App, visitor: Uuid, inbound: Inbound, text: String) -> Result<Receipt, Problem> {
    let mut conversation = inbound.addressed;
    for _ in 0..ATTEMPTS {
        let arrival = Arrival::Event(Event::Message { text: text.clone() });
        let cause = Cause::Request(inbound.clone());
        let now = app.clock.now();
        match app.conversations.receive(conversation, arrival, cause, now).await? {
            Received::Taken(receipt) => return Ok(receipt),
            Received::Mismatch => return Err(Problem::mismatch()),
            Received::Over => {
                let visitor = app.store.visitor(visitor).await?;
                let visitor = visitor.ok_or_else(Problem::unauthorized)?;
                (conversation, _) = resume_or_begin(app, &visitor, None, app.clock.now()).await?;
            }
            Received::Stale | Received::Invalid(_) | Received::Settled => {
                return Err(Problem::stale());
            }
        }
    }
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "conversations end as they begin here"))
}

/// The text, if there is anything to read in it.
pub(super) fn readable(text: String) -> Result<String, Problem> {
    let invalid = |why: &str| Err(Problem::invalid([("text".to_owned(), why.to_owned())].into()));
    let invisible = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
    };
    if text.chars().all(invisible) {
        return invalid("Please write something");
    }
    if text.contains('\0') {
        return invalid("This text has characters that can't be kept");
    }
    if text.chars().count() > LONGEST {
        return invalid("Please keep a message below 10,000 characters");
    }
    Ok(text)
}
