//! Who wants to know that something was committed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

/// Watchers of conversations and of work for the workers.
///
/// A watcher learns the latest sequence number only: a slow one never holds anything back, and
/// reads from the store what it missed.
#[derive(Debug)]
pub(crate) struct Subscribers {
    conversations: Mutex<HashMap<Uuid, watch::Sender<u64>>>,
    work: watch::Sender<()>,
}

impl Subscribers {
    pub(crate) fn new() -> Self {
        Self { conversations: Mutex::default(), work: watch::Sender::new(()) }
    }

    pub(crate) fn subscribe(&self, conversation: Uuid) -> watch::Receiver<u64> {
        let mut map = self.conversations.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len().is_power_of_two() {
            map.retain(|_, sender| sender.receiver_count() > 0);
        }
        map.entry(conversation).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    pub(crate) fn work(&self) -> watch::Receiver<()> {
        self.work.subscribe()
    }

    /// Tells the conversation's watchers its latest sequence number, and forgets it when nobody
    /// listens any more.
    pub(crate) fn appended(&self, conversation: Uuid, last: u64) {
        let mut map = self.conversations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = map.get(&conversation)
            && sender.send(last).is_err()
        {
            map.remove(&conversation);
        }
    }

    /// Tells the workers that there may be something to do.
    pub(crate) fn wake(&self) {
        self.work.send_replace(());
    }
}
