//! What an AI is about to say: shown while it is made, and kept nowhere. What counts is the message that
//! takes its place.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

/// Drafts by conversation; an empty one is none.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    all: Mutex<HashMap<Uuid, watch::Sender<Arc<str>>>>,
}

impl Drafts {
    /// Learns the conversation's draft, now and whenever it changes.
    pub(crate) fn subscribe(&self, conversation: Uuid) -> watch::Receiver<Arc<str>> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        // Who has nobody that looks, and nothing to say, is forgotten.
        all.retain(|_, one| one.receiver_count() > 0 || !one.borrow().is_empty());
        let mut draft = all.entry(conversation).or_insert_with(none).subscribe();
        if !draft.borrow().is_empty() {
            draft.mark_changed();
        }
        draft
    }

    pub(crate) fn set(&self, conversation: Uuid, text: &str) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if text.is_empty() && !all.contains_key(&conversation) {
            return;
        }
        all.entry(conversation).or_insert_with(none).send_if_modified(|draft| {
            let changes = **draft != *text;
            if changes {
                *draft = text.into();
            }
            changes
        });
    }
}

fn none() -> watch::Sender<Arc<str>> {
    watch::Sender::new("".into())
}
