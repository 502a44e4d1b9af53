//! Whole programs through the facade.

mod cache;
mod echo;
mod edits;
mod emit;
pub(crate) mod support;
