//! The plan: what the compiler hands to the runtime, and all that is known about it.
//!
//! A plan is one file. [`model`] is its content; the two programs that share it meet nowhere else.

pub mod model;
pub mod value;
