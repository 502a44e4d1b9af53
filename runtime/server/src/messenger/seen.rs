//! The customer has seen what agents said: they are told, and it is kept nowhere.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::body::Body;
use super::problem::Problem;
use super::visitor::Own;
use crate::app::App;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenRequest {
    through: u64,
}

/// Answered at once, whether or not agents get to know it.
pub(super) async fn seen(
    State(app): State<Arc<App>>,
    own: Own,
    Body { value: request, hash: _ }: Body<SeenRequest>,
) -> Result<StatusCode, Problem> {
    app.chats.receipts.seen(own.id, request.through);
    Ok(StatusCode::NO_CONTENT)
}
