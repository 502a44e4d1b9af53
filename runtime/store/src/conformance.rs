//! What every store must do, tried on both of them.

mod bearers;
mod chats;
mod damage;
mod examples;
mod files;
mod kept;
mod order;
mod profiles;
mod random;
mod retention;
mod sqlite;
mod usage;

use jiff::{SignedDuration, Timestamp};
use tidegate_engine::effect::{Action, Effect, Timer};
use tidegate_engine::event::Event;
use tidegate_engine::message::{Message, Speaker};
use tidegate_engine::state::{Conversation, Position};
use uuid::Uuid;

use crate::contract::{Commit, Inbound, Journal, Owner, Parked, Resting, Until};

/// The small ids that tests use.
fn id(n: u64) -> Uuid {
    Uuid::from_u64_pair(0x7de0_0000_0000_4000, 0x8000_0000_0000_0000 | n)
}

/// So many seconds after the tests' beginning of time.
fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_750_000_000 + seconds)
}

fn conversation(id: Uuid, ended: bool) -> Conversation {
    let mut conversation = Conversation::new(id, "0123");
    if ended {
        conversation.position = Position::Ended;
    }
    conversation
}

fn said(text: &str) -> Message {
    Message::Said { from: Speaker::Customer, text: text.into(), masked: None, notice: None }
}

fn effect(n: u64) -> Effect {
    Effect { key: id(n), step: None, action: Action::Summarise { through: n } }
}

fn timer(n: u64, due: Timestamp) -> Timer {
    Timer { key: id(n), due, event: Event::DeadlinePassed { key: id(n) } }
}

/// A commit that says something and asks for nothing.
fn commit(conversation_n: u64, expected_version: u64, text: &str) -> Commit {
    let conversation_id = id(conversation_n);
    Commit {
        conversation: conversation_id,
        expected_version,
        owner: Some(Owner { visitor: id(1000 + conversation_n), messenger: "web".into() }),
        inbound: None,
        at: at(0),
        next: conversation(conversation_id, false),
        messages: vec![said(text)],
        effects: Vec::new(),
        timers: Vec::new(),
        journal: Journal { event: Event::Message { text: text.into() }, trace: Vec::new() },
        answers: None,
        lasting: Default::default(),
    }
}

fn inbound(addressed: u64, key: u64, body: u8) -> Inbound {
    Inbound { addressed: id(addressed), key: id(key), body: [body; 32] }
}

fn resting(n: u64, not_before: Timestamp) -> Resting {
    Resting { effect: effect(n), not_before }
}

/// An effect that was tried and is to be tried again.
fn later(n: u64, until: Timestamp) -> Parked {
    let why = "the org is away".into();
    Parked { key: id(n), until: Until::Time(until), why, attempted: true, strike: false }
}
