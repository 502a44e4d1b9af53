//! Forms and buttons.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_engine::event::Event;
use uuid::Uuid;

use super::body::{Body, distinct};
use super::files;
use super::messages::{Taken, receive};
use super::problem::Problem;
use super::visitor::Own;
use crate::app::App;
use crate::conversation::Arrival;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormRequest {
    id: Uuid,
    pub(super) wait: u64,
    #[serde(deserialize_with = "distinct")]
    pub(super) values: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChoiceRequest {
    id: Uuid,
    pub(super) wait: u64,
    pub(super) choice: u32,
}

pub(super) async fn form(
    State(app): State<Arc<App>>,
    own: Own,
    Body { value: request, hash }: Body<FormRequest>,
) -> Result<Json<Taken>, Problem> {
    let inbound = own.inbound(request.id, hash);
    let named = request.values.values().any(|text| Uuid::parse_str(text.trim()).is_ok());
    let uploads = if named { files::uploads(&app, own.id).await? } else { Vec::new() };
    let arrival = Arrival::Form { wait: request.wait, texts: request.values, uploads };
    receive(app, arrival, inbound).await
}

pub(super) async fn choice(
    State(app): State<Arc<App>>,
    own: Own,
    Body { value: request, hash }: Body<ChoiceRequest>,
) -> Result<Json<Taken>, Problem> {
    let inbound = own.inbound(request.id, hash);
    let event = Event::ChoiceMade { wait: request.wait, choice: request.choice };
    receive(app, Arrival::Event(event), inbound).await
}
