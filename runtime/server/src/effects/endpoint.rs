//! An AI behind an endpoint, whichever way it is spoken to.
//!
//! What customers wrote goes out as a value in JSON, beside instructions that call it data; nothing of
//! what comes back is believed but what the schema allows, and the engine looks at that again. Logs
//! tell neither the key nor a word of a prompt or an answer.

mod anthropic;
mod openai;
mod stream;

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Deserializer};
use serde_json::Value;
use tidegate_store::contract::UsedUp;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

use self::stream::{Heard, Lines, unfinished};
use super::purse::Purse;

/// Bytes of an answer at most.
const LONGEST: usize = 256 << 10;
/// The same where it comes in parts, with what stands around each.
const LONGEST_STREAM: usize = 16 * LONGEST;
/// Bytes of an answer of which drafts are made, and between two of them.
const LONGEST_DRAFT: usize = 48 << 10;
const DRAFT_STEP: usize = 24;
/// It is asked so often at most.
const ATTEMPTS: u32 = 2;
/// So many questions are under way together at most; others wait for their turn.
const TOGETHER: usize = 64;

/// How an endpoint is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// As OpenAI's: `POST …/chat/completions`.
    OpenAi,
    /// As Anthropic's Messages: `POST …/messages`.
    Anthropic,
}

impl Protocol {
    /// What the manifest calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
        }
    }
}

/// Where an AI is asked, and how.
#[derive(Clone)]
pub struct Endpoint {
    client: reqwest::Client,
    protocol: Protocol,
    url: String,
    model: String,
    key: Option<SecretString>,
    timeout: Duration,
    /// Whether answers are taken in parts, where somebody wants to see them grow.
    in_parts: bool,
    /// How many questions may be under way together.
    permits: Arc<Semaphore>,
}

impl Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client: _, protocol, url, model, key: _, timeout, in_parts, permits: _ } = self;
        let mut shown = f.debug_struct("Endpoint");
        shown.field("protocol", protocol).field("url", url).field("model", model);
        shown.field("timeout", timeout).field("in_parts", in_parts).finish()
    }
}

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AskError {
    #[error("it could not be reached, or not in time")]
    Unreached,
    #[error("it answered with the status {status}")]
    Status {
        status: StatusCode,
        /// After how long it wants to be asked again.
        after: Option<Duration>,
    },
    #[error("its answer has more than {LONGEST} bytes")]
    TooLong,
    #[error("its answer breaks off: it has come to the end of what it may say")]
    BrokenOff,
    #[error("it does not want to answer that")]
    Refused,
    #[error("its answer ends with an error")]
    Failing,
    #[error("its answer is not what was asked for")]
    Malformed,
    #[error("the budget for {} is used up", match .0 { UsedUp::Day => "the day", UsedUp::Conversation => "the conversation" })]
    UsedUp(UsedUp),
    #[error("what it is asked can't be counted")]
    Uncounted,
}

impl AskError {
    /// Whether the same question may be answered a moment later.
    fn may_pass(&self) -> bool {
        match self {
            Self::Unreached | Self::Failing | Self::Malformed => true,
            Self::TooLong | Self::BrokenOff | Self::Refused | Self::UsedUp(_) | Self::Uncounted => {
                false
            }
            Self::Status { status, .. } => {
                // Anthropic's 529, "overloaded", is one of the server's errors, too.
                status.is_server_error()
                    || matches!(
                        *status,
                        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
                    )
            }
        }
    }

    /// How long to wait before the question is asked again.
    fn pause(&self) -> Duration {
        match self {
            Self::Status { after, .. } => after.unwrap_or_default(),
            _ => Duration::ZERO,
        }
    }
}

/// A question: what is wanted, what it is about, and what an answer looks like.
pub(crate) struct Question<'a> {
    pub(crate) instructions: &'a str,
    pub(crate) data: &'a Value,
    pub(crate) schema: &'a Value,
    /// Tokens of an answer at most, where the endpoint wants to know.
    pub(crate) most_tokens: u32,
    /// Who looks at an answer that grows: gets the record as far as it is there, and nothing where an
    /// attempt begins.
    pub(crate) onlooker: Option<&'a Onlooker<'a>>,
}

/// See [`Question::onlooker`].
pub(crate) type Onlooker<'a> = dyn Fn(Option<&Value>) + Send + Sync + 'a;

/// What an endpoint tells beside its answer: left out, or told in another way, it is no reason to lose the
/// answer.
fn if_it_is<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    told: D,
) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(told)?).ok())
}

impl Endpoint {
    /// An AI at an address such as `https://api.openai.com/v1`; nothing is sent yet.
    ///
    /// # Errors
    /// No client can be made on this machine.
    pub fn new(
        protocol: Protocol,
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
        Ok(Self { client, protocol, url, model, key, timeout, in_parts: true, permits })
    }

    /// The same, asked for whole answers alone: for an endpoint that can't give them in parts.
    #[must_use]
    pub fn whole_answers_only(self) -> Self {
        Self { in_parts: false, ..self }
    }

    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn model(&self) -> &str {
        &self.model
    }

    /// Asks, and once more where that may help; all of it within a time. What comes back is read by
    /// `read`.
    pub(crate) async fn ask<T>(
        &self,
        question: &Question<'_>,
        within: Duration,
        purse: &Purse<'_>,
        read: impl Fn(Value) -> Option<T>,
    ) -> Result<T, AskError> {
        let until = Instant::now() + within;
        let timeout = self.timeout.min(within / ATTEMPTS);
        self.repeatedly(question, timeout, until, purse, read).await
    }

    async fn repeatedly<T>(
        &self,
        question: &Question<'_>,
        timeout: Duration,
        until: Instant,
        purse: &Purse<'_>,
        read: impl Fn(Value) -> Option<T>,
    ) -> Result<T, AskError> {
        let turn = timeout_at(until, self.permits.acquire()).await;
        let _turn = turn.ok().and_then(Result::ok).ok_or(AskError::Unreached)?;
        let mut attempt = 1;
        loop {
            // Each attempt has an end of its own, behind which it is counted.
            let left = until.saturating_duration_since(Instant::now());
            let answer = self.counted(question, timeout.min(left), purse).await;
            let read = answer.and_then(|answer| read(answer).ok_or(AskError::Malformed));
            match read {
                Err(error) if error.may_pass() && attempt < ATTEMPTS => {
                    // What is to come after the end need not be awaited.
                    if Instant::now() + error.pause() >= until {
                        return Err(error);
                    }
                    sleep(error.pause()).await;
                    attempt += 1;
                }
                done => return done,
            }
        }
    }

    /// Asks once, and counts what it comes to; also where the end of it is not awaited.
    async fn counted(
        &self,
        question: &Question<'_>,
        timeout: Duration,
        purse: &Purse<'_>,
    ) -> Result<Value, AskError> {
        let day = purse.pay().await?;
        let mut body = match self.protocol {
            Protocol::OpenAi => openai::body(self, question),
            Protocol::Anthropic => anthropic::body(self, question),
        };
        let onlooker = question.onlooker.filter(|_| self.in_parts);
        if let Some(onlooker) = onlooker {
            onlooker(None);
            match self.protocol {
                Protocol::OpenAi => openai::in_parts(&mut body),
                Protocol::Anthropic => anthropic::in_parts(&mut body),
            }
        }
        let body = body.to_string();
        let asked = body.len();
        let answer = tokio::time::timeout(timeout, self.once(body, onlooker)).await;
        let answer = answer.unwrap_or(Err(AskError::Unreached));
        let tokens = match &answer {
            Ok(answer) => {
                let told = answer.words.as_ref().map_or(0, String::len);
                answer.tokens.unwrap_or_else(|| about(asked + told))
            }
            // It may have been read and answered all the same.
            Err(AskError::Unreached | AskError::TooLong | AskError::Failing) => about(asked),
            Err(_) => 0,
        };
        purse.count(day, tokens).await;
        let words = answer?.words?;
        serde_json::from_str(&words).map_err(|_| AskError::Malformed)
    }

    async fn once(
        &self,
        body: String,
        onlooker: Option<&Onlooker<'_>>,
    ) -> Result<Answer, AskError> {
        let request = match self.protocol {
            Protocol::OpenAi => openai::request(self),
            Protocol::Anthropic => anthropic::request(self),
        };
        let request = request.header(CONTENT_TYPE, "application/json").body(body);
        let response = request.send().await.map_err(|_| AskError::Unreached)?;
        let status = response.status();
        if status != StatusCode::OK {
            return Err(AskError::Status { status, after: retry_after(response.headers()) });
        }
        // Some give a whole answer all the same.
        if let Some(onlooker) = onlooker.filter(|_| comes_in_parts(response.headers())) {
            return self.heard(response, onlooker).await;
        }
        let bytes = whole(response).await?;
        Ok(match self.protocol {
            Protocol::OpenAi => openai::answer(&bytes),
            Protocol::Anthropic => anthropic::answer(&bytes),
        })
    }
}

impl Endpoint {
    /// Hears an answer to its end, and shows what is there of it.
    async fn heard(
        &self,
        mut response: Response,
        onlooker: &Onlooker<'_>,
    ) -> Result<Answer, AskError> {
        let (mut lines, mut heard) = (Lines::default(), Heard::default());
        let (mut bytes, mut shown) = (0, 0);
        while !heard.done {
            let part = response.chunk().await.map_err(|_| AskError::Unreached)?;
            let part = part.ok_or(AskError::Unreached)?;
            bytes += part.len();
            for data in lines.push(&part) {
                match self.protocol {
                    Protocol::OpenAi => openai::part(&data, &mut heard)?,
                    Protocol::Anthropic => anthropic::part(&data, &mut heard)?,
                }
            }
            if bytes > LONGEST_STREAM || heard.words.len() > LONGEST {
                return Err(AskError::TooLong);
            }
            let length = heard.words.len();
            if (shown + DRAFT_STEP..LONGEST_DRAFT).contains(&length) {
                shown = length;
                if let Some(so_far) = unfinished(&heard.words) {
                    onlooker(Some(&so_far));
                }
            }
        }
        let Heard { words, tokens, end, .. } = heard;
        let words = match end.unwrap_or(Err(AskError::Malformed)) {
            Ok(()) if words.is_empty() => Err(AskError::Malformed),
            ended => ended.map(|()| words),
        };
        Ok(Answer { words, tokens })
    }
}

fn comes_in_parts(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/event-stream"))
}

/// What came back.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    /// What it says, or why it does not.
    words: Result<String, AskError>,
    /// What it came to, where the endpoint says so.
    tokens: Option<u64>,
}

impl Answer {
    fn malformed() -> Self {
        Self { words: Err(AskError::Malformed), tokens: None }
    }
}

/// About how many tokens so many bytes are: usual texts have four characters in one.
fn about(bytes: usize) -> u64 {
    u64::try_from(bytes / 4).unwrap_or(u64::MAX)
}

/// The seconds of a `Retry-After`; none where it tells a date, or nothing that can be understood.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn whole(mut response: Response) -> Result<Vec<u8>, AskError> {
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|_| AskError::Unreached)? {
        bytes.extend_from_slice(&part);
        if bytes.len() > LONGEST {
            return Err(AskError::TooLong);
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::StatusCode;
    use reqwest::header::{HeaderMap, RETRY_AFTER};

    use super::{AskError, anthropic, openai, retry_after};

    #[test]
    fn seconds_are_waited_for() {
        let of = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers)
        };
        assert_eq!(of(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(of("Wed, 21 Oct 2026 07:28:00 GMT"), None);
        assert_eq!(of("-1"), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }

    #[test]
    fn what_may_pass_is_asked_again() {
        let status =
            |code| AskError::Status { status: StatusCode::from_u16(code).unwrap(), after: None };
        for code in [408, 429, 500, 503, 529] {
            assert!(status(code).may_pass(), "{code}");
        }
        for code in [302, 400, 401, 403, 404, 413] {
            assert!(!status(code).may_pass(), "{code}");
        }
    }

    #[test]
    fn the_end_of_an_answer_says_what_it_is_worth() {
        let openai = |text: &str| openai::answer(text.as_bytes()).words;
        let choice = |message: &str, reason: &str| {
            format!(r#"{{"choices":[{{"message":{message},"finish_reason":{reason}}}]}}"#)
        };
        let said = r#"{"content":"{}"}"#;
        assert_eq!(openai(&choice(said, r#""stop""#)), Ok("{}".to_owned()));
        assert_eq!(openai(&choice(said, "null")), Ok("{}".to_owned()));
        assert_eq!(openai(&choice(said, r#""length""#)), Err(AskError::BrokenOff));
        assert_eq!(openai(&choice(said, r#""content_filter""#)), Err(AskError::Refused));
        let refusal = r#"{"content":null,"refusal":"No."}"#;
        assert_eq!(openai(&choice(refusal, r#""stop""#)), Err(AskError::Refused));
        for strange in ["", "[]", "{}", r#"{"choices":[]}"#, &choice(r#"{"content":null}"#, "null")]
        {
            assert_eq!(openai(strange), Err(AskError::Malformed), "{strange}");
        }

        let anthropic = |text: &str| anthropic::answer(text.as_bytes()).words;
        let message = |content: &str, reason: &str| {
            format!(r#"{{"type":"message","content":{content},"stop_reason":{reason}}}"#)
        };
        let said = r#"[{"type":"thinking","thinking":"Hm."},{"type":"text","text":"{"},{"type":"text","text":"}"}]"#;
        assert_eq!(anthropic(&message(said, r#""end_turn""#)), Ok("{}".to_owned()));
        assert_eq!(anthropic(&message(said, r#""max_tokens""#)), Err(AskError::BrokenOff));
        assert_eq!(anthropic(&message(said, r#""refusal""#)), Err(AskError::Refused));
        let empty = message("[]", r#""end_turn""#);
        let called = message(said, r#""tool_use""#);
        for strange in ["", "[]", "{}", &empty, &called, &message(said, "null")] {
            assert_eq!(anthropic(strange), Err(AskError::Malformed), "{strange}");
        }
    }

    #[test]
    fn tokens_are_counted_as_they_are_told() {
        let openai = |text: &str| openai::answer(text.as_bytes()).tokens;
        let usage = r#"{"prompt_tokens":900,"completion_tokens":100,"total_tokens":1000}"#;
        let choices = r#"[{"message":{"content":null,"refusal":"No."}}]"#;
        // What is refused is paid for, too.
        assert_eq!(openai(&format!(r#"{{"choices":{choices},"usage":{usage}}}"#)), Some(1000));
        assert_eq!(openai(&format!(r#"{{"choices":{choices}}}"#)), None);
        let anthropic = |text: &str| anthropic::answer(text.as_bytes()).tokens;
        let usage = r#"{"input_tokens":900,"cache_read_input_tokens":30,"output_tokens":70}"#;
        let message = format!(r#"{{"content":[],"stop_reason":"refusal","usage":{usage}}}"#);
        assert_eq!(anthropic(&message), Some(1000));
        assert_eq!(anthropic(r#"{"content":[],"stop_reason":"refusal"}"#), None);
    }
}
