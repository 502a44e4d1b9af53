//! An endpoint that speaks as OpenAI's does: `POST …/chat/completions`, with an answer that is held to
//! a schema.

use reqwest::RequestBuilder;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, AskError, Endpoint, Question};

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Usage {
    total_tokens: u64,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

pub(super) fn body(to: &Endpoint, question: &Question<'_>) -> Value {
    json!({
        "model": to.model,
        "messages": [
            { "role": "system", "content": question.instructions },
            { "role": "user", "content": question.data.to_string() },
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": { "name": "answer", "strict": true, "schema": question.schema },
        },
    })
}

pub(super) fn request(to: &Endpoint) -> RequestBuilder {
    let request = to.client.post(format!("{}/chat/completions", to.url));
    match &to.key {
        Some(key) => request.bearer_auth(key.expose_secret()),
        None => request,
    }
}

pub(super) fn answer(bytes: &[u8]) -> Answer {
    let completion: Result<Completion, _> = serde_json::from_slice(bytes);
    let Ok(Completion { choices, usage }) = completion else { return Answer::malformed() };
    Answer { words: words(choices), tokens: usage.map(|usage| usage.total_tokens) }
}

fn words(choices: Vec<Choice>) -> Result<String, AskError> {
    let Choice { message, finish_reason } =
        choices.into_iter().next().ok_or(AskError::Malformed)?;
    if message.refusal.is_some() {
        return Err(AskError::Refused);
    }
    // Others that speak so leave the reason out, or have words of their own for a usual end.
    match finish_reason.as_deref() {
        Some("length") => Err(AskError::BrokenOff),
        Some("content_filter") => Err(AskError::Refused),
        _ => message.content.ok_or(AskError::Malformed),
    }
}
