//! Live chat: who may chat where, conversations and their sessions, events, and the agents that a script plays.
//!
//! Everything that happens goes through a [`Desk`]: the state held still, the org, and the time.

pub(crate) mod act;
mod attributes;
mod conversation;
pub(crate) mod deployment;
mod entry;
mod file;
pub(crate) mod flow;
mod hours;
mod ids;
mod listing;
mod message;
pub(crate) mod metadata;
pub(crate) mod problem;
mod records;
mod replies;
mod routing;
pub(crate) mod script;
mod session;
pub(crate) mod stream;
pub(crate) mod switches;
pub(crate) mod token;
pub(crate) mod view;
mod xml;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::faults::Faults;
use crate::org::Org;

pub(crate) use self::conversation::Conversation;
use self::deployment::Deployment;
pub(crate) use self::entry::payload::ChoicesFormat;
pub(crate) use self::file::{Kept, Upload};
use self::flow::Flow;
pub(crate) use self::listing::{EntriesAsked, ListAsked};
pub(crate) use self::message::{FileMessage, MessageRequest};
pub(crate) use self::records::{takes_sessions, update};
use self::script::{Agenda, Staffing};
use self::stream::Streams;
use self::switches::Switches;
use self::token::Tokens;

/// The org's live chat.
#[derive(Debug)]
pub(crate) struct Chat {
    state: Mutex<State>,
    /// Moves with every change.
    changes: watch::Sender<u64>,
    ended: AtomicBool,
    /// The time that chats go by.
    pub(crate) clock: Clock,
    /// What goes wrong on purpose with calls of the live-chat API.
    pub(crate) faults: Faults,
}

/// What the org knows of chats.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) switches: Switches,
    pub(crate) deployments: Vec<Deployment>,
    flows: BTreeMap<String, Flow>,
    pub(crate) staffing: Vec<Staffing>,
    pub(crate) conversations: BTreeMap<String, Conversation>,
    pub(crate) streams: Streams,
    tokens: Tokens,
    agenda: Agenda,
    files: BTreeMap<String, Kept>,
    /// How many pieces of work routing has made.
    works: u64,
}

impl Default for State {
    fn default() -> State {
        State {
            switches: Switches::default(),
            deployments: vec![Deployment::default()],
            flows: BTreeMap::new(),
            staffing: Vec::new(),
            conversations: BTreeMap::new(),
            streams: Streams::default(),
            tokens: Tokens::default(),
            agenda: Agenda::default(),
            files: BTreeMap::new(),
            works: 0,
        }
    }
}

impl State {
    /// What others wait for: events and breaks of streams, and what is planned.
    fn awaited(&self) -> (u64, usize, u64) {
        (self.streams.last(), self.streams.breaks(), self.agenda.planned())
    }
}

/// Where one thing is done after another.
pub(crate) struct Desk<'a> {
    pub(crate) state: &'a mut State,
    org: &'a Org,
    now: Timestamp,
    /// Where the org is reached.
    url: &'a str,
}

impl Default for Chat {
    fn default() -> Chat {
        Chat {
            state: Mutex::default(),
            changes: watch::Sender::new(0),
            ended: AtomicBool::new(false),
            clock: Clock::default(),
            faults: Faults::default(),
        }
    }
}

impl Chat {
    /// Does something, and lets everybody who waits look again, if there is anything new to see.
    pub(crate) fn work<T>(&self, org: &Org, url: &str, work: impl FnOnce(&mut Desk<'_>) -> T) -> T {
        let mut state = self.lock();
        let before = state.awaited();
        let mut desk = Desk { state: &mut state, org, now: self.clock.now(), url };
        let done = work(&mut desk);
        let after = state.awaited();
        drop(state);
        if before != after {
            self.note_change();
        }
        done
    }

    /// Looks at something.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Does what has become due; says what is due next.
    pub(crate) fn do_what_is_due(&self, org: &Org, url: &str) -> Option<Timestamp> {
        let mut state = self.lock();
        let mut did = false;
        let next = loop {
            let now = self.clock.now();
            let Some((at, due)) = state.agenda.take(now) else { break state.agenda.next() };
            did = true;
            let mut desk = Desk { state: &mut state, org, now: now.max(at), url };
            desk.perform_due(due);
        };
        drop(state);
        if did {
            self.note_change();
        }
        next
    }

    /// Moves the clock, and does what becomes due on the way, each at its time.
    pub(crate) fn advance(&self, org: &Org, url: &str, by: SignedDuration) {
        let until = self.clock.now().checked_add(by).unwrap_or(Timestamp::MAX);
        while let Some(next) = self.do_what_is_due(org, url).filter(|next| *next <= until) {
            self.clock.move_to(next);
        }
        self.clock.move_to(until);
        self.do_what_is_due(org, url);
        self.note_change();
    }

    /// The org ends, and with it every stream of events.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.note_change();
    }

    /// Whether the org ends.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Told of every change.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Back to the beginning.
    pub(crate) fn reset(&self) {
        *self.lock() = State::default();
        self.clock.reset();
        self.faults.reset();
        self.note_change();
    }

    /// Ends every token; says how many there were.
    pub(crate) fn expire_tokens(&self) -> usize {
        let ended = self.lock().tokens.expire_all();
        self.note_change();
        ended
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_change(&self) {
        self.changes.send_modify(|number| *number = number.wrapping_add(1));
    }
}
