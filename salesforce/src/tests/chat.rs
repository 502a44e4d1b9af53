//! Chats against a host of this process that says what a test wants said.

mod calls;
mod entries;
mod gate;
mod host;
mod live;
mod outside;
mod scrambled;
mod steered;
mod streams;
mod tokens;
mod truth;
