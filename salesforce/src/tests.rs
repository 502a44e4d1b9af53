//! The clients against a server of this process that says what a test wants said.

mod calls;
mod chat;
mod describes;
mod login;
mod org;
mod outcomes;
mod pulls;
mod server;
