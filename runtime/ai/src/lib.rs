//! The AI's three jobs as what is built in does them: pure, no network, no key.
//!
//! - [`mod@detect`]: which value of a list a customer's words speak of;
//! - [`mod@answer`]: what the articles of a [`library`] say to a customer's question;
//! - [`extract`]: a summary of the customer's own sentences.
//!
//! Each is a function of its request alone, and gives the same for the same.

pub mod answer;
pub mod detect;
pub mod extract;
pub mod library;
mod phrases;
mod text;
mod wish;

pub use text::Tongue;
