//! The customer types: agents are shown it, and it is kept nowhere.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use tidegate_engine::state::Position;

use super::body::Body;
use super::problem::Problem;
use super::visitor::Own;
use crate::app::App;
use crate::chats;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypingRequest {
    typing: bool,
}

/// Answered at once, whether or not agents get to see it.
pub(super) async fn typing(
    State(app): State<Arc<App>>,
    own: Own,
    Body { value: request, hash: _ }: Body<TypingRequest>,
) -> Result<StatusCode, Problem> {
    let stored = app.store.load(own.id).await?.ok_or_else(Problem::not_found)?;
    if let Position::HandedOff { key, accepted: true, .. } = stored.conversation.position {
        tokio::spawn(async move { chats::typing(&app, key, request.typing).await });
    }
    Ok(StatusCode::NO_CONTENT)
}
