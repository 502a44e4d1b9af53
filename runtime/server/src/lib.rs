//! The Messenger API and the workers that perform effects.
//!
//! The server turns what arrives into events, steps, commits each transition whole, performs
//! committed effects and only those, and feeds their results back as events. It holds no rules of
//! steps: those are the engine's.

pub mod config;
pub mod effects;

mod app;
mod conversation;
mod first_look;
mod health;
mod messenger;
mod opening;
mod plans;
mod running;
mod timers;

pub use plans::PlanRefused;
pub use running::{RunningServer, Server, StartError};
