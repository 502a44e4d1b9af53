//! Whether the server lives, and whether it can serve.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use tidegate_store::contract::Settlement;
use uuid::Uuid;

use crate::app::App;

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// The store takes writes, a plan is active, and the server is not ending.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    if *app.ending.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending\n");
    }
    // It changes nothing, but goes the way of every message that is to be acknowledged.
    let nothing = Settlement { key: Uuid::nil(), dead: None };
    if let Err(error) = app.store.settle(nothing).await {
        tracing::error!(%error, "not ready: the store takes no writes");
        return (StatusCode::SERVICE_UNAVAILABLE, "not ready; the log says why\n");
    }
    match app.plans.active().await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready; the log says why\n")
        }
    }
}
