//! Typed clients for the Salesforce APIs that Tidegate uses.
//!
//! [`client::Client`] logs in and carries requests; [`describe`] and [`record`] add the calls;
//! [`pull`] reads a whole catalog. [`chat`] lets customers chat with agents. Every call fails as one [`Error`], whose variants say what is
//! known about the request: refused, never sent, or sent without a definite answer.

pub mod chat;
mod class;
pub mod client;
pub mod describe;
mod error;
mod name;
pub mod oauth;
pub mod pull;
pub mod record;
pub mod soql;
#[cfg(test)]
mod tests;
pub mod wire;

pub use class::RetryClass;
pub use error::{Error, LoginError, Refusal};
pub use name::{ApiName, ApiVersion, BadName, RecordId};
