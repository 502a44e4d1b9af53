//! Whole programs through the facade.

mod cache;
mod edits;
mod emit;
pub(crate) mod support;
