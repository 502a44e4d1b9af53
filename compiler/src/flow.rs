//! What holds at each step of each workflow, on every way there.
//!
//! A workflow is cut into *units*: its body, and each arm of its `defaults`. Each unit has a
//! [`graph`] of steps and outcomes. [`solve`] walks it forwards with abstract values
//! ([`domain`], [`state`]) until nothing changes; the result says for each attribute whether it may
//! be blank, which list values it may have, how long it may be and who may have written it.
//!
//! Units are never inlined: bottom up each workflow gets a [`summary`], top down each is looked at
//! once with what its callers know, joined. [`path`] finds, for something that is wrong, the steps
//! of one conversation that gets there.

pub mod build;
pub(crate) mod depend;
pub mod domain;
pub mod eval;
pub mod facts;
pub mod graph;
pub mod moments;
pub(crate) mod moved;
pub mod names;
pub mod order;
pub mod path;
pub mod refine;
pub mod replies;
pub mod solve;
pub mod starts;
pub mod state;
pub mod summary;
pub mod transfer;
pub mod types;
pub mod unit;
pub mod values;
pub mod walk;
pub mod whole;

#[cfg(test)]
mod tests;
