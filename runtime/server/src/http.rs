//! What both listeners share: accepting connections, finding a request's route, and telling how it
//! went.

pub(crate) mod client;
pub(crate) mod listener;
pub(crate) mod route;

mod connection;
mod head;
mod observe;
mod places;
