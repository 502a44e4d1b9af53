//! An endpoint that speaks as Anthropic's does: `POST …/messages`, with an answer that is held to a
//! schema.

use reqwest::RequestBuilder;
use reqwest::header::HeaderValue;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::json;

use super::{AskError, Endpoint, Question};

/// The version of the interface that is spoken.
const VERSION: &str = "2023-06-01";

#[derive(Deserialize)]
struct Message {
    content: Vec<Block>,
    stop_reason: Option<String>,
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

pub(super) fn request(to: &Endpoint, question: &Question<'_>) -> RequestBuilder {
    let body = json!({
        "model": to.model,
        "max_tokens": question.most_tokens,
        "system": question.instructions,
        "messages": [{ "role": "user", "content": question.data.to_string() }],
        "output_config": { "format": { "type": "json_schema", "schema": question.schema } },
    });
    let request = to.client.post(format!("{}/messages", to.url)).json(&body);
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

/// What it says.
pub(super) fn words(bytes: &[u8]) -> Result<String, AskError> {
    let message: Message = serde_json::from_slice(bytes).map_err(|_| AskError::Malformed)?;
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
