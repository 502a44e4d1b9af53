//! What one step gives back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::effect::{Effect, Timer, TraceEntry};
use crate::message::Message;
use crate::state::Conversation;

/// What one event did to a conversation. The shell commits it whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// The conversation afterwards.
    pub next: Conversation,
    /// What is added to what the customer sees, in order; the first has the sequence number
    /// behind the earlier conversation's [`Conversation::messages`].
    pub messages: Vec<Message>,
    /// What is to be done outside, in order.
    pub effects: Vec<Effect>,
    /// What comes later unless the conversation has gone on by then. A timer that fires too early
    /// or for nothing does no harm.
    pub timers: Vec<Timer>,
    /// What happened, in words, without any text of the customer's.
    pub trace: Vec<TraceEntry>,
    /// How the event was received; the answer to who sent it.
    pub reception: Reception,
    /// The fault that ended the conversation, if one did.
    pub fault: Option<Fault>,
}

/// How an event was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reception {
    /// It took effect, or came twice and had taken effect before.
    Taken,
    /// It answers a wait that has passed, or nothing that was asked: it changes nothing, and the
    /// tab that sent it is to be redrawn (409).
    Stale,
    /// The form breaks rules: what to say, by the line's name; it changes nothing (422).
    Invalid {
        /// Messages for the customer by [`crate::message::FormLine::name`].
        fields: BTreeMap<String, String>,
    },
    /// The conversation is over; a message opens a new one. It changes nothing.
    Over,
}

/// Why a conversation could not go on. The customer reads an apology, the conversation ends, and
/// the operator finds the name and the step in the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// More instructions in one event than the plan's verified bound.
    OutOfFuel,
    /// The state is one that this plan cannot lead to.
    ImpossibleState,
    /// The conversation began with another plan, or has another layout. The shell's mistake, not
    /// the conversation's: it alone leaves everything as it was.
    WrongPlan,
}

impl Fault {
    /// The stable name that traces and operators see.
    pub fn name(self) -> &'static str {
        match self {
            Self::OutOfFuel => "fault.out_of_fuel",
            Self::ImpossibleState => "fault.impossible_state",
            Self::WrongPlan => "fault.wrong_plan",
        }
    }
}
