//! How a program fares in another org, or in the same one later: by consequence.
//!
//! Two catalogs are compared change by change ([`change`]); what a change means for the program is
//! found by making that change alone in the reference and checking again. What is found there and
//! not in the reference is its consequence ([`compare`]), with what a build would make of it beside
//! ([`effects`]): a form that offers less, a text that is cut sooner. Changes without a consequence
//! are only counted.

mod apply;
pub mod change;
mod compare;
mod differences;
mod effects;
mod summary;
#[cfg(test)]
mod tests;
mod words;

pub use change::Change;
pub use compare::{Consequence, Drift, compare};
pub use differences::differences;
