//! The worker that turns due timers into events.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tidegate_store::StoreError;

use crate::app::{App, now};
use crate::conversation::{Arrival, Cause, LoopError};

/// So many due timers are taken at once.
const BATCH: u32 = 64;
/// Before what failed is tried again.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// At most between two looks.
const PAUSE: Duration = Duration::from_secs(30);

/// Fires timers until the server ends.
pub(crate) async fn run(app: Arc<App>) {
    let mut work = app.store.work();
    let mut ending = app.ending.clone();
    while !*ending.borrow_and_update() {
        work.mark_unchanged();
        let pause = match fire_due(&app).await {
            Ok(next) => next.map_or(PAUSE, |next| until(next, now())),
            Err(error) => {
                tracing::error!(%error, "timers could not be read; they are looked at again");
                PAUSE
            }
        };
        tokio::select! {
            _ = tokio::time::sleep(pause) => {}
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
async fn fire_due(app: &App) -> Result<Option<Timestamp>, StoreError> {
    let now = now();
    let mut failed = false;
    for due in app.store.due(now, BATCH).await? {
        let cause = Cause::Timer(due.timer.key);
        let conversation = due.conversation;
        match app
            .conversations
            .receive(conversation, Arrival::Event(due.timer.event), cause, now)
            .await
        {
            Ok(_) => {}
            Err(LoopError::Store(error)) => return Err(error),
            Err(error) => {
                tracing::error!(%conversation, %error, "a timer could not fire; it is tried again");
                failed = true;
            }
        }
    }
    let next = app.store.next_timer().await?;
    Ok(if failed { next.map(|next| next.max(now + AFTER_FAILURE)) } else { next })
}
