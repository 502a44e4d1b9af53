//! An endpoint that speaks as Anthropic's does: `POST …/messages`, with an answer that is held to a
//! schema.

use reqwest::RequestBuilder;
use reqwest::header::HeaderValue;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::stream::Heard;
use super::{Answer, AskError, Endpoint, Question, if_it_is};

/// The version of the interface that is spoken.
const VERSION: &str = "2023-06-01";

#[derive(Deserialize)]
struct Message {
    content: Vec<Block>,
    stop_reason: Option<String>,
    #[serde(default, deserialize_with = "if_it_is")]
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

/// A part of an answer.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    MessageStart {
        message: Begun,
    },
    ContentBlockStart {
        content_block: Block,
    },
    ContentBlockDelta {
        delta: Delta,
    },
    MessageDelta {
        delta: Ending,
        #[serde(default, deserialize_with = "if_it_is")]
        usage: Option<OutputUsage>,
    },
    MessageStop,
    Error,
    /// `ping`, and whatever else there may be one day.
    #[serde(other)]
    Else,
}

#[derive(Deserialize)]
struct Begun {
    #[serde(default, deserialize_with = "if_it_is")]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Delta {
    TextDelta {
        text: String,
    },
    #[serde(other)]
    Else,
}

#[derive(Deserialize)]
struct Ending {
    #[serde(default)]
    stop_reason: Option<String>,
}

/// What an answer came to so far, its beginning included.
#[derive(Deserialize)]
struct OutputUsage {
    output_tokens: u64,
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
    end(message.stop_reason.as_deref().unwrap_or_default())?;
    let words = message.content.into_iter().filter_map(|block| match block {
        Block::Text { text } => Some(text),
        Block::Else => None,
    });
    let words: String = words.collect();
    if words.is_empty() { Err(AskError::Malformed) } else { Ok(words) }
}

/// What the reason of an end says.
fn end(reason: &str) -> Result<(), AskError> {
    match reason {
        "end_turn" | "stop_sequence" => Ok(()),
        "max_tokens" | "model_context_window_exceeded" => Err(AskError::BrokenOff),
        "refusal" => Err(AskError::Refused),
        _ => Err(AskError::Malformed),
    }
}

/// Asks for an answer in parts.
pub(super) fn in_parts(body: &mut Value) {
    body["stream"] = true.into();
}

pub(super) fn part(data: &str, heard: &mut Heard) -> Result<(), AskError> {
    match serde_json::from_str(data).map_err(|_| AskError::Malformed)? {
        Event::MessageStart { message } => {
            // What of the answer is counted here is counted again at its end.
            let asked = |usage: &Usage| usage.tokens().saturating_sub(usage.output_tokens);
            heard.tokens = message.usage.as_ref().map(asked);
        }
        Event::ContentBlockStart { content_block: Block::Text { text } }
        | Event::ContentBlockDelta { delta: Delta::TextDelta { text } } => {
            heard.words.push_str(&text);
        }
        Event::MessageDelta { delta, usage } => {
            if let Some(reason) = delta.stop_reason {
                heard.end = Some(end(&reason));
            }
            if let (Some(tokens), Some(usage)) = (heard.tokens, usage) {
                heard.tokens = Some(tokens.saturating_add(usage.output_tokens));
            }
        }
        Event::MessageStop => heard.done = true,
        Event::Error => return Err(AskError::Failing),
        Event::ContentBlockStart { .. } | Event::ContentBlockDelta { .. } | Event::Else => {}
    }
    Ok(())
}
