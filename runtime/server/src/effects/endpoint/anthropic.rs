//! An endpoint that speaks as Anthropic's does: `POST …/messages`, with an answer that is held to a
//! schema.

use reqwest::RequestBuilder;
use reqwest::header::HeaderValue;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, AskError, Endpoint, Question};

/// The version of the interface that is spoken.
const VERSION: &str = "2023-06-01";

#[derive(Deserialize)]
struct Message {
    content: Vec<Block>,
    stop_reason: Option<String>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Usage {
    input_tokens: u64,
    #[serde(default)]
    cache_creation_input_tokens: Option<u64>,
    #[serde(default)]
    cache_read_input_tokens: Option<u64>,
    output_tokens: u64,
}

impl Usage {
    fn tokens(&self) -> u64 {
        let cached = [self.cache_creation_input_tokens, self.cache_read_input_tokens];
        let all = cached.into_iter().flatten().chain([self.input_tokens, self.output_tokens]);
        all.fold(0, u64::saturating_add)
    }
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: String,
    },
    /// What it thinks, and whatever else there may be one day: nobody was to be told that.
    #[serde(other)]
    Else,
}

pub(super) fn body(to: &Endpoint, question: &Question<'_>) -> Value {
    json!({
        "model": to.model,
        "max_tokens": question.most_tokens,
        "system": question.instructions,
        "messages": [{ "role": "user", "content": question.data.to_string() }],
        "output_config": { "format": { "type": "json_schema", "schema": question.schema } },
    })
}

pub(super) fn request(to: &Endpoint) -> RequestBuilder {
    let request = to.client.post(format!("{}/messages", to.url));
    let request = request.header("anthropic-version", VERSION);
    let Some(key) = &to.key else { return request };
    // What no header can have is no key either: the endpoint says so.
    match HeaderValue::from_str(key.expose_secret()) {
        Ok(mut key) => {
            key.set_sensitive(true);
            request.header("x-api-key", key)
        }
        Err(_) => request,
    }
}

pub(super) fn answer(bytes: &[u8]) -> Answer {
    let message: Result<Message, _> = serde_json::from_slice(bytes);
    let Ok(message) = message else { return Answer::malformed() };
    let tokens = message.usage.as_ref().map(Usage::tokens);
    Answer { words: words(message), tokens }
}

fn words(message: Message) -> Result<String, AskError> {
    match message.stop_reason.as_deref() {
        Some("end_turn" | "stop_sequence") => {}
        Some("max_tokens" | "model_context_window_exceeded") => return Err(AskError::BrokenOff),
        Some("refusal") => return Err(AskError::Refused),
        _ => return Err(AskError::Malformed),
    }
    let words = message.content.into_iter().filter_map(|block| match block {
        Block::Text { text } => Some(text),
        Block::Else => None,
    });
    let words: String = words.collect();
    if words.is_empty() { Err(AskError::Malformed) } else { Ok(words) }
}
