//! The worker that turns due timers into events.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use jiff::Timestamp;
use tidegate_engine::effect::Timer;
use tidegate_store::StoreError;
use tidegate_store::contract::Due;
use uuid::Uuid;

use crate::app::App;
use crate::chats;
use crate::conversation::{Arrival, Cause, LoopError};

/// So many due timers are taken at once.
const BATCH: u32 = 64;
/// Before what failed is tried again.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// At most between two looks; half of what the store calls soon.
const PAUSE: Duration = Duration::from_secs(30);

/// Fires timers until the server ends.
pub(crate) async fn run(app: Arc<App>) {
    let mut work = app.store.work();
    let mut ending = app.ending.clone();
    let mut stuck = BTreeSet::new();
    while !*ending.borrow_and_update() {
        work.mark_unchanged();
        let began = app.clock.now();
        let pause = match fire_due(&app, &mut stuck).await {
            Ok(next) => next.map_or(PAUSE, |next| until(next, began)),
            Err(error) => {
                tracing::error!(%error, "timers could not be read; they are looked at again");
                PAUSE
            }
        };
        tokio::select! {
            () = app.clock.sleep_until(began + pause) => {}
            Ok(()) = work.changed() => {}
            Ok(()) = ending.changed() => {}
        }
    }
}

/// How long it is until then, at most [`PAUSE`].
pub(crate) fn until(then: Timestamp, now: Timestamp) -> Duration {
    let span = then.duration_since(now);
    Duration::try_from(span).unwrap_or(Duration::ZERO).min(PAUSE)
}

/// Fires what is due, and says when to look again.
///
/// Timers that can't fire stay due; beside these, as many as ever are taken, so that however many
/// are stuck they hold up nobody else.
async fn fire_due(
    app: &Arc<App>,
    stuck: &mut BTreeSet<Uuid>,
) -> Result<Option<Timestamp>, StoreError> {
    let now = app.clock.now();
    let beside = u32::try_from(stuck.len()).unwrap_or(u32::MAX);
    let due = app.store.due(now, BATCH.saturating_add(beside)).await?;
    stuck.clear();
    for due in due {
        match chats::of_timer(app, &due).await {
            Ok(None) => {}
            Ok(Some(chat)) => {
                stuck.insert(due.timer.key);
                chats::then_fire(app, chat, due);
                continue;
            }
            Err(error @ (StoreError::Broken(_) | StoreError::Closed | StoreError::Failed(_))) => {
                return Err(error);
            }
            // Firing it meets the same, and says so.
            Err(_) => {}
        }
        let Due { conversation, timer: Timer { key, due, event } } = due;
        let (arrival, cause) = (Arrival::Event(event), Cause::Timer { key, due });
        let receiving = app.conversations.receive(conversation, arrival, cause, now);
        match AssertUnwindSafe(receiving).catch_unwind().await {
            Ok(Ok(_)) => {}
            Ok(Err(LoopError::Store(
                error @ (StoreError::Broken(_) | StoreError::Closed | StoreError::Failed(_)),
            ))) => return Err(error),
            Ok(Err(error)) => {
                tracing::error!(%conversation, %error, "a timer could not fire; it is tried again");
                stuck.insert(key);
            }
            Err(_) => {
                tracing::error!(%conversation, "a fault of Tidegate's: a timer could not fire; it is tried again");
                stuck.insert(key);
            }
        }
    }
    let next = app.store.next_timer().await?;
    Ok(match stuck.is_empty() {
        true => next,
        false => next.map(|next| next.max(now + AFTER_FAILURE)),
    })
}
