//! Chats, for whoever plays the agent: who waits, with what was routed, and one conversation to talk in.

mod acting;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value as Json;

pub(super) use self::acting::{act, send_file};
use super::html::Html;
use super::{MOST_SHOWN, Served, Shared, View, frame};
use crate::chat::{takes_sessions, view};
use crate::org::{Records, Row, Value, read};

const SECONDS_BETWEEN_LOOKS: u32 = 2;
/// Entries that are the machinery's own business.
const QUIET: [&str; 2] = ["RoutingWorkResult", "ParticipantChanged"];

/// What a page of one conversation was asked with.
#[derive(Deserialize)]
pub(super) struct Told {
    problem: Option<String>,
}

/// Everybody who chats or has chatted, newest first.
pub(super) fn write(served: &Served, html: &mut Html) {
    let all = served.chat.look(view::all);
    html.raw("<h1>Chats</h1>");
    if all.is_empty() {
        html.element(
            "p",
            "empty",
            "Nobody has chatted yet. The first one shows up here by itself.",
        );
    }
    for conversation in all.iter().rev().take(MOST_SHOWN) {
        html.raw("<article><div class=\"headline\">");
        html.element("span", "number", text(&conversation["deployment"]));
        html.raw("<h2 class=\"subject\"><a href=\"/chats/");
        html.text(text(&conversation["id"]));
        html.raw("\">");
        html.text(text(&conversation["customer"]));
        html.raw("</a></h2>");
        html.element("span", "badge", state_of(conversation));
        html.raw("</div>");
        write_routed(conversation, html);
        html.raw("</article>");
    }
}

/// One conversation, with what can be done in it.
pub(super) async fn one(
    State(served): State<Shared>,
    Path(id): Path<String>,
    Query(told): Query<Told>,
) -> Response {
    let seen = served.chat.look(|state| state.conversations.get(&id).map(view::one));
    let Some(seen) = seen else { return missing() };
    let view = View { refresh: Some("off".to_owned()) };
    super::page(&served, super::Page::Chats, &view, |served, html| {
        html.raw("<h1>");
        html.text(text(&seen["customer"]));
        html.raw("</h1>");
        if let Some(problem) = &told.problem {
            html.element("p", "error", problem);
        }
        html.raw("<div class=\"chat\"><iframe title=\"Conversation\" src=\"/chats/");
        html.text(&id);
        html.raw("/transcript\"></iframe><div>");
        acting::write_forms(served, &id, html);
        html.raw("</div></div><article>");
        write_routed(&seen, html);
        write_flow(&seen["session"]["flow"], html);
        html.raw("</article>");
    })
}

/// What was said, looked at again and again.
pub(super) async fn transcript(State(served): State<Shared>, Path(id): Path<String>) -> Response {
    let seen = served.chat.look(|state| state.conversations.get(&id).map(view::one));
    let Some(seen) = seen else { return missing() };
    frame(SECONDS_BETWEEN_LOOKS, |html| {
        html.raw("<p class=\"headline\">");
        html.element("span", "badge", state_of(&seen));
        let serving = seen["session"]["serving"].as_array().into_iter().flatten();
        let serving: Vec<&str> = serving.map(text).collect();
        html.element("span", "number", &serving.join(", "));
        html.raw("</p><ol class=\"said\">");
        // Newest first, so that a page that is looked at again needs no scrolling.
        let entries = seen["entries"].as_array().into_iter().flatten().rev();
        for entry in entries.filter(|entry| !QUIET.contains(&text(&entry["type"]))) {
            let class = match (text(&entry["type"]), text(&entry["role"])) {
                ("Message", "EndUser") => "customer",
                ("Message", _) => "ours",
                _ => "machinery",
            };
            html.raw(&format!("<li class=\"{class}\">"));
            html.element("span", "number", text(&entry["from"]));
            html.element("span", "text", text(&entry["text"]));
            html.raw("</li>");
        }
        html.raw("</ol>");
    })
}

fn state_of(conversation: &Json) -> &str {
    if conversation["closed"] == true {
        return "Closed";
    }
    conversation["session"]["status"].as_str().unwrap_or("No session")
}

fn write_routed(conversation: &Json, html: &mut Html) {
    let session = &conversation["session"];
    html.raw("<dl class=\"values\">");
    for (label, value) in [
        ("Queue", &session["queue"]),
        ("Language", &conversation["language"]),
        ("Session", &session["id"]),
        ("Conversation", &conversation["id"]),
        ("Problem", &session["problem"]),
    ] {
        if !text(value).is_empty() {
            html.pair(label, "", text(value));
        }
    }
    for (hint, values) in [
        ("standard parameter", &session["standard_parameters"]),
        ("custom parameter", &session["parameters"]),
    ] {
        for (name, value) in values.as_object().into_iter().flatten() {
            html.pair(name, hint, text(value));
        }
    }
    for (name, values) in [("Dropped", &session["dropped"]), ("Lost", &session["lost"])] {
        let values: Vec<&str> = values.as_array().into_iter().flatten().map(text).collect();
        if !values.is_empty() {
            html.pair(name, "attributes that did not arrive", &values.join(", "));
        }
    }
    html.raw("</dl>");
}

fn write_flow(flow: &Json, html: &mut Html) {
    let steps = flow["steps"].as_array().into_iter().flatten();
    let steps: Vec<&str> = steps.map(text).collect();
    if !steps.is_empty() {
        html.raw("<dl class=\"values\">");
        html.pair("Flow", "the steps that it took", &steps.join("\n"));
        html.raw("</dl>");
    }
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "no such conversation").into_response()
}

/// Names to choose from: live rows of an object that fit.
fn names(
    served: &Served,
    object: &str,
    field: &str,
    fits: impl Fn(&Records, &Row) -> bool,
) -> Vec<String> {
    let schema = served.org.schema();
    let Some((object, field)) =
        schema.object(object).and_then(|object| Some((object, object.field(field)?)))
    else {
        return Vec::new();
    };
    let state = served.org.state();
    let rows = state.records.rows(&object.name).filter(|row| fits(&state.records, row));
    rows.map(|row| read(&state.records, object, field, row).shown()).collect()
}

/// Users who can take chats.
fn agents(served: &Served) -> Vec<String> {
    names(served, "User", "Name", |_, row| {
        *row.get("IsActive") == Value::Flag(true)
            && row.get("UserType").as_text() == Some("Standard")
    })
}

/// Queues that sessions can be handed to.
fn queues(served: &Served) -> Vec<String> {
    names(served, "Group", "DeveloperName", |records, row| takes_sessions(records, &row.id))
}
