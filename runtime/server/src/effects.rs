//! Performing effects that have been committed.

pub mod endpoint;
pub mod org;
pub mod salesforce;

mod adopted;
pub(crate) mod answering;
pub(crate) mod asking;
mod case;
mod detection;
mod doing;
mod failed;
mod file;
pub(crate) mod gate;
pub(crate) mod gated;
pub(crate) mod guard;
mod lettered;
mod names;
pub(crate) mod person;
pub(crate) mod purse;
mod retry;
mod summary;
pub(crate) mod thinking;
mod transcript;
mod values;
mod worker;

pub use detection::choice;
pub(crate) use detection::language;
pub use gate::OrgStanding;
pub(crate) use transcript::render;
pub(crate) use values::to_wire;
pub(crate) use worker::{entries, run};

use jiff::Timestamp;
use tidegate_engine::event::Event;
use tidegate_store::contract::{DeadLetter, Until};

use org::CallError;

/// How one attempt at an effect went.
#[derive(Debug)]
pub(crate) enum Performed {
    /// It is done, and this is what the conversation hears of it.
    Answered(Event),
    /// It is done, this is what the conversation hears of it, and the trace says who did it.
    Done {
        /// What it hears.
        event: Event,
        /// Who did it: no customer's text.
        by: String,
    },
    /// It is done, and the conversation hears nothing.
    Silent,
    /// A request failed; whether it is tried again is not judged yet.
    Failed(Box<Failed>),
    /// It can never be done as it is.
    Dead {
        /// What the conversation hears of it.
        event: Option<Event>,
        /// For the operator.
        letter: Box<DeadLetter>,
    },
    /// It is to be tried again.
    Parked {
        /// When.
        until: Until,
        /// Why, for the operator: no customer's text.
        why: String,
        /// Whether an attempt was made.
        attempted: bool,
        /// Whether that counts against the effect.
        strike: bool,
    },
    /// It could not be done for a fault that is not the org's, and is tried again.
    Later {
        /// When.
        until: Timestamp,
        /// Why, for the operator: no customer's text.
        why: String,
    },
}

/// A request that failed.
#[derive(Debug)]
pub(crate) struct Failed {
    /// Why.
    pub(crate) error: CallError,
    /// What was asked, for a dead letter.
    pub(crate) request: String,
    /// The source line that made it.
    pub(crate) source: Option<String>,
}
