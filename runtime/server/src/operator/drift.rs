//! Whether the org still is what the plan relies on, over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;

use crate::app::App;
use crate::drift::{DriftFinding, DriftReport};

#[derive(Debug, Serialize)]
pub(super) struct Told {
    /// When the org was last asked to the end; none before the first time.
    looked: Option<Timestamp>,
    /// Why it could not be asked since then.
    unasked: Option<&'static str>,
    findings: Vec<DriftFinding>,
}

pub(super) async fn drift(State(app): State<Arc<App>>) -> Json<Told> {
    let DriftReport { findings, looked, unasked } = app.drift.report();
    Json(Told { looked, unasked, findings: findings.to_vec() })
}
