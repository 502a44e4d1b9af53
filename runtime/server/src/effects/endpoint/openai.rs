//! An endpoint that speaks as OpenAI's does: `POST …/chat/completions`, with an answer that is held to
//! a schema.

use reqwest::RequestBuilder;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::stream::Heard;
use super::{Answer, AskError, Endpoint, Question, if_it_is};

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    #[serde(default, deserialize_with = "if_it_is")]
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

/// A part of an answer.
#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<ChunkChoice>,
    #[serde(default, deserialize_with = "if_it_is")]
    usage: Option<Usage>,
    #[serde(default)]
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct ChunkChoice {
    #[serde(default)]
    delta: Delta,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize, Default)]
struct Delta {
    #[serde(default)]
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
    // Others that speak so leave the reason out.
    end(finish_reason.as_deref().unwrap_or("stop"))?;
    message.content.ok_or(AskError::Malformed)
}

/// What the reason of an end says; others that speak so have words of their own for a usual one.
fn end(reason: &str) -> Result<(), AskError> {
    match reason {
        "length" => Err(AskError::BrokenOff),
        "content_filter" => Err(AskError::Refused),
        _ => Ok(()),
    }
}

/// Asks for an answer in parts.
pub(super) fn in_parts(body: &mut Value) {
    body["stream"] = true.into();
    body["stream_options"] = json!({ "include_usage": true });
}

pub(super) fn part(data: &str, heard: &mut Heard) -> Result<(), AskError> {
    if data == "[DONE]" {
        heard.done = true;
        // Who says no reason has said everything.
        heard.end.get_or_insert(Ok(()));
        return Ok(());
    }
    let chunk: Chunk = serde_json::from_str(data).map_err(|_| AskError::Malformed)?;
    if chunk.error.is_some() {
        return Err(AskError::Failing);
    }
    if let Some(usage) = chunk.usage {
        heard.tokens = Some(usage.total_tokens);
    }
    let Some(ChunkChoice { delta, finish_reason }) = chunk.choices.into_iter().next() else {
        return Ok(());
    };
    if delta.refusal.is_some_and(|refusal| !refusal.is_empty()) {
        heard.end = Some(Err(AskError::Refused));
    }
    heard.words.push_str(&delta.content.unwrap_or_default());
    if let Some(reason) = finish_reason {
        heard.end.get_or_insert(end(&reason));
    }
    Ok(())
}
