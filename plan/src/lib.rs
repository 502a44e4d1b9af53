//! The plan: what the compiler hands to the runtime, and all that is known about it.
//!
//! A plan is one file ([`codec`]). [`model`] is its content; the two programs that share it meet
//! nowhere else. The runtime trusts no plan: it executes only a [`verify::VerifiedPlan`].

pub mod bounds;
pub mod codec;
pub mod diff;
#[cfg(test)]
mod fixture;
pub mod listing;
pub mod model;
pub mod rehearsal;
pub mod requirements;
pub mod value;
pub mod verify;
pub mod zone;

#[cfg(test)]
extern crate self as tidegate_plan;
