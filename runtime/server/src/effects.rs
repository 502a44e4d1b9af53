//! Performing effects that have been committed.

pub mod org;
pub mod salesforce;

mod adopted;
mod case;
pub(crate) mod guard;
mod names;
mod person;
mod retry;
mod summary;
mod transcript;
mod values;
mod worker;

pub(crate) use worker::run;

use jiff::Timestamp;
use tidegate_engine::event::Event;
use tidegate_store::contract::DeadLetter;

/// How one attempt at an effect went.
#[derive(Debug)]
pub(crate) enum Performed {
    /// It is done, and this is what the conversation hears of it.
    Answered(Event),
    /// It is done, and the conversation hears nothing.
    Silent,
    /// It can never be done as it is.
    Dead {
        /// What the conversation hears of it.
        event: Option<Event>,
        /// For the operator.
        letter: Box<DeadLetter>,
    },
    /// It is to be tried again.
    Later {
        /// When.
        until: Timestamp,
        /// Why, for the operator: no customer's text.
        why: String,
        /// Whether it will not pass before somebody mends something.
        alarming: bool,
    },
}
