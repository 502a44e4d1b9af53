//! An AI behind an endpoint that does as a script says, whichever way it is spoken to.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tidegate_server::config::Provider;
use tidegate_server::effects::endpoint::{Endpoint, Protocol};
use tokio::sync::Semaphore;

pub(crate) const KEY: &str = "sk-a-canary-of-a-key";
pub(crate) const BOTH: [Protocol; 2] = [Protocol::OpenAi, Protocol::Anthropic];

/// What the endpoint says that each answer comes to.
pub(crate) const TOKENS: u64 = 500;
/// Characters of a part, where an answer is asked for in parts.
const PART: usize = 7;

/// What the endpoint does next.
#[derive(Clone)]
pub(crate) enum Next {
    /// Says this as the AI's words, in parts where it is asked to.
    Says(String),
    /// Says these parts, each when there is a permit for it.
    Grows(Vec<String>, Arc<Semaphore>),
    /// Says these parts, and then the connection ends.
    Breaks(Vec<String>),
    /// Streams these events and nothing else.
    Events(String),
    /// Says this, and that it has come to the end of what it may say.
    BreaksOff(String),
    /// Does not want to answer.
    Refuses,
    /// Answers with a status, and after how many seconds to come back.
    Status(u16, Option<&'static str>),
    /// Answers with something else.
    Raw(String),
    /// Never answers.
    Hangs,
}

pub(crate) fn says(answer: &Value) -> Next {
    Next::Says(answer.to_string())
}

/// A question as it came.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    protocol: Protocol,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn instructions(&self) -> &str {
        let text = match self.protocol {
            Protocol::OpenAi => &self.body["messages"][0]["content"],
            Protocol::Anthropic => &self.body["system"],
        };
        text.as_str().unwrap()
    }

    pub(crate) fn data(&self) -> Value {
        let messages = self.body["messages"].as_array().unwrap();
        serde_json::from_str(messages.last().unwrap()["content"].as_str().unwrap()).unwrap()
    }

    pub(crate) fn schema(&self) -> &Value {
        match self.protocol {
            Protocol::OpenAi => &self.body["response_format"]["json_schema"]["schema"],
            Protocol::Anthropic => &self.body["output_config"]["format"]["schema"],
        }
    }

    pub(crate) fn in_parts(&self) -> bool {
        self.body["stream"] == true
    }
}

/// The endpoint.
#[derive(Clone)]
pub(crate) struct Scripted {
    protocol: Protocol,
    url: String,
    next: Arc<dyn Fn(&Asked) -> Next + Send + Sync>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

async fn asked(
    State(endpoint): State<Scripted>,
    uri: Uri,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let protocol = endpoint.protocol;
    let path = match protocol {
        Protocol::OpenAi => "/v1/chat/completions",
        Protocol::Anthropic => "/v1/messages",
    };
    assert_eq!(uri.path(), path);
    let asked = Asked { headers, body, protocol };
    let next = (endpoint.next)(&asked);
    let in_parts = asked.in_parts();
    endpoint.asked.lock().unwrap().push(asked);
    let said = |words: Option<&str>, end| match in_parts {
        true => stream(parts_of(protocol, words, end), None),
        false => said(protocol, words, end).into_response(),
    };
    match next {
        Next::Says(words) => said(Some(&words), ["stop", "end_turn"]),
        Next::BreaksOff(words) => said(Some(&words), ["length", "max_tokens"]),
        Next::Refuses => said(None, ["stop", "refusal"]),
        Next::Grows(parts, gate) => {
            let mut events: Vec<String> = parts.iter().map(|part| grown(protocol, part)).collect();
            events.extend(ending(protocol, ["stop", "end_turn"]));
            stream(events, Some(gate))
        }
        Next::Breaks(parts) => {
            stream(parts.iter().map(|part| grown(protocol, part)).collect(), None)
        }
        Next::Status(status, after) => {
            let mut response = "canary of a body".into_response();
            *response.status_mut() = status.try_into().unwrap();
            if let Some(after) = after {
                response.headers_mut().insert("retry-after", after.parse().unwrap());
            }
            response
        }
        Next::Raw(text) => text.into_response(),
        Next::Events(text) => ([("content-type", "text/event-stream")], text).into_response(),
        Next::Hangs => std::future::pending().await,
    }
}

/// An answer with words or a refusal, and why it ends.
fn said(protocol: Protocol, words: Option<&str>, [openai, anthropic]: [&str; 2]) -> String {
    let answer = match protocol {
        Protocol::OpenAi => {
            let refusal = words.is_none().then_some("I can't do that.");
            let message = json!({ "role": "assistant", "content": words, "refusal": refusal });
            let choices = json!([{ "message": message, "finish_reason": openai }]);
            json!({ "choices": choices, "usage": { "total_tokens": TOKENS } })
        }
        Protocol::Anthropic => {
            let words = words.map(|words| json!({ "type": "text", "text": words }));
            let content: Vec<Value> = words.into_iter().collect();
            let usage = json!({ "input_tokens": 300, "cache_read_input_tokens": 100, "output_tokens": 100 });
            json!({ "type": "message", "content": content, "stop_reason": anthropic, "usage": usage })
        }
    };
    answer.to_string()
}

/// The same in parts.
fn parts_of(protocol: Protocol, words: Option<&str>, end: [&str; 2]) -> Vec<String> {
    let letters: Vec<char> = words.unwrap_or_default().chars().collect();
    let mut events: Vec<String> = letters
        .chunks(PART)
        .map(|part| grown(protocol, &part.iter().collect::<String>()))
        .collect();
    if words.is_none() && protocol == Protocol::OpenAi {
        let refused = json!({ "choices": [{ "delta": { "refusal": "I can't do that." } }] });
        events.push(event(protocol, &refused));
    }
    events.extend(ending(protocol, end));
    events
}

fn event(protocol: Protocol, data: &Value) -> String {
    match protocol {
        Protocol::OpenAi => format!("data: {data}\n\n"),
        Protocol::Anthropic => {
            format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap())
        }
    }
}

fn grown(protocol: Protocol, part: &str) -> String {
    let data = match protocol {
        Protocol::OpenAi => {
            json!({ "choices": [{ "delta": { "content": part }, "finish_reason": null }] })
        }
        Protocol::Anthropic => {
            let delta = json!({ "type": "text_delta", "text": part });
            json!({ "type": "content_block_delta", "index": 0, "delta": delta })
        }
    };
    event(protocol, &data)
}

fn ending(protocol: Protocol, [openai, anthropic]: [&str; 2]) -> Vec<String> {
    match protocol {
        Protocol::OpenAi => {
            let end = json!({ "choices": [{ "delta": {}, "finish_reason": openai }] });
            let usage = json!({ "choices": [], "usage": { "total_tokens": TOKENS } });
            let done = "data: [DONE]\n\n".to_owned();
            vec![event(protocol, &end), event(protocol, &usage), done]
        }
        Protocol::Anthropic => {
            let delta = json!({ "stop_reason": anthropic, "stop_sequence": null });
            let usage = json!({ "output_tokens": 100 });
            let end = json!({ "type": "message_delta", "delta": delta, "usage": usage });
            let stop = json!({ "type": "message_stop" });
            vec![event(protocol, &end), event(protocol, &stop)]
        }
    }
}

/// What stands before the words.
fn beginning(protocol: Protocol) -> Vec<String> {
    match protocol {
        Protocol::OpenAi => {
            let data = json!({ "choices": [{ "delta": { "role": "assistant", "content": "" } }] });
            vec![event(protocol, &data)]
        }
        Protocol::Anthropic => {
            let usage =
                json!({ "input_tokens": 300, "cache_read_input_tokens": 100, "output_tokens": 1 });
            let start = json!({ "type": "message_start", "message": { "usage": usage } });
            let block = json!({ "type": "text", "text": "" });
            let block =
                json!({ "type": "content_block_start", "index": 0, "content_block": block });
            let ping = json!({ "type": "ping" });
            vec![event(protocol, &start), event(protocol, &block), event(protocol, &ping)]
        }
    }
}

fn stream(events: Vec<String>, gate: Option<Arc<Semaphore>>) -> Response {
    let protocol = match events.first().is_some_and(|event| event.starts_with("event:")) {
        true => Protocol::Anthropic,
        false => Protocol::OpenAi,
    };
    let all: VecDeque<String> = beginning(protocol).into_iter().chain(events).collect();
    let free = beginning(protocol).len();
    let parts = futures::stream::unfold((all, free, gate), |(mut all, free, gate)| async move {
        let next = all.pop_front()?;
        if let Some(gate) = gate.as_ref().filter(|_| free == 0) {
            gate.acquire().await.unwrap().forget();
        }
        Some((Ok::<_, Infallible>(next), (all, free.saturating_sub(1), gate)))
    });
    ([("content-type", "text/event-stream; charset=utf-8")], Body::from_stream(parts))
        .into_response()
}

impl Scripted {
    /// One that does these things, one for each question.
    pub(crate) async fn start(protocol: Protocol, next: Vec<Next>) -> Self {
        let next = Mutex::new(VecDeque::from(next));
        let one = move |_: &Asked| next.lock().unwrap().pop_front().expect("a further answer");
        Self::answering(protocol, one).await
    }

    /// One that answers as it likes.
    pub(crate) async fn answering(
        protocol: Protocol,
        next: impl Fn(&Asked) -> Next + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let endpoint = Self { protocol, url, next: Arc::new(next), asked: Arc::default() };
        let router = Router::new().route("/v1/{*path}", post(asked)).with_state(endpoint.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        endpoint
    }

    /// The AI that asks it.
    pub(crate) fn ai(&self, key: Option<&str>, timeout: Duration) -> Endpoint {
        let key = key.map(|key| key.to_owned().into());
        Endpoint::new(self.protocol, &self.url, "a-model", key, timeout).unwrap()
    }

    /// The provider that asks it.
    pub(crate) fn provider(&self, key: Option<&str>, timeout: Duration) -> Provider {
        Provider::Endpoint(Arc::new(self.ai(key, timeout)))
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}
