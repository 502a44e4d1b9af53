//! What could not be done, and what an operator decides about it.

use std::fmt::{self, Debug};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tidegate_engine::effect::Effect;
use uuid::Uuid;

use super::Reply;

/// An effect that can never succeed as it is. Holds a customer's data: for operators who may read
/// it, never for a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The conversation that asked for it.
    pub conversation: Uuid,
    /// The effect. Its key is the letter's id.
    pub effect: Effect,
    /// When it was given up.
    pub at: Timestamp,
    /// Since when it could have been performed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// How often it was tried.
    #[serde(default)]
    pub attempts: u32,
    /// The HTTP status of the last answer, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The error's code.
    pub code: String,
    /// The fields that the answer names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// What was sent, without secrets.
    pub request: String,
    /// What came back.
    pub answer: String,
    /// The source line that made it, `pushes.tide:12, push open_case`.
    pub source: Option<String>,
}

/// What an operator decides about a dead letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The letter's id.
    pub key: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who, by the name of the token that was shown.
    pub by: String,
    /// What.
    pub what: What,
}

/// What can be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The effect becomes another one of the same key. It stays dead until it is sent again.
    Mend {
        /// The mended effect.
        effect: Box<Effect>,
        /// The fields that were changed, by name.
        fields: Vec<String>,
    },
    /// It is put back among what is to be done, under its own key: where it had been done after
    /// all, that is found out.
    Resend,
    /// It is given up for good.
    Drop {
        /// Why.
        because: String,
    },
}

/// A decision as it is kept. Holds no customer's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The letter's id.
    pub key: Uuid,
    /// Its conversation.
    pub conversation: Uuid,
    /// The error's code at that time.
    pub code: String,
    /// When it was decided.
    pub at: Timestamp,
    /// Who decided, by the name of the token that was shown.
    pub by: String,
    /// What, in words: `mended Origin`.
    pub what: String,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mend { fields, .. } => write!(f, "mended {}", fields.join(", ")),
            Self::Resend => f.write_str("sent again"),
            Self::Drop { because } => write!(f, "dropped because {because}"),
        }
    }
}

/// What could not be done, to be mended by an operator.
pub trait DeadLetters: Debug + Send + Sync {
    /// All, the latest last.
    fn dead_letters(&self) -> Reply<'_, Vec<DeadLetter>>;
    /// Does what an operator decided, and keeps that it was decided. False where the letter is
    /// gone, or an effect of its key waits already: nothing is done then.
    fn decide(&self, decision: Decision) -> Reply<'_, bool>;
    /// All decisions, the latest last.
    fn decisions(&self) -> Reply<'_, Vec<Decided>>;
}
