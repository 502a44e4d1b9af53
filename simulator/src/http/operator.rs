//! What operators and tests ask of the org, outside the API.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json as JsonBody, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::describe::http_date;
use super::{Served, Shared, answer};
use crate::chat::update;
use crate::faults::{FaultKind, FaultPlan};
use crate::ledger::Entry;
use crate::org::{RecordId, Refusal, SchemaChange, read};

#[derive(Deserialize)]
pub(super) struct Since {
    /// The entries after this one.
    #[serde(default)]
    after: u64,
}

/// `{"next": {"drop_after_commit": 1}}`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultsBody {
    next: FaultPlan,
}

/// What is still to come, and how often each fault has struck.
#[derive(Debug, Serialize)]
pub(super) struct FaultsAnswer {
    next: FaultPlan,
    struck: BTreeMap<FaultKind, u64>,
}

impl FaultsAnswer {
    fn of(served: &Served) -> Self {
        Self { next: served.faults.remaining(), struck: served.faults.struck() }
    }
}

/// `{"name": "Refund_Needs_Order", "active": true}`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleSwitch {
    name: String,
    active: bool,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/__org/ledger", get(ledger))
        .route("/__org/records/{object}", get(records))
        .route("/__org/records/{object}/{id}", post(change_record))
        .route("/__org/reset", post(reset))
        .route("/__org/expire-tokens", post(expire_tokens))
        .route("/__org/faults", get(faults).post(plan_faults))
        .route("/__org/held", get(held))
        .route("/__org/release", post(release))
        .route("/__org/schema", post(change_schema))
        .route("/__org/validation-rules", get(rules).post(switch_rule))
}

async fn ledger(State(served): State<Shared>, Query(since): Query<Since>) -> Response {
    let state = served.org.state();
    let entries = state.ledger.entries().iter();
    let entries: Vec<&Entry> = entries.filter(|entry| entry.sequence > since.after).collect();
    answer::json(StatusCode::OK, &entries)
}

/// Every live row of an object, with what is computed, oldest first.
async fn records(
    State(served): State<Shared>,
    Path(object): Path<String>,
) -> Result<Response, Refusal> {
    let schema = served.org.schema();
    let object = schema.object(&object).ok_or_else(Refusal::not_found)?;
    let state = served.org.state();
    let rows: Vec<Map<String, Json>> = state
        .records
        .rows(&object.name)
        .map(|row| {
            let value = |field| read(&state.records, object, field, row).to_json();
            object.fields.iter().map(|field| (field.name.clone(), value(field))).collect()
        })
        .collect();
    Ok(answer::json(StatusCode::OK, &rows))
}

/// Changes a record, as anybody of the org does.
async fn change_record(
    State(served): State<Shared>,
    Path((object, id)): Path<(String, String)>,
    JsonBody(values): JsonBody<Json>,
) -> Result<Response, Refusal> {
    let id = RecordId::parse(&id).map_err(|_| Refusal::not_found())?;
    update(&served.org, &object, &id, &values)?;
    Ok(answer::json(StatusCode::OK, &json!({ "changed": id })))
}

async fn reset(State(served): State<Shared>) -> Result<Response, Refusal> {
    let sequence = served.org.reset()?;
    served.faults.reset();
    served.chat.reset();
    Ok(answer::json(StatusCode::OK, &json!({ "sequence": sequence })))
}

async fn expire_tokens(State(served): State<Shared>) -> Response {
    let expired = served.sessions.expire_all();
    answer::json(StatusCode::OK, &json!({ "expired": expired }))
}

async fn faults(State(served): State<Shared>) -> Response {
    answer::json(StatusCode::OK, &FaultsAnswer::of(&served))
}

async fn plan_faults(
    State(served): State<Shared>,
    JsonBody(body): JsonBody<FaultsBody>,
) -> Response {
    served.faults.plan(body.next);
    answer::json(StatusCode::OK, &FaultsAnswer::of(&served))
}

/// Answers that are held back: how many there are, and how those before ended.
async fn held(State(served): State<Shared>) -> Response {
    answer::json(StatusCode::OK, &served.holds.count())
}

/// Lets the answers go that are held back.
async fn release(State(served): State<Shared>) -> Response {
    served.holds.release();
    held(State(served)).await
}

/// Changes the metadata as an admin does. A restart and a reset return to what the schema says.
async fn change_schema(
    State(served): State<Shared>,
    JsonBody(change): JsonBody<SchemaChange>,
) -> Response {
    match served.org.change_schema(&change) {
        Ok(modified) => answer::json(StatusCode::OK, &json!({ "modified": http_date(modified) })),
        Err(problem) => answer::json(StatusCode::BAD_REQUEST, &json!({ "problem": problem })),
    }
}

/// Each validation rule, and whether rows are held to it.
async fn rules(State(served): State<Shared>) -> Response {
    let state = served.org.state();
    let schema = served.org.schema();
    let rules = schema.rules().validation_rules.iter();
    let rules: Map<String, Json> = rules
        .map(|rule| (rule.name.clone(), Json::Bool(state.active_rules.contains(&rule.name))))
        .collect();
    answer::json(StatusCode::OK, &rules)
}

/// Holds rows to a rule from now on, or no longer. A restart and a reset return to what the schema says.
async fn switch_rule(
    State(served): State<Shared>,
    JsonBody(switch): JsonBody<RuleSwitch>,
) -> Result<Response, Refusal> {
    let schema = served.org.schema();
    let mut known = schema.rules().validation_rules.iter();
    if !known.any(|rule| rule.name == switch.name) {
        return Err(Refusal::not_found());
    }
    {
        let mut state = served.org.state();
        if switch.active {
            state.active_rules.insert(switch.name);
        } else {
            state.active_rules.remove(&switch.name);
        }
    }
    Ok(rules(State(served)).await)
}
