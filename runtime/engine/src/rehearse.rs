//! Conversations rehearsed with no network: what a [`Player`] plays event by event, and the tests of
//! a project, played by [`rehearse`].

mod compare;
mod explore;
mod failure;
mod moments;
mod nearby;
mod output;
mod player;
mod reached;
mod sample;
mod script;
mod stage;
mod tide;
mod witness;
mod words;

pub use explore::{Proposal, propose};
pub use failure::{Failure, Kind, Told, Where};
pub use player::Player;
pub use reached::Reached;
pub use script::rehearse;
pub use witness::witness;
