//! Answers that are held back although what was asked for is saved.

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;

use crate::faults::Target;

/// What is held now, and how those before ended.
#[derive(Debug)]
pub(super) struct Holds {
    count: Mutex<Count>,
    releases: watch::Sender<u64>,
}

/// Answers that are held, and how many were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Count {
    /// The objects whose answers are held now.
    held: Vec<String>,
    /// Answers that went out in the end.
    released: u64,
    /// Answers whose client had gone before they went out.
    abandoned: u64,
}

impl Default for Holds {
    fn default() -> Self {
        Self { count: Mutex::default(), releases: watch::Sender::new(0) }
    }
}

impl Holds {
    /// Holds an answer for so long; with nothing, until the next release.
    pub(super) async fn hold(&self, target: &Target, pause: Duration) {
        let mut released = self.releases.subscribe();
        let object = target.object.clone().unwrap_or_default();
        self.lock().held.push(object.clone());
        let mut held = Held { holds: self, object, went_out: false };
        let let_go = async {
            // An error means that the org ends.
            drop(released.changed().await);
        };
        if pause.is_zero() {
            let_go.await;
        } else {
            drop(tokio::time::timeout(pause, let_go).await);
        }
        held.went_out = true;
    }

    /// Lets all go that are held now.
    pub(super) fn release(&self) {
        self.releases.send_modify(|number| *number += 1);
    }

    pub(super) fn count(&self) -> Count {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Dropped with its request where the client has gone.
struct Held<'a> {
    holds: &'a Holds,
    object: String,
    went_out: bool,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut count = self.holds.lock();
        if let Some(at) = count.held.iter().position(|object| *object == self.object) {
            count.held.swap_remove(at);
        }
        match self.went_out {
            true => count.released += 1,
            false => count.abandoned += 1,
        }
    }
}
