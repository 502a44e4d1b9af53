//! What crosses crates: diagnostics, plans, end-to-end runs, the shape of the house.
//!
//! The library part drives the `tidegate` binary and its Messenger API from outside, as an operator
//! and a visitor would.

pub mod process;
pub mod served;
pub mod visitor;
