//! The facade for the command line, tests and editors: inputs in, everything known out.
//!
//! An [`Analyzer`] keeps what it learned from one check to the next: parsed items by the hash of
//! their text, workflows by [`WorkflowKey`](crate::hir::WorkflowKey), their proofs by that key and
//! the summaries of those that they run. [`Stats`] tells what a check did anew.

mod build;
mod chunks;
mod echo;
mod facade;
mod fixes;
mod kinds;
mod places;
mod possible;
mod refuted;
mod rehearsals;
mod trust;

pub use facade::{Analysis, Analyzer, Checked, Inputs, Settings, Stats};
pub use places::Written;
pub use possible::{Possible, Values};
pub use refuted::Unproved;

#[cfg(test)]
pub(crate) mod tests;
