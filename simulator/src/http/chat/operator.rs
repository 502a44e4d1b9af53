//! What operators and tests ask of the live chat, outside its API.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, get, post};
use axum::{Json as JsonBody, Router};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::{Shared, answered, at_desk};
use crate::chat::deployment::Deployment;
use crate::chat::metadata::Files;
use crate::chat::problem::Problem;
use crate::chat::script::Staffing;
use crate::chat::stream::Break;
use crate::chat::switches::Switches;
use crate::faults::FaultPlan;
use crate::http::answer;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StreamsBody {
    #[serde(rename = "break")]
    how: Break,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultsBody {
    next: FaultPlan,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MetadataBody {
    files: Files,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockBody {
    #[serde(default)]
    still: Option<bool>,
    #[serde(default)]
    advance_ms: u32,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/__org/clock", get(clock).post(move_clock))
        .route("/__org/chat/switches", get(switches).post(switch))
        .route("/__org/chat/deployments", get(deployments).post(deploy))
        .route("/__org/chat/deployments/{name}", delete(remove))
        .route("/__org/chat/metadata", post(deploy_metadata))
        .route("/__org/chat/agents", get(agents).post(staff))
        .route("/__org/chat/conversations", get(conversations))
        .route("/__org/chat/conversations/{id}", get(conversation))
        .route("/__org/chat/conversations/{id}/{act}", post(act))
        .route("/__org/chat/streams", get(streams).post(break_streams))
        .route("/__org/chat/expire-tokens", post(expire_tokens))
        .route("/__org/chat/faults", get(faults).post(plan_faults))
}

fn told(value: &impl Serialize) -> Response {
    answer::json(StatusCode::OK, value)
}

async fn clock(State(served): State<Shared>) -> Response {
    let clock = &served.chat.clock;
    told(&json!({ "now": clock.now().to_string(), "still": clock.stands() }))
}

/// Holds the clock still or lets it run, and moves it forward; what becomes due is done before the answer.
async fn move_clock(State(served): State<Shared>, JsonBody(body): JsonBody<ClockBody>) -> Response {
    if let Some(still) = body.still {
        served.chat.clock.stand(still);
    }
    let mover = Shared::clone(&served);
    let by = SignedDuration::from_millis(i64::from(body.advance_ms));
    let moved =
        tokio::task::spawn_blocking(move || mover.chat.advance(&mover.org, &mover.url, by)).await;
    if let Err(problem) = moved {
        tracing::error!(%problem, "the clock was not moved to the end");
    }
    clock(State(served)).await
}

async fn switches(State(served): State<Shared>) -> Response {
    told(&served.chat.look(|state| state.switches.clone()))
}

/// Changes the switches that are named.
async fn switch(
    State(served): State<Shared>,
    JsonBody(change): JsonBody<Map<String, Json>>,
) -> Response {
    let changed = at_desk(&served, move |desk| {
        let now = serde_json::to_value(&desk.state.switches).unwrap_or_default();
        let merged = merged(now, Json::Object(change));
        let switches: Switches =
            serde_json::from_value(merged).map_err(|problem| Problem::bad(problem.to_string()))?;
        desk.state.switches = switches;
        Ok((200, serde_json::to_value(&desk.state.switches).ok()))
    });
    answered(&served, changed.await)
}

fn merged(mut now: Json, change: Json) -> Json {
    match (&mut now, change) {
        (Json::Object(now), Json::Object(change)) => {
            for (key, value) in change {
                let before = now.remove(&key).unwrap_or_default();
                now.insert(key, merged(before, value));
            }
        }
        (now, change) => *now = change,
    }
    now
}

async fn deployments(State(served): State<Shared>) -> Response {
    told(&served.chat.look(|state| state.deployments.clone()))
}

/// Adds a deployment, or replaces the one of its name.
async fn deploy(
    State(served): State<Shared>,
    JsonBody(deployment): JsonBody<Deployment>,
) -> Response {
    let done = at_desk(&served, move |desk| {
        desk.state.deployments.retain(|known| known.name != deployment.name);
        desk.state.deployments.push(deployment);
        Ok(())
    });
    match done.await {
        Ok(()) => deployments(State(served)).await,
        Err(problem) => answered(&served, Err(problem)),
    }
}

/// Deploys an admin's metadata: the files of a folder, all or none.
async fn deploy_metadata(
    State(served): State<Shared>,
    JsonBody(body): JsonBody<MetadataBody>,
) -> Response {
    match at_desk(&served, move |desk| Ok(desk.deploy(&body.files))).await {
        Ok(Ok(deployed)) => told(&deployed),
        Ok(Err(problems)) => {
            answer::json(StatusCode::BAD_REQUEST, &json!({ "problems": problems }))
        }
        Err(problem) => answered(&served, Err(problem)),
    }
}

async fn remove(State(served): State<Shared>, Path(name): Path<String>) -> Response {
    let done = at_desk(&served, move |desk| {
        let before = desk.state.deployments.len();
        desk.state.deployments.retain(|known| known.name != name);
        match desk.state.deployments.len() < before {
            true => Ok((204, None)),
            false => Err(Problem::not_found("The deployment")),
        }
    });
    answered(&served, done.await)
}

async fn agents(State(served): State<Shared>) -> Response {
    told(&served.chat.look(|state| state.staffing.clone()))
}

/// Says who serves which sessions, and how.
async fn staff(State(served): State<Shared>, JsonBody(staffing): JsonBody<Staffing>) -> Response {
    match at_desk(&served, move |desk| desk.staff(staffing)).await {
        Ok(()) => agents(State(served)).await,
        Err(problem) => answered(&served, Err(problem)),
    }
}

async fn conversations(State(served): State<Shared>) -> Response {
    told(&served.chat.look(crate::chat::view::all))
}

async fn conversation(State(served): State<Shared>, Path(id): Path<String>) -> Response {
    let seen = served.chat.look(|state| state.conversations.get(&id).map(crate::chat::view::one));
    let seen = seen.ok_or_else(|| Problem::not_found("The conversation"));
    answered(&served, seen.map(|seen| (200, Some(seen))))
}

/// Does what an agent does: `POST …/conversations/ID/say` with `{"text": "Hello"}`.
async fn act(
    State(served): State<Shared>,
    Path((id, name)): Path<(String, String)>,
    body: Option<JsonBody<Map<String, Json>>>,
) -> Response {
    let mut fields = body.map(|JsonBody(body)| body).unwrap_or_default();
    fields.insert("do".to_owned(), json!(name));
    let done = at_desk(&served, move |desk| {
        desk.conversation(&id)?;
        let act = serde_json::from_value(Json::Object(fields))
            .map_err(|problem| Problem::bad(problem.to_string()))?;
        desk.act(&id, act)?;
        Ok((200, Some(crate::chat::view::one(desk.conversation(&id)?))))
    });
    answered(&served, done.await)
}

/// How many streams each subject has open.
async fn streams(State(served): State<Shared>) -> Response {
    told(&served.chat.look(|state| state.streams.open().clone()))
}

async fn break_streams(
    State(served): State<Shared>,
    JsonBody(body): JsonBody<StreamsBody>,
) -> Response {
    let broken = at_desk(&served, move |desk| {
        Ok((200, Some(json!({ "broken": desk.state.streams.break_all(body.how) }))))
    });
    answered(&served, broken.await)
}

async fn expire_tokens(State(served): State<Shared>) -> Response {
    told(&json!({ "expired": served.chat.expire_tokens() }))
}

async fn faults(State(served): State<Shared>) -> Response {
    let faults = &served.chat.faults;
    told(&json!({ "next": faults.remaining(), "struck": faults.struck() }))
}

async fn plan_faults(
    State(served): State<Shared>,
    JsonBody(body): JsonBody<FaultsBody>,
) -> Response {
    served.chat.faults.plan(body.next);
    faults(State(served)).await
}
