//! An AI behind an endpoint that does as a script says, whichever way it is spoken to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tidegate_server::config::Provider;
use tidegate_server::effects::endpoint::{Endpoint, Protocol};

pub(crate) const KEY: &str = "sk-a-canary-of-a-key";
pub(crate) const BOTH: [Protocol; 2] = [Protocol::OpenAi, Protocol::Anthropic];

/// What the endpoint says that each answer comes to.
pub(crate) const TOKENS: u64 = 500;

/// What the endpoint does next.
#[derive(Clone)]
pub(crate) enum Next {
    /// Says this as the AI's words.
    Says(String),
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
}

/// The endpoint.
#[derive(Clone)]
pub(crate) struct Scripted {
    protocol: Protocol,
    url: String,
    next: Arc<Mutex<VecDeque<Next>>>,
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
    endpoint.asked.lock().unwrap().push(Asked { headers, body, protocol });
    let next = endpoint.next.lock().unwrap().pop_front();
    match next.expect("a further answer") {
        Next::Says(words) => said(protocol, Some(&words), ["stop", "end_turn"]).into_response(),
        Next::BreaksOff(words) => {
            said(protocol, Some(&words), ["length", "max_tokens"]).into_response()
        }
        Next::Refuses => said(protocol, None, ["stop", "refusal"]).into_response(),
        Next::Status(status, after) => {
            let headers: Vec<_> = after.map(|after| ("retry-after", after)).into_iter().collect();
            let mut response = "canary of a body".into_response();
            *response.status_mut() = status.try_into().unwrap();
            for (name, value) in headers {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
        Next::Raw(text) => text.into_response(),
        Next::Hangs => std::future::pending().await,
    }
}

/// An answer with words or a refusal, and why it ends.
fn said(protocol: Protocol, words: Option<&str>, [openai, anthropic]: [&str; 2]) -> String {
    let answer = match protocol {
        Protocol::OpenAi => {
            let refusal = words.is_none().then_some("I can't do that.");
            let message = json!({ "role": "assistant", "content": words, "refusal": refusal });
            json!({ "choices": [{ "message": message, "finish_reason": openai }], "usage": { "prompt_tokens": 400, "completion_tokens": 100, "total_tokens": TOKENS } })
        }
        Protocol::Anthropic => {
            let words = words.map(|words| json!({ "type": "text", "text": words }));
            let content: Vec<Value> = words.into_iter().collect();
            json!({ "type": "message", "role": "assistant", "content": content, "stop_reason": anthropic, "usage": { "input_tokens": 300, "cache_read_input_tokens": 100, "output_tokens": 100 } })
        }
    };
    answer.to_string()
}

impl Scripted {
    pub(crate) async fn start(protocol: Protocol, next: Vec<Next>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let next = Arc::new(Mutex::new(next.into()));
        let endpoint = Self { protocol, url, next, asked: Arc::default() };
        let router = Router::new().route("/v1/{*path}", post(asked)).with_state(endpoint.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        endpoint
    }

    /// The provider that asks it.
    pub(crate) fn provider(&self, key: Option<&str>, timeout: Duration) -> Provider {
        let key = key.map(|key| key.to_owned().into());
        let ai = Endpoint::new(self.protocol, &self.url, "a-model", key, timeout);
        Provider::Endpoint(Arc::new(ai.unwrap()))
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}
