//! What an agent does by a form of the page.

use axum::Form;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::{Served, Shared, agents, queues};
use crate::chat::Upload;
use crate::chat::act::Act;
use crate::chat::problem::Problem;
use crate::http::chat::{at_desk, parts};
use crate::http::console::html::Html;

/// The fields of all forms; each has some of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::http::console) struct Filled {
    text: String,
    options: String,
    agent: String,
    queue: String,
}

/// Does what a form says, and shows the conversation again.
pub(in crate::http::console) async fn act(
    State(served): State<Shared>,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
    Form(filled): Form<Filled>,
) -> Response {
    if !is_own(&headers) {
        return stranger();
    }
    let Some(act) = act_of(&name, filled) else {
        return (StatusCode::NOT_FOUND, "no such act").into_response();
    };
    let conversation = id.clone();
    back(&id, at_desk(&served, move |desk| desk.act(&conversation, act)).await)
}

/// Sends the file of a form.
pub(in crate::http::console) async fn send_file(
    State(served): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_own(&headers) {
        return stranger();
    }
    let conversation = id.clone();
    let sent = at_desk(&served, move |desk| {
        let file = parts(&headers, &body)?.into_iter().find(|part| part.name == "file");
        let file = file.filter(|part| part.file_name.as_deref().is_some_and(|it| !it.is_empty()));
        let file = file.ok_or_else(|| Problem::bad("no file was chosen"))?;
        let upload = Upload {
            name: file.file_name.unwrap_or_default(),
            mime: file.mime.unwrap_or_else(|| "application/octet-stream".to_owned()),
            bytes: file.bytes,
        };
        desk.send_agents_file(&conversation, upload)
    });
    back(&id, sent.await)
}

/// Forms of other sites may not act here: they name themselves as their origin.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(ORIGIN) else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == text(HOST)
}

fn stranger() -> Response {
    (StatusCode::FORBIDDEN, "this form is of another site").into_response()
}

fn back(id: &str, done: Result<(), Problem>) -> Response {
    let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
    let to = match done {
        Ok(()) => format!("/chats/{id}"),
        Err(problem) => {
            let problem = utf8_percent_encode(&problem.message, NON_ALPHANUMERIC);
            format!("/chats/{id}?problem={problem}")
        }
    };
    Redirect::to(&to).into_response()
}

fn act_of(name: &str, filled: Filled) -> Option<Act> {
    let Filled { text, options, agent, queue } = filled;
    let given = |text: String| (!text.is_empty()).then_some(text);
    Some(match name {
        "accept" => Act::Accept { agent: given(agent) },
        "decline" => Act::Decline { agent: given(agent) },
        "say" => Act::Say { text, from: None },
        "choices" => Act::Choices {
            text,
            options: options.lines().filter_map(|line| given(line.trim().to_owned())).collect(),
            format: crate::chat::ChoicesFormat::default(),
        },
        "transfer-to-queue" => Act::Transfer { queue: given(queue), agent: None, failure: None },
        "transfer-to-agent" => Act::Transfer { queue: None, agent: given(agent), failure: None },
        "end" => Act::End {},
        _ => return None,
    })
}

pub(super) fn write_forms(served: &Served, id: &str, html: &mut Html) {
    let (agents, queues) = (agents(served), queues(served));
    form(html, id, "accept", |html| {
        select(html, "agent", "Agent", &agents);
        html.raw("<button>Accept</button> <button formaction=\"/chats/");
        html.text(id);
        html.raw("/decline\">Decline</button>");
    });
    form(html, id, "say", |html| {
        html.raw("<label>Message <textarea name=\"text\" rows=\"3\" required></textarea></label>");
        html.raw("<button>Send</button>");
    });
    form(html, id, "choices", |html| {
        html.raw("<label>Question <input name=\"text\" required></label>");
        html.raw("<label>Choices, one a line <textarea name=\"options\" rows=\"3\" required>");
        html.raw("</textarea></label><button>Offer</button>");
    });
    html.raw("<form method=\"post\" enctype=\"multipart/form-data\" action=\"/chats/");
    html.text(id);
    html.raw("/file\"><label>File <input type=\"file\" name=\"file\" required></label>");
    html.raw("<button>Send file</button></form>");
    form(html, id, "transfer-to-queue", |html| {
        select(html, "queue", "Queue", &queues);
        html.raw("<button>Transfer</button>");
    });
    form(html, id, "transfer-to-agent", |html| {
        select(html, "agent", "Agent", &agents);
        html.raw("<button>Hand over</button>");
    });
    form(html, id, "end", |html| html.raw("<button>End the session</button>"));
}

fn form(html: &mut Html, id: &str, act: &str, fields: impl FnOnce(&mut Html)) {
    html.raw("<form method=\"post\" action=\"/chats/");
    html.text(id);
    html.raw(&format!("/{act}\">"));
    fields(html);
    html.raw("</form>");
}

fn select(html: &mut Html, name: &str, label: &str, values: &[String]) {
    html.raw(&format!("<label>{label} <select name=\"{name}\">"));
    for value in values {
        html.raw("<option>");
        html.text(value);
        html.raw("</option>");
    }
    html.raw("</select></label>");
}
