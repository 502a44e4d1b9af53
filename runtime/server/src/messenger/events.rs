//! The stream of a conversation's messages.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::Stream;
use futures::stream::unfold;
use rand::RngExt as _;
use tidegate_engine::message::{Message, Speaker};
use tidegate_store::contract::Entry;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::problem::Problem;
use super::visitor::Own;
use crate::app::App;
use crate::chats::Passing;
use crate::metrics::Streaming;

/// A comment goes out this often, so that proxies and browsers see that somebody is there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Then a reader comes back and shows its token again, which may have run out meanwhile.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// So many messages are held for a reader at most; a slow one reads on when it can.
const PART: u32 = 128;
/// After how many milliseconds readers come back to a server that ends.
const COME_BACK: RangeInclusive<u64> = 500..=2_500;

/// A reader, and what it is to get next.
struct Reader {
    app: Arc<App>,
    conversation: Uuid,
    after: u64,
    reset: bool,
    ready: VecDeque<Entry>,
    appended: watch::Receiver<u64>,
    passing: watch::Receiver<Passing>,
    draft: watch::Receiver<Arc<str>>,
    revoked: watch::Receiver<bool>,
    ending: watch::Receiver<bool>,
    until: Instant,
    /// Whether the reader was told when to come back.
    parted: bool,
    _counted: Streaming,
}

pub(super) async fn events(
    State(app): State<Arc<App>>,
    own: Own,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let stored = app.store.load(own.id).await?.ok_or_else(Problem::not_found)?;
    let (after, reset) = resume(&headers, stored.messages);
    let revoked = app.streams.begin(own.token);
    // It may have ended since the request was let in.
    app.store.bearer(own.token, app.clock.now()).await?.ok_or_else(Problem::unauthorized)?;
    let reader = Reader {
        appended: app.store.subscribe(own.id),
        passing: app.chats.passing.subscribe(own.id),
        draft: app.drafts.subscribe(own.id),
        revoked,
        ending: app.ending.clone(),
        until: Instant::now() + LONGEST,
        _counted: app.metrics.stream(),
        app,
        conversation: own.id,
        after,
        reset,
        ready: VecDeque::new(),
        parted: false,
    };
    let stream = unfold(reader, |mut reader| async move {
        let event = reader.next().await?;
        Some((Ok(event), reader))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// Behind which message to go on, and whether the reader has to forget what it has.
pub(super) fn resume(headers: &HeaderMap, last: u64) -> (u64, bool) {
    let Some(id) = headers.get("last-event-id") else { return (0, false) };
    let id = id.to_str().ok().and_then(|id| id.trim().parse::<u64>().ok());
    match id {
        Some(id) if id <= last => (id, false),
        _ => (0, true),
    }
}

impl Reader {
    /// The next event, as soon as there is one; `None` where the stream ends and the reader is to
    /// come back.
    async fn next(&mut self) -> Option<Event> {
        if std::mem::take(&mut self.reset) {
            return Some(Event::default().event("reset").data("{}"));
        }
        loop {
            if *self.revoked.borrow() {
                return None;
            }
            if *self.ending.borrow() {
                return (!std::mem::replace(&mut self.parted, true)).then(parting);
            }
            if Instant::now() >= self.until {
                return None;
            }
            if let Some(entry) = self.ready.pop_front() {
                self.after = entry.sequence;
                if !entry.message.is_for_customer() {
                    continue;
                }
                if matches!(entry.message, Message::Said { from: Speaker::Ai, .. }) {
                    // What was drafted has been said.
                    self.draft.mark_unchanged();
                }
                return sent(&entry);
            }
            self.appended.mark_unchanged();
            match self.app.store.entries(self.conversation, self.after, PART).await {
                Ok(entries) if entries.is_empty() => {
                    tokio::select! {
                        changed = self.appended.changed() => changed.ok()?,
                        Ok(()) = self.passing.changed() => return self.at_the_moment(),
                        Ok(()) = self.draft.changed() => return self.drafted(),
                        changed = self.revoked.changed() => changed.ok()?,
                        changed = self.ending.changed() => changed.ok()?,
                        () = sleep_until(self.until) => return None,
                    }
                }
                Ok(entries) => self.ready = entries.into(),
                Err(error) => {
                    tracing::error!(%error, "a stream of events ends early");
                    return None;
                }
            }
        }
    }

    /// What the AI is about to say, up to now; empty where it says nothing after all, or has said it.
    fn drafted(&mut self) -> Option<Event> {
        let text = Arc::clone(&self.draft.borrow_and_update());
        let data = serde_json::to_string(&serde_json::json!({ "text": *text })).ok()?;
        Some(Event::default().event("draft").data(data))
    }

    /// What only matters now: without a number, for nobody reads it again.
    fn at_the_moment(&mut self) -> Option<Event> {
        let data = serde_json::to_string(&*self.passing.borrow_and_update()).ok()?;
        Some(Event::default().event("passing").data(data))
    }
}

/// Tells the reader when to come back; not all at once.
fn parting() -> Event {
    let pause = rand::rng().random_range(COME_BACK);
    Event::default().retry(Duration::from_millis(pause))
}

pub(super) fn sent(entry: &Entry) -> Option<Event> {
    let data = serde_json::to_string(entry).ok()?;
    Some(Event::default().id(entry.sequence.to_string()).event("entry").data(data))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::resume;

    #[test]
    fn what_can_not_be_resumed_is_reset() {
        let with = |id: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("last-event-id", HeaderValue::from_static(id));
            resume(&headers, 7)
        };
        assert_eq!(resume(&HeaderMap::new(), 7), (0, false));
        assert_eq!(with("7"), (7, false));
        for strange in ["8", "-1", "x", "", "18446744073709551616"] {
            assert_eq!(with(strange), (0, true), "{strange}");
        }
    }
}
