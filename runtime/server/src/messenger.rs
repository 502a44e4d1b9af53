//! The Messenger API, as `API.md` states it, and the pages.

pub(crate) mod identity;

mod agent;
mod body;
mod events;
mod forms;
mod messages;
mod open;
mod origin;
mod pages;
mod problem;
mod visitor;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};

use crate::app::App;
use crate::health;
use problem::Problem;

/// Bytes at most in a request's body.
const MAX_BODY: usize = 64 << 10;

/// Every public route.
pub(crate) fn router(app: Arc<App>) -> Router {
    let api = Router::new()
        .route("/v1/open", post(open::open))
        .route("/v1/conversations/{id}/events", get(events::events))
        .route("/v1/conversations/{id}/messages", post(messages::message))
        .route("/v1/conversations/{id}/forms", post(forms::form))
        .route("/v1/conversations/{id}/choices", post(forms::choice))
        .route("/v1/conversations/{id}/human", post(messages::human))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), origin::guard));
    Router::new()
        .merge(api)
        .route("/messenger/", get(pages::chat))
        .route("/messenger/{file}", get(pages::file))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(app)
}
