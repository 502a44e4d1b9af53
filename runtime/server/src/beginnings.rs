//! Of one visitor, one conversation begins at a time: what an earlier one has left is known to the next.
//! Without that, two tabs could both begin with what starts once.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

/// So many visitors at most begin beside one another.
const LANES: usize = 256;

/// Visitors share a lane by chance, and wait for each other then.
#[derive(Debug)]
pub(crate) struct Beginnings {
    lanes: Box<[Mutex<()>]>,
}

impl Default for Beginnings {
    fn default() -> Self {
        Self { lanes: (0..LANES).map(|_| Mutex::new(())).collect() }
    }
}

impl Beginnings {
    /// Waits until nobody else begins a conversation of the visitor's.
    pub(crate) async fn alone(&self, visitor: Uuid) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        visitor.hash(&mut hasher);
        let lane = usize::try_from(hasher.finish() % LANES as u64).unwrap_or(0);
        self.lanes[lane].lock().await
    }
}
