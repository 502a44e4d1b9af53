//! Whether the server lives, and whether it can serve.

use std::borrow::Cow;
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
pub(crate) async fn ready(State(app): State<Arc<App>>) -> (StatusCode, Cow<'static, str>) {
    if *app.ending.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending\n".into());
    }
    // It changes nothing, but goes the way of every message that is to be acknowledged.
    let nothing = Settlement { key: Uuid::nil(), dead: None };
    if let Err(error) = app.store.settle(nothing).await {
        tracing::error!(%error, "not ready: the store takes no writes");
        return (StatusCode::SERVICE_UNAVAILABLE, "not ready; the log says why\n".into());
    }
    match app.plans.active().await {
        Ok(_) => (StatusCode::OK, served(app.drift.findings().len())),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready; the log says why\n".into())
        }
    }
}

/// A server on a changed org serves all the same; what it is to be told is in the log.
fn served(drift: usize) -> Cow<'static, str> {
    match drift {
        0 => "ready\n".into(),
        1 => "ready, degraded: the org has changed in 1 thing that the plan relies on; the log says which\n".into(),
        many => format!("ready, degraded: the org has changed in {many} things that the plan relies on; the log says which\n").into(),
    }
}
