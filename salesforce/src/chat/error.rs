//! Why a call of a chat failed.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::client::patience;
use crate::error::Error;
use crate::name::BadName;

/// Why a call of a chat failed.
///
/// Whether the org may have done what was asked: after [`ChatError::Unclear`] nobody knows, after
/// [`ChatError::Conflict`] an earlier attempt did; after all others it has not. The ids are ours, so
/// the same call can always be made again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// The request never left.
    #[error("the org's messaging could not be reached: {what}")]
    NotSent {
        /// What happened.
        what: String,
    },
    /// The request was sent and no definite answer came.
    #[error("no definite answer from the org's messaging: {what}")]
    Unclear {
        /// The HTTP status, where there was one.
        status: Option<u16>,
        /// What came instead of an answer.
        what: String,
        /// See [`ChatError::retry_after`].
        retry_after: Option<Duration>,
    },
    /// 401: the token is missing, unknown or over.
    #[error("the visitor's token does not hold any more: {0}")]
    TokenExpired(ChatFault),
    /// 403: the conversation belongs to another visitor, or the visitor may not do it.
    #[error("this visitor may not: {0}")]
    Foreign(ChatFault),
    /// 404: there is no such conversation.
    #[error("the org has no such conversation: {0}")]
    Unknown(ChatFault),
    /// 409: the id is taken already.
    #[error("the id is taken already: {0}")]
    Conflict(ChatFault),
    /// 417: the conversation has no session that the message could be part of.
    #[error("the conversation needs a new session: {0}")]
    NeedsNewSession(ChatFault),
    /// 413, or more than may be sent by what is known.
    #[error("too large: {what}")]
    TooLarge {
        /// What is too large.
        what: String,
    },
    /// 429: too many requests.
    #[error("the org's messaging wants fewer requests")]
    RateLimited {
        /// See [`ChatError::retry_after`].
        retry_after: Option<Duration>,
    },
    /// So many visitors wait for a token that this one would wait too long; nothing was sent.
    #[error("too many visitors wait for a token: it would take {} s", wait.as_secs())]
    Crowded {
        /// How long it would take, as far as it is known.
        wait: Duration,
    },
    /// The org took the customer's assertion for nobody's and gave an anonymous token, which is not
    /// used.
    #[error(
        "the org does not recognise the customer, and made it an anonymous visitor (`{}`): the \
         key's id and the issuer must be those that the deployment's user verification knows",
        subject.escape_debug()
    )]
    NotVerified {
        /// Whom the token is for.
        subject: String,
    },
    /// The private key for customers' assertions is no RSA key in PEM.
    #[error("the private key is no RSA key in PEM")]
    BadKey,
    /// Any other refusal.
    #[error("the org's messaging refused: {0}")]
    Refused(ChatFault),
    /// The request cannot be put: a mistake in what was asked.
    #[error("cannot be asked: {what}")]
    Unaskable {
        /// What is wrong with it.
        what: String,
    },
}

impl ChatError {
    /// Whether the org may have carried out the request all the same.
    pub fn may_have_happened(&self) -> bool {
        matches!(self, Self::Unclear { .. } | Self::Conflict(_))
    }

    /// How long the org asks to be left alone. Not bounded: it is whatever was said.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unclear { retry_after, .. } | Self::RateLimited { retry_after } => *retry_after,
            Self::Crowded { wait } => Some(*wait),
            _ => None,
        }
    }

    pub(super) fn unclear(status: StatusCode, what: impl Into<String>) -> Self {
        Self::Unclear { status: Some(status.as_u16()), what: what.into(), retry_after: None }
    }

    /// Reads an answer that is no success.
    pub(super) fn from_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let fault = ChatFault::read(status, body);
        let retry_after = patience::asked_for(status, headers);
        match status {
            StatusCode::UNAUTHORIZED => Self::TokenExpired(fault),
            StatusCode::FORBIDDEN => Self::Foreign(fault),
            StatusCode::NOT_FOUND | StatusCode::GONE => Self::Unknown(fault),
            StatusCode::CONFLICT => Self::Conflict(fault),
            StatusCode::EXPECTATION_FAILED => Self::NeedsNewSession(fault),
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge { what: fault.to_string() },
            StatusCode::TOO_MANY_REQUESTS => Self::RateLimited { retry_after },
            _ if status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT => {
                Self::Refused(fault)
            }
            _ => {
                let what = fault.to_string();
                Self::Unclear { status: Some(status.as_u16()), what, retry_after }
            }
        }
    }
}

impl From<Error> for ChatError {
    /// From what carries requests, which knows these two kinds alone.
    fn from(error: Error) -> Self {
        match error {
            Error::Unclear { status, what, retry_after, .. } => {
                Self::Unclear { status, what, retry_after }
            }
            other => Self::NotSent { what: other.to_string() },
        }
    }
}

impl From<BadName> for ChatError {
    fn from(bad: BadName) -> Self {
        Self::Unaskable { what: bad.to_string() }
    }
}

/// The org's own words for not carrying out a request. Never matched on: nobody promises them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatFault {
    /// The HTTP status.
    pub status: u16,
    /// Such as `10062`, where there is one.
    pub code: Option<String>,
    /// In words, or the beginning of what came instead; without control characters.
    pub message: String,
}

impl ChatFault {
    /// Characters kept of a message.
    const KEPT: usize = 300;

    /// Never fails: what is not understood is kept as it began.
    fn read(status: StatusCode, body: &[u8]) -> Self {
        let value: Option<Value> = serde_json::from_slice(body).ok();
        let fault = match &value {
            Some(Value::Array(several)) => several.first(),
            other => other.as_ref(),
        };
        let member = |keys: [&str; 2]| {
            let found = keys.iter().find_map(|key| fault?.get(*key));
            match found? {
                Value::String(text) => Some(visible(text)),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            }
        };
        let message = member(["message", "error"]);
        ChatFault {
            status: status.as_u16(),
            code: member(["errorCode", "code"]),
            message: message.unwrap_or_else(|| visible(&String::from_utf8_lossy(body))),
        }
    }
}

fn visible(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(plain).take(ChatFault::KEPT).collect()
}

impl fmt::Display for ChatFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, ", code {code}")?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::ChatError;
    use crate::chat::ChatClass;

    fn error(status: u16, body: &str) -> ChatError {
        let status = StatusCode::from_u16(status).expect("a status");
        ChatError::from_answer(status, &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn every_status_has_one_class() {
        let expected = [
            (302, ChatClass::Ambiguous),
            (400, ChatClass::Refused),
            (401, ChatClass::Token),
            (403, ChatClass::Foreign),
            (404, ChatClass::Unknown),
            (408, ChatClass::Ambiguous),
            (409, ChatClass::Conflict),
            (410, ChatClass::Unknown),
            (413, ChatClass::TooLarge),
            (415, ChatClass::Refused),
            (417, ChatClass::Session),
            (429, ChatClass::Throttled),
            (500, ChatClass::Ambiguous),
            (503, ChatClass::Outage),
        ];
        for (status, class) in expected {
            assert_eq!(error(status, "").class(), class, "{status}");
        }
    }

    #[test]
    fn the_words_of_every_shape_are_kept() {
        let told = |body: &str| error(400, body).to_string();
        insta::assert_snapshot!(
            [
                told(r#"{"message":"use a lower-case UUID","errorCode":"BAD_REQUEST"}"#),
                told(r#"{"message":"not allowed","code":10062}"#),
                told(r#"[{"message":"one of several"}]"#),
                told("<html>\u{1b}[31mA gateway"),
                told(""),
                told("{}"),
            ]
            .join("\n")
        );
    }
}
