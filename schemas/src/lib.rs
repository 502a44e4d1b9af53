//! What a Salesforce org looks like: objects, fields, lists, record types, queues, business hours.
//!
//! The [`catalog`] is what the compiler checks against. It is pulled from an org, written to a
//! project's `schema/` folder as TOML (one file an object) and committed.

pub mod catalog;
pub mod codec;
