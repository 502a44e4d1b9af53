//! An AI behind an endpoint that speaks as OpenAI's does: `POST …/chat/completions`, with an answer
//! that is held to a schema.
//!
//! What customers wrote goes out as a value in JSON, beside instructions that call it data; nothing of
//! what comes back is believed but what the schema allows, and the engine looks at that again. Logs
//! tell neither the key nor a word of a prompt or an answer.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// Bytes of an answer at most.
const LONGEST: usize = 256 << 10;
/// It is asked so often at most.
const ATTEMPTS: u32 = 2;
/// So many questions are under way together at most; others wait for their turn.
const TOGETHER: usize = 64;

/// Where an AI is asked, and how.
#[derive(Clone)]
pub struct OpenAi {
    client: reqwest::Client,
    url: String,
    model: String,
    key: Option<SecretString>,
    timeout: Duration,
    /// How many questions may be under way together.
    permits: Arc<Semaphore>,
}

impl Debug for OpenAi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client: _, url, model, key: _, timeout, permits: _ } = self;
        let mut shown = f.debug_struct("OpenAi");
        shown.field("url", url).field("model", model).field("timeout", timeout).finish()
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    #[error("it could not be reached, or not in time")]
    Unreached,
    #[error("it answered with the status {0}")]
    Status(StatusCode),
    #[error("its answer has more than {LONGEST} bytes")]
    TooLong,
    #[error("its answer is not what was asked for")]
    Malformed,
}

impl AskError {
    /// Whether the same question may be answered a moment later.
    fn may_pass(&self) -> bool {
        match self {
            Self::Unreached | Self::Malformed => true,
            Self::TooLong => false,
            Self::Status(status) => {
                status.is_server_error()
                    || matches!(
                        *status,
                        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
                    )
            }
        }
    }
}

/// A question: what is wanted, what it is about, and what an answer looks like.
pub(crate) struct Question<'a> {
    pub(crate) instructions: &'a str,
    pub(crate) data: &'a Value,
    pub(crate) schema: &'a Value,
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<CompletionChoice>,
}

#[derive(Deserialize)]
struct CompletionChoice {
    message: CompletionMessage,
}

#[derive(Deserialize)]
struct CompletionMessage {
    content: Option<String>,
}

impl OpenAi {
    /// An AI at an address such as `https://api.openai.com/v1`; nothing is sent yet.
    ///
    /// # Errors
    /// No client can be made on this machine.
    pub fn new(
        url: &str,
        model: &str,
        key: Option<SecretString>,
        timeout: Duration,
    ) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            // A key goes where the manifest says, and nowhere else.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let (url, model) = (url.trim_end_matches('/').to_owned(), model.to_owned());
        let permits = Arc::new(Semaphore::new(TOGETHER));
        Ok(Self { client, url, model, key, timeout, permits })
    }

    /// Asks, and once more where that may help; all of it within a time. What comes back is read by
    /// `read`.
    pub(crate) async fn ask<T>(
        &self,
        question: &Question<'_>,
        within: Duration,
        read: impl Fn(Value) -> Option<T>,
    ) -> Result<T, AskError> {
        let timeout = self.timeout.min(within / ATTEMPTS);
        let asked = tokio::time::timeout(within, self.repeatedly(question, timeout, read)).await;
        asked.unwrap_or(Err(AskError::Unreached))
    }

    async fn repeatedly<T>(
        &self,
        question: &Question<'_>,
        timeout: Duration,
        read: impl Fn(Value) -> Option<T>,
    ) -> Result<T, AskError> {
        let _turn = self.permits.acquire().await.map_err(|_| AskError::Unreached)?;
        let mut attempt = 1;
        loop {
            let asked = tokio::time::timeout(timeout, self.once(question)).await;
            let answer = asked.unwrap_or(Err(AskError::Unreached));
            let read = answer.and_then(|answer| read(answer).ok_or(AskError::Malformed));
            match read {
                Err(error) if error.may_pass() && attempt < ATTEMPTS => attempt += 1,
                done => return done,
            }
        }
    }

    async fn once(&self, question: &Question<'_>) -> Result<Value, AskError> {
        let body = json!({
            "model": self.model,
            "messages": [
                { "role": "system", "content": question.instructions },
                { "role": "user", "content": question.data.to_string() },
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": { "name": "answer", "strict": true, "schema": question.schema },
            },
        });
        let mut request = self.client.post(format!("{}/chat/completions", self.url)).json(&body);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key.expose_secret());
        }
        let mut response = request.send().await.map_err(|_| AskError::Unreached)?;
        if response.status() != StatusCode::OK {
            return Err(AskError::Status(response.status()));
        }
        let mut bytes = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|_| AskError::Unreached)? {
            bytes.extend_from_slice(&part);
            if bytes.len() > LONGEST {
                return Err(AskError::TooLong);
            }
        }
        let completion: Completion =
            serde_json::from_slice(&bytes).map_err(|_| AskError::Malformed)?;
        let first = completion.choices.into_iter().next();
        let content = first.and_then(|choice| choice.message.content);
        serde_json::from_str(&content.ok_or(AskError::Malformed)?).map_err(|_| AskError::Malformed)
    }
}
