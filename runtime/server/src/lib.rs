//! The Messenger API and the workers that perform effects.
//!
//! The server turns what arrives into events, steps, commits each transition whole, performs
//! committed effects and only those, and feeds their results back as events. It holds no rules of
//! steps: those are the engine's.

pub mod chats;
pub mod clock;
pub mod config;
pub mod dead_letters;
pub mod effects;

mod app;
mod beginnings;
mod conversation;
mod drafts;
mod drift;
mod first_look;
mod health;
mod housekeeping;
mod http;
mod lasting;
mod messenger;
mod metrics;
mod opening;
mod operator;
mod plans;
mod rates;
mod repeated;
mod running;
mod timers;
mod visiting;

pub use drift::{DriftFinding, Weight};
pub use http::route::{Guard, Listener, Pace, RouteInfo};
#[doc(hidden)]
pub use messenger::fuzzing;
pub use plans::PlanRefused;
pub use running::{RunningServer, Server, StartError};

/// Every route of both listeners.
pub fn routes() -> Vec<RouteInfo> {
    let routes = messenger::routes().into_iter().chain(operator::routes());
    routes.map(|route| route.info).collect()
}
