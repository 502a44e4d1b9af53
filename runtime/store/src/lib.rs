//! Durable storage of conversations, effects, timers, visitors, plans and dead letters.
//!
//! [`contract`] says what a store does; there are two: [`sqlite`], and [`model`], the same in
//! memory, against which the first one is tested. Callers hold an `Arc<dyn Store>`.
//!
//! What is committed is whole: the inbound event that caused it, the next snapshot, the messages,
//! the effects to be performed and the timers stand in one [`contract::Commit`], and either all of
//! it is durable when the answer comes, or none.

pub mod contract;
pub mod model;
pub mod sqlite;

mod error;
mod subscribers;

#[cfg(test)]
mod conformance;

pub use contract::Store;
pub use error::StoreError;
