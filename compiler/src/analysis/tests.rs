//! Whole programs through the facade.

mod cache;
mod emit;
mod support;
