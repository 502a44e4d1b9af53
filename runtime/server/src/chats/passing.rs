//! What only matters now: it is shown to whoever looks, and kept nowhere.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use tokio::sync::watch;
use uuid::Uuid;

use super::channel::{FilesTaken, Now};

/// How a chat stands at the moment, as the Messenger gets it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Passing {
    /// Whether an agent types.
    pub(crate) typing: bool,
    /// The customer's place in the queue, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) position: Option<u32>,
    /// How many seconds it may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wait_seconds: Option<u64>,
    /// How many bytes a file may have that agents take, where they say so; 0 where they take none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_file_bytes: Option<u64>,
    /// The number of the customer's last entry that has reached agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivered: Option<u64>,
    /// That of the last one which an agent has read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) read: Option<u64>,
}

/// How chats stand, by conversation.
#[derive(Debug, Default)]
pub(crate) struct PassingStates {
    all: Mutex<HashMap<Uuid, watch::Sender<Passing>>>,
}

impl PassingStates {
    /// Learns how the conversation's chat stands, now and whenever that changes.
    pub(crate) fn subscribe(&self, conversation: Uuid) -> watch::Receiver<Passing> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        // Who has nobody that looks, and nothing to say, is forgotten.
        all.retain(|_, one| one.receiver_count() > 0 || *one.borrow() != Passing::default());
        let mut state = all.entry(conversation).or_default().subscribe();
        if *state.borrow() != Passing::default() {
            state.mark_changed();
        }
        state
    }

    pub(super) fn change(&self, conversation: Uuid, now: Now) {
        self.set(conversation, |state| match now {
            Now::Typing(typing) => state.typing = typing,
            Now::Position(position) => state.position = Some(position),
            Now::Wait(time) => state.wait_seconds = Some(time.as_secs()),
            Now::Receipt { .. } => {}
        });
    }

    /// The customer's entries up to this one have reached agents, or were read.
    pub(super) fn reached(&self, conversation: Uuid, number: u64, read: bool) {
        self.set(conversation, |state| {
            state.delivered = state.delivered.max(Some(number));
            if read {
                state.read = state.read.max(Some(number));
            }
        });
    }

    /// What the agents' side takes of files.
    pub(super) fn files(&self, conversation: Uuid, taken: FilesTaken) {
        let most = if taken.none { Some(0) } else { taken.largest };
        self.set(conversation, |state| state.max_file_bytes = most);
    }

    /// An agent is there: nobody stands in a queue.
    pub(super) fn arrived(&self, conversation: Uuid) {
        self.set(conversation, |state| (state.position, state.wait_seconds) = (None, None));
    }

    /// An agent has said it.
    pub(super) fn said(&self, conversation: Uuid) {
        self.set(conversation, |state| state.typing = false);
    }

    /// The chat is over.
    pub(super) fn clear(&self, conversation: Uuid) {
        self.set(conversation, |state| *state = Passing::default());
    }

    fn set(&self, conversation: Uuid, change: impl FnOnce(&mut Passing)) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(conversation).or_default().send_if_modified(|state| {
            let before = state.clone();
            change(state);
            *state != before
        });
    }
}
