//! `/metrics`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::messenger::problem::Problem;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(super) async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    if let Some(hash) = app.store.active_plan().await? {
        app.metrics.active_plan(&hash);
    }
    app.metrics.files(app.store.file_bytes().await?, app.file_bytes);
    let now = app.clock.now();
    app.metrics.org.take(app.store.backlog().await?, &app.gate.standing(), now);
    let text = app.metrics.text().map_err(|error| {
        tracing::error!(%error, "the metrics can't be written");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the metrics can't be written")
    })?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}
