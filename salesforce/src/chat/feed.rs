//! From what comes of a conversation, in whatever order and however often, to what a relay cares about,
//! in order and once.
//!
//! | rule | |
//! |---|---|
//! | once | an entry is passed on once, by its id. A text with a link, which the org makes two messages of, is two though they share an id; a file that has come is told once more; the echo of a message of ours is one. |
//! | order | what arrives together is ordered by the org's time, and among equals as it arrived. What arrives behind something later is passed on all the same, as [`Item::late`]: its place is before what has a greater time. |
//! | standing | who is there is what the latest change of each participant says. An indicator of typing, a position in the queue and a waiting time count for the moment alone: behind something later they are dropped. |
//! | bounds | 128 entries are remembered of those that are listed, and as many of those that are not. What is older than all of these counts as passed on. |
//!
//! What is told on streams alone (receipts, positions, an acceptance, in older orgs a session's end) is lost
//! where a gap has it and the org does not tell it again.
//!
//! It has no clock and asks nobody: [`super::Live`] does. It can be kept with what came of it, and goes
//! on where it was.

mod happening;
mod roster;
mod seen;

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use happening::{Author, Happening, Item};
use roster::Roster;
use seen::Seen;

use super::content::{FILES, PENDING};
use super::entry::{
    Acknowledgement, Entry, EntryKind, MessageEntry, Role, RoutingFailure, RoutingKind, WorkKind,
};
use super::events::{Heard, Incoming};
use super::id::ConversationId;

/// So far back entries are listed again after a gap: no org hands out its events as late as that.
const OVERLAP: Duration = Duration::from_secs(30);

/// One conversation's way from what comes to what matters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feed {
    conversation: ConversationId,
    /// Where a stream is to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_event_id: Option<String>,
    /// The greatest time of what was passed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    newest: Option<Timestamp>,
    /// Entries that are listed, and those that come on streams alone: many of the first may come before
    /// older ones of the second.
    listed: Seen,
    streamed: Seen,
    roster: Roster,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    typing_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    queued_at: Option<Timestamp>,
    /// What a test takes away.
    #[cfg(test)]
    #[serde(skip)]
    pub(crate) without: Option<Protection>,
}

/// What the feed is worth: each is taken away by a test, which has to notice it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    /// Nothing twice.
    Once,
    /// Everything in its place.
    Order,
    /// The past is past.
    Standing,
}

impl Feed {
    /// A feed of a conversation from its beginning.
    pub fn new(conversation: ConversationId) -> Self {
        Feed {
            conversation,
            last_event_id: None,
            newest: None,
            listed: Seen::default(),
            streamed: Seen::default(),
            roster: Roster::default(),
            typing_at: None,
            queued_at: None,
            #[cfg(test)]
            without: None,
        }
    }

    /// The conversation.
    pub fn conversation(&self) -> ConversationId {
        self.conversation
    }

    /// The event behind which a stream is to go on.
    pub fn last_event_id(&self) -> Option<&str> {
        self.last_event_id.as_deref()
    }

    /// From when on entries are to be listed after a gap; everything where nothing has come yet.
    pub fn fill_from(&self) -> Option<Timestamp> {
        self.newest?.checked_sub(OVERLAP).ok()
    }

    /// Takes what came together on a stream, of whatever conversation.
    pub fn hear(&mut self, incoming: Vec<Incoming>) -> Vec<Item> {
        let mut entries = Vec::new();
        for Incoming { last_event_id, what } in incoming {
            if let Some(id) = last_event_id {
                self.heard_until(&id);
            }
            match what {
                Heard::Entry { conversation, entry } if conversation == self.conversation => {
                    entries.push(*entry);
                }
                _ => {}
            }
        }
        self.pass_on(entries)
    }

    /// Takes entries that were listed, in any order.
    pub fn fill(&mut self, entries: Vec<Entry>) -> Vec<Item> {
        self.pass_on(entries)
    }

    /// Goes on behind this event. Ids are numbers that grow; what is told again does not lead back.
    pub(super) fn heard_until(&mut self, id: &str) {
        let number = |id: &str| id.parse::<u64>().ok();
        let back = match (self.last_event_id.as_deref().and_then(number), number(id)) {
            (Some(known), Some(new)) => new < known,
            _ => false,
        };
        if !back {
            self.last_event_id = Some(id.to_owned());
        }
    }

    fn has(&self, protection: Protection) -> bool {
        #[cfg(test)]
        if self.without == Some(protection) {
            return false;
        }
        let _ = protection;
        true
    }

    fn pass_on(&mut self, entries: Vec<Entry>) -> Vec<Item> {
        // What has no time stands with what came before it.
        let mut at = self.newest;
        let mut timed: Vec<(Option<Timestamp>, Entry)> = Vec::with_capacity(entries.len());
        for entry in entries {
            at = entry.at.or(at);
            timed.push((at, entry));
        }
        if self.has(Protection::Order) {
            timed.sort_by_key(|(at, _)| *at);
        }
        let mut items = Vec::new();
        for (at, entry) in timed {
            self.one(at, entry, &mut items);
        }
        items
    }

    fn one(&mut self, at: Option<Timestamp>, entry: Entry, items: &mut Vec<Item>) {
        let behind = at < self.newest;
        let what = match entry.kind {
            EntryKind::Typing(_) | EntryKind::QueuePosition(_) => {
                self.of_the_moment(at, &entry).into_iter().collect()
            }
            EntryKind::Unknown(_) => return,
            _ => {
                if !self.is_new(at, &entry) && self.has(Protection::Once) {
                    return;
                }
                self.newest = self.newest.max(at);
                self.lasting(at, behind && self.has(Protection::Standing), &entry)
            }
        };
        let late = behind && self.has(Protection::Order);
        items.extend(what.into_iter().map(|what| Item { entry: entry.id.clone(), at, late, what }));
    }

    /// What counts for the moment alone. It is not remembered: it comes often, is told again for as long
    /// as it holds, and behind something later it is past.
    fn of_the_moment(&mut self, at: Option<Timestamp>, entry: &Entry) -> Option<Happening> {
        let standing = self.has(Protection::Standing);
        let (known, what) = match entry.kind {
            EntryKind::Typing(_) if entry.sender.role == Role::EndUser => return None,
            EntryKind::Typing(on) => (&mut self.typing_at, Happening::Typing { on }),
            EntryKind::QueuePosition(position) => {
                (&mut self.queued_at, Happening::QueuePosition(position))
            }
            _ => return None,
        };
        let newer = at.is_none() || at > *known;
        *known = at.max(*known);
        let holds = newer && at >= self.newest;
        (holds || !standing).then_some(what)
    }

    /// Whether an entry was not passed on before, which it then counts as.
    fn is_new(&mut self, at: Option<Timestamp>, entry: &Entry) -> bool {
        let id = &entry.id;
        match &entry.kind {
            EntryKind::Message(message) if entry.sender.role == Role::EndUser => {
                let message = message.message.as_ref().unwrap_or(id);
                self.listed.is_new(format!("{message}/echo"), at)
            }
            EntryKind::Message(message) => {
                let key = |aspect: &str| format!("{id}/{aspect}");
                let aspect = message.content.aspect();
                // Files that have come do not come any more.
                let over = aspect == PENDING && self.listed.knows(&key(FILES));
                !over && self.listed.is_new(key(aspect), at)
            }
            EntryKind::ParticipantChanged(_) | EntryKind::RoutingResult { .. } => {
                self.listed.is_new(id.to_string(), at)
            }
            _ => self.streamed.is_new(id.to_string(), at),
        }
    }

    /// What an entry comes to that is passed on for the first time. `past` where something later was.
    fn lasting(&mut self, at: Option<Timestamp>, past: bool, entry: &Entry) -> Vec<Happening> {
        let mut what = Vec::new();
        match &entry.kind {
            EntryKind::Message(message) => what.push(said(entry, message)),
            EntryKind::RoutingResult { kind, failure, estimated_wait } => {
                what.extend(routed(*kind, failure.as_ref()));
                let wait = estimated_wait.filter(|_| !past);
                what.extend(wait.map(|seconds| Happening::EstimatedWait { seconds }));
            }
            EntryKind::RoutingWorkResult { kind: WorkKind::Accepted, bot: false } => {
                what.push(Happening::Accepted);
            }
            EntryKind::ParticipantChanged(changes) => {
                let anyway = !self.has(Protection::Standing);
                let happened = |change| self.roster.change(change, at, anyway);
                what.extend(changes.iter().filter_map(happened));
            }
            EntryKind::SessionStatusChanged { session, ended: true, by } => {
                what.push(Happening::SessionEnded { session: session.clone(), by: *by });
            }
            // What the customer has read comes back too.
            EntryKind::Acknowledgement(_) if entry.sender.role == Role::EndUser => {}
            EntryKind::Acknowledgement(Acknowledgement { read, message: Some(message) }) => {
                what.push(Happening::Receipt { message: message.clone(), read: *read });
            }
            EntryKind::Close => what.push(Happening::Closed),
            EntryKind::RoutingWorkResult { .. }
            | EntryKind::SessionStatusChanged { .. }
            | EntryKind::Acknowledgement(_)
            | EntryKind::Typing(_)
            | EntryKind::QueuePosition(_)
            | EntryKind::Unknown(_) => {}
        }
        what
    }
}

fn said(entry: &Entry, message: &MessageEntry) -> Happening {
    let id = message.message.as_ref().unwrap_or(&entry.id).clone();
    let from = match entry.sender.role {
        Role::EndUser => return Happening::Echo { message: id },
        _ if message.automated => Author::System,
        Role::Agent | Role::Supervisor => Author::Agent,
        Role::Chatbot => Author::Bot,
        Role::System | Role::Router | Role::Other => Author::System,
    };
    let (name, content) = (entry.sender.name.clone(), message.content.clone());
    Happening::Message { from, name, message: id, content }
}

/// A transfer that fails leaves the customer where it was; a first routing that fails leaves nobody.
fn routed(kind: RoutingKind, failure: Option<&RoutingFailure>) -> Option<Happening> {
    match (kind, failure.cloned()) {
        (RoutingKind::Transfer, None) => Some(Happening::Transferred),
        (RoutingKind::Transfer, Some(failure)) => Some(Happening::TransferFailed(failure)),
        (RoutingKind::Initial, Some(failure)) => Some(Happening::RoutingFailed(failure)),
        (RoutingKind::Initial | RoutingKind::Conference | RoutingKind::Other, _) => None,
    }
}
