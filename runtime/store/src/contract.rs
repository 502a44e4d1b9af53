//! What a store does. No transaction closures: each operation is a value, so that a back end can
//! put many of them into one transaction.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tidegate_engine::effect::{Effect, Timer, TraceEntry};
use tidegate_engine::event::{ChatEvent, Event};
use tidegate_engine::message::Message;
use tidegate_engine::state::{Conversation, Position};
use tidegate_plan::value::Value;
use tokio::sync::watch;
use uuid::Uuid;

use crate::StoreError;

mod chats;
mod dead_letters;
mod files;
mod retention;
mod usage;
mod visitors;

pub use chats::{Chat, ChatState, Chats};
pub use dead_letters::{DeadLetter, DeadLetters, Decided, Decision, What};
pub use files::{Files, Room, Sender, Stowed, Upload};
pub use retention::Retention;
pub use usage::{Allowance, Spending, Usage, Usages, UsedUp};
pub use visitors::{Admission, Join, Profile, Token, TokenHash, Visitor, Visitors};

/// What a store's operation will give.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Everything that a runtime keeps.
pub trait Store:
    Conversations
    + Outbox
    + Timers
    + Chats
    + Visitors
    + Plans
    + DeadLetters
    + Retention
    + Files
    + Usages
    + Durability
{
}

impl<T> Store for T where
    T: Conversations
        + Outbox
        + Timers
        + Chats
        + Visitors
        + Plans
        + DeadLetters
        + Retention
        + Files
        + Usages
        + Durability
{
}

/// Whether what is acknowledged can still be made durable.
pub trait Durability: Debug + Send + Sync {
    /// Holds the reason once nothing can be written any more, however often it is tried: the
    /// process is to end then, and a new one to go on with what the disk has.
    fn broken(&self) -> watch::Receiver<Option<StoreError>>;
    /// How often so far nothing of what was written together could be kept.
    fn failed_writes(&self) -> u64;
    /// Writes what changes nothing, and makes it durable: it goes the way of every message that is
    /// to be acknowledged.
    fn probe(&self) -> Reply<'_, ()>;
}

/// One transition of a conversation, to be kept whole or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// The conversation.
    pub conversation: Uuid,
    /// The version that the transition was computed from; 0 for one that begins.
    pub expected_version: u64,
    /// Whose conversation it is; read only where `expected_version` is 0, and needed there.
    pub owner: Option<Owner>,
    /// The request that caused it, where its sender may repeat it.
    pub inbound: Option<Inbound>,
    /// When it happened. Kept to the microsecond.
    pub at: Timestamp,
    /// The snapshot.
    pub next: Conversation,
    /// What the customer sees of it. Numbered behind the conversation's last message.
    pub messages: Vec<Message>,
    /// What is to be done outside, in this order.
    pub effects: Vec<Resting>,
    /// What comes later by itself.
    pub timers: Vec<Timer>,
    /// What a trace reads.
    pub journal: Journal,
    /// What this transition is the answer to, removed together with it.
    pub answers: Option<Answered>,
    /// What the transition changed of [`Visitor::lasting`]: a new value, or `None` where there is
    /// none any more. The last commit wins, name by name.
    pub lasting: BTreeMap<String, Option<Value>>,
}

impl Commit {
    /// Whether the conversation takes further events of its customer.
    pub fn stays_open(&self) -> bool {
        self.next.position != Position::Ended
    }

    /// The uploads that it takes.
    pub(crate) fn takes(&self) -> impl Iterator<Item = Uuid> {
        let (of_form, of_chat) = match &self.journal.event {
            Event::FormSubmitted { files, .. } => (files.as_slice(), None),
            Event::FileSent { file }
            | Event::Chat { what: ChatEvent::Sent { file: Some(file), .. }, .. } => {
                (&[][..], Some(file.id))
            }
            _ => (&[][..], None),
        };
        of_form.iter().map(|(_, file)| file.id).chain(of_chat)
    }

    /// Whether it gives the workers something to do soon, or frees what was held back.
    pub(crate) fn makes_work(&self) -> bool {
        let soon = |timer: &Timer| timer.due.duration_since(self.at) <= SOON;
        !self.effects.is_empty() || self.timers.iter().any(soon) || self.answers.is_some()
    }
}

/// Whose conversation it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The visitor. Has at most one open conversation.
    pub visitor: Uuid,
    /// The Messenger's name.
    pub messenger: String,
}

/// A request that its sender may repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The conversation that the sender named, not always the one that took it: a message to an
    /// ended conversation is taken by a new one.
    pub addressed: Uuid,
    /// The sender's id for it.
    pub key: Uuid,
    /// The hash of what it said.
    pub body: [u8; 32],
}

/// An effect and the time before which it rests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resting {
    /// The effect.
    pub effect: Effect,
    /// When it may be claimed first.
    pub not_before: Timestamp,
}

/// What caused a transition and what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// The event.
    pub event: Event,
    /// What the engine noted.
    pub trace: Vec<TraceEntry>,
}

/// What a transition is the answer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// An effect.
    Effect(Settlement),
    /// A timer as it was set: one of the same key that is due at another time is another one.
    Timer {
        /// Its key.
        key: Uuid,
        /// When it was due.
        due: Timestamp,
    },
}

/// An effect's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The effect's key.
    pub key: Uuid,
    /// Kept where the effect can never succeed.
    pub dead: Option<Box<DeadLetter>>,
}

/// How a commit went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is durable.
    Committed(Receipt),
    /// The same request was committed before; this was its receipt.
    Duplicate(Receipt),
    /// The request's id was used for something else.
    Mismatch,
    /// The conversation has another version: load it and step again. 0 where it does not exist.
    Conflict {
        /// Its version.
        current: u64,
    },
    /// The visitor has another open conversation.
    AlreadyOpen {
        /// That one.
        conversation: Uuid,
    },
    /// The effect or timer that it answers is no more: it was answered before.
    Settled,
}

/// What a committed request is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The conversation that took it.
    pub conversation: Uuid,
    /// The sequence number of the first message that it added; of the last one there where it
    /// added none.
    pub sequence: u64,
}

/// A conversation as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Counts its transitions.
    pub version: u64,
    /// Whose it is.
    pub owner: Owner,
    /// The sequence number of its last message.
    pub messages: u64,
    /// The snapshot.
    pub conversation: Conversation,
}

impl Stored {
    /// Whether it takes no further events of its customer.
    pub fn is_over(&self) -> bool {
        self.conversation.position == Position::Ended
    }
}

/// A message with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number in its conversation, from 1.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// The message.
    #[serde(flatten)]
    pub message: Message,
}

/// A transition as the trace shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The version that it made.
    pub version: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub journal: Journal,
}

/// Conversations with their messages and journal.
pub trait Conversations: Debug + Send + Sync {
    /// Keeps a transition whole, or nothing of it.
    fn commit(&self, commit: Commit) -> Reply<'_, Outcome>;
    /// What became of an earlier request of the same id: [`Outcome::Duplicate`] or
    /// [`Outcome::Mismatch`]; `None` where there was none.
    fn recall(&self, inbound: Inbound) -> Reply<'_, Option<Outcome>>;
    /// A conversation.
    fn load(&self, conversation: Uuid) -> Reply<'_, Option<Stored>>;
    /// Whose a conversation is: what every request asks.
    fn owner(&self, conversation: Uuid) -> Reply<'_, Option<Owner>>;
    /// The visitor's open conversation.
    fn open_of(&self, visitor: Uuid) -> Reply<'_, Option<Uuid>>;
    /// At most `limit` messages behind `after`, in order.
    fn entries(&self, conversation: Uuid, after: u64, limit: u32) -> Reply<'_, Vec<Entry>>;
    /// At most `limit` transitions behind the version `after`, in order.
    fn journal(&self, conversation: Uuid, after: u64, limit: u32) -> Reply<'_, Vec<Record>>;
    /// Learns the last sequence number whenever messages were added. A hint: what was added before
    /// the call is not announced again.
    fn subscribe(&self, conversation: Uuid) -> watch::Receiver<u64>;
}

/// An effect to be performed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The conversation that asked for it.
    pub conversation: Uuid,
    /// The effect.
    pub effect: Effect,
    /// Which attempt this is, from 1. Above 1 an earlier one may have been sent.
    pub attempt: u32,
    /// How many attempts so far count against it: see [`Parked::strike`].
    pub strikes: u32,
    /// Since when it could have been performed.
    pub since: Timestamp,
}

/// How a claimed effect goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// Which.
    pub key: Uuid,
    /// When it may be claimed again.
    pub until: Until,
    /// Why, for an operator.
    pub why: String,
    /// Whether an attempt was made. One that was not is not counted.
    pub attempted: bool,
    /// Whether the attempt counts against the effect itself, which is not tried for ever.
    pub strike: bool,
}

/// When a parked effect may be claimed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// From a time on.
    Time(Timestamp),
    /// Once [`Outbox::release`] lets it; behind those that are held since before `now`.
    Released {
        /// Since when it is held.
        now: Timestamp,
    },
}

/// How much waits to be performed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Effects, those that are being performed too.
    pub effects: u64,
    /// Of these, claimed and not answered yet.
    pub under_way: u64,
    /// Of these, held until they are released.
    pub held: u64,
    /// Since when the oldest could have been performed.
    pub oldest: Option<Timestamp>,
    /// Dead letters.
    pub dead_letters: u64,
}

/// Effects that wait to be performed, and dead ones.
pub trait Outbox: Debug + Send + Sync {
    /// Takes at most `limit` effects whose time has come, only the first one of each conversation,
    /// and keeps that their next attempt may have been sent. Those that
    /// [only read](tidegate_engine::effect::Action::only_reads) neither hold up the others nor wait for
    /// them.
    fn claim(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<Claimed>>;
    /// Puts a claimed effect back. Nothing where it is gone.
    fn park(&self, parked: Parked) -> Reply<'_, ()>;
    /// Lets at most `limit` held effects be claimed, those held longest first. Gives how many.
    fn release(&self, limit: u32) -> Reply<'_, u64>;
    /// How much waits.
    fn backlog(&self) -> Reply<'_, Backlog>;
    /// Ends an effect that no event answers. False where it was gone.
    fn settle(&self, settlement: Settlement) -> Reply<'_, bool>;
    /// At a start: makes claimable at once what a process claimed that is gone, and what was put
    /// back until later or held, for whoever starts anew may have mended what it waits for.
    fn reclaim(&self, now: Timestamp) -> Reply<'_, ()>;
    /// When the next effect can be claimed, if nothing is added or released.
    fn next_effect(&self) -> Reply<'_, Option<Timestamp>>;
    /// Changes whenever effects or timers were added or freed, but for timers that are not due
    /// within [`SOON`].
    fn work(&self) -> watch::Receiver<()>;
}

/// A timer whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its conversation.
    pub conversation: Uuid,
    /// The timer.
    pub timer: Timer,
}

/// A timer that is due later than this after its commit wakes nobody: nearly every step sets one,
/// for a silence of minutes. Whoever fires timers looks at least twice in this time.
pub const SOON: SignedDuration = SignedDuration::from_secs(60);

/// Events that come by themselves. A timer is removed by the commit that answers it.
pub trait Timers: Debug + Send + Sync {
    /// At most `limit` timers whose time has come, by time.
    fn due(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<Due>>;
    /// When the next timer is due.
    fn next_timer(&self) -> Reply<'_, Option<Timestamp>>;
}

/// Plans by the hash of their contents, and which one new conversations begin with.
pub trait Plans: Debug + Send + Sync {
    /// Keeps a plan. Again is no harm.
    fn put_plan(&self, hash: String, bytes: Vec<u8>) -> Reply<'_, ()>;
    /// A plan's bytes.
    fn plan(&self, hash: String) -> Reply<'_, Option<Vec<u8>>>;
    /// Which one is active.
    fn active_plan(&self) -> Reply<'_, Option<String>>;
    /// Makes a kept plan the active one if `instead_of` is active now; false if another one is.
    fn activate(&self, hash: String, instead_of: Option<String>) -> Reply<'_, bool>;
}
