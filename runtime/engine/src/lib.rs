//! The pure core of the runtime: what a conversation is, and how an event changes it.
//!
//! ```text
//! step(plan, conversation, event, now) -> Transition { next, messages, effects, timers, trace }
//! ```
//!
//! No I/O, no clock, no randomness: `now` is the event's time, and everything the step wants done
//! is a value in the transition. The shell (server, rehearsals, fuzzers) commits the transition
//! whole and then performs its effects.

pub mod effect;
pub mod eval;
pub mod event;
pub mod file;
pub mod form;
pub mod key;
mod language;
mod list;
pub mod message;
pub mod offer;
mod payload;
pub mod rehearse;
mod resolution;
mod routing;
pub mod sentences;
pub mod state;
mod step;
mod teaser;
pub mod transition;

pub use resolution::resolution;
pub use step::step;
pub use teaser::teaser;

#[cfg(test)]
#[path = "../../../plan/src/fixture.rs"]
mod fixture;
#[cfg(test)]
mod tests;
