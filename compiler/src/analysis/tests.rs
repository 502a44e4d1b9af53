//! Whole programs through the facade.

mod cache;
mod emit;
pub(crate) mod support;
