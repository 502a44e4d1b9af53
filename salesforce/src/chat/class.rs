//! What is to be done about a failed call of a chat.

use super::error::ChatError;

/// What is to be done about a failed call of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChatClass {
    /// Nothing was carried out; it may be later.
    Outage,
    /// It may have been carried out. Repeating it is safe: the ids are ours.
    Ambiguous,
    /// Too many at a time: later.
    Throttled,
    /// The token does not hold any more: with another one of the same visitor.
    Token,
    /// The conversation is another visitor's: never with this token.
    Foreign,
    /// There is no such conversation: never, unless it is created.
    Unknown,
    /// The id is taken: by an earlier attempt of ours, for nobody else knows it.
    Conflict,
    /// The conversation has no session: the same message once more, beginning one.
    Session,
    /// More than is taken: never, as it is.
    TooLarge,
    /// The request is wrong, or may not be made: never, as it is.
    Refused,
}

impl ChatClass {
    /// One word, for logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Outage => "outage",
            Self::Ambiguous => "ambiguous",
            Self::Throttled => "throttled",
            Self::Token => "token",
            Self::Foreign => "foreign",
            Self::Unknown => "unknown",
            Self::Conflict => "conflict",
            Self::Session => "session",
            Self::TooLarge => "too_large",
            Self::Refused => "refused",
        }
    }

    /// Whether the same call may succeed later without anybody doing anything.
    pub fn may_pass(self) -> bool {
        matches!(self, Self::Outage | Self::Ambiguous | Self::Throttled)
    }
}

impl ChatError {
    /// What is to be done about it.
    pub fn class(&self) -> ChatClass {
        match self {
            Self::NotSent { .. } => ChatClass::Outage,
            // Gateways say so of a host that does not serve.
            Self::Unclear { status: Some(502..=504), .. } => ChatClass::Outage,
            Self::Unclear { .. } => ChatClass::Ambiguous,
            Self::RateLimited { .. } | Self::Crowded { .. } => ChatClass::Throttled,
            Self::TokenExpired(_) => ChatClass::Token,
            Self::Foreign(_) => ChatClass::Foreign,
            Self::Unknown(_) => ChatClass::Unknown,
            Self::Conflict(_) => ChatClass::Conflict,
            Self::NeedsNewSession(_) => ChatClass::Session,
            Self::TooLarge { .. } => ChatClass::TooLarge,
            Self::Refused(_) | Self::NotVerified { .. } | Self::BadKey | Self::Unaskable { .. } => {
                ChatClass::Refused
            }
        }
    }
}
