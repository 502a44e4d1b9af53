//! A conversation's events across drops, restarts of ours and tokens' ends.

mod backoff;

use std::fmt;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{self, Stream};
use jiff::Timestamp;

pub use backoff::Reconnect;

use super::clock::later;
use super::error::ChatError;
use super::events::{EventStream, Heard};
use super::feed::{Feed, Item};
use super::visitor::Visitor;
use super::walk::Walk;

/// Renewing a token that could not be renewed is tried again after so long.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);
/// An org that asks for more patience than this is asked after this all the same.
const LONGEST_PATIENCE: Duration = Duration::from_secs(300);

/// A conversation's events, kept going.
///
/// A stream that breaks, ends or is silent is opened again behind the last event that came, by
/// [`Reconnect`]; before anything is read from it, what was missed is listed, for nobody promises that
/// a stream tells it again. A token is renewed before its end though nothing else is to be done, and a
/// stream that a token does not open is opened with another one.
pub struct Live {
    visitor: Visitor,
    feed: Feed,
    policy: Reconnect,
    state: State,
    /// Attempts since something was heard.
    attempts: u32,
    /// Something came that could not be read: what it said is to be listed.
    gap: bool,
    /// A renewal of the token that is under way beside everything else; it tells whether it has to be
    /// tried again.
    renewing: Option<BoxFuture<'static, bool>>,
    renew_not_before: Option<Timestamp>,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Live");
        shown.field("feed", &self.feed).field("attempts", &self.attempts).finish_non_exhaustive()
    }
}

enum State {
    /// To be opened at a time.
    Down { until: Timestamp },
    /// Open, and last heard of at a time.
    Open { stream: Box<EventStream>, heard_at: Timestamp },
}

/// What happened to an open stream.
enum Turn {
    Items(Vec<Item>),
    Down(ChatError, Option<Duration>),
    Nothing,
}

impl Live {
    /// Events of a feed's conversation, from where the feed is; nothing is sent until the first is asked
    /// for. A stream is to be open before the conversation is created, so ask before creating it.
    pub fn new(visitor: Visitor, feed: Feed, policy: Reconnect) -> Self {
        let until = visitor.client().clock().now();
        Live {
            visitor,
            feed,
            policy,
            state: State::Down { until },
            attempts: 0,
            gap: false,
            renewing: None,
            renew_not_before: None,
        }
    }

    /// The feed: to be kept together with what came of the last items, which it has passed on.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// The visitor, whose token may have become another one.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// Whether a stream is open.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    /// Opens the stream, where none is open, and lists what was missed; gives what came of that, which may
    /// be nothing. May be given up at any time.
    ///
    /// # Errors
    ///
    /// As [`Live::next`].
    pub async fn open(&mut self) -> Result<Vec<Item>, ChatError> {
        loop {
            let State::Down { until } = self.state else { return Ok(Vec::new()) };
            self.visitor.client().clock().sleep_until(until).await;
            match self.connect().await {
                Ok(items) => return Ok(items),
                Err(error) => self.down(error, None)?,
            }
        }
    }

    /// Waits for what happens next: at least one item. May be given up at any time: nothing is lost by it.
    ///
    /// # Errors
    ///
    /// What does not pass by itself, at once: the visitor's token cannot be renewed, or the conversation is
    /// another's. What may pass, after so many attempts as the policy says. Asking again begins anew.
    pub async fn next(&mut self) -> Result<Vec<Item>, ChatError> {
        loop {
            if !self.is_open() {
                let items = self.open().await?;
                if !items.is_empty() {
                    return Ok(items);
                }
            }
            if self.gap {
                match self.missed().await {
                    Ok(items) if items.is_empty() => self.gap = false,
                    Ok(items) => {
                        self.gap = false;
                        return Ok(items);
                    }
                    Err(error) => self.down(error, None)?,
                }
                continue;
            }
            match self.turn().await {
                Turn::Items(items) => return Ok(items),
                Turn::Down(error, wished) => self.down(error, wished)?,
                Turn::Nothing => {}
            }
        }
    }

    /// The same as a stream, which ends behind the first error. The feed is not to be had from it, so it
    /// is for those who keep nothing.
    pub fn into_stream(self) -> impl Stream<Item = Result<Vec<Item>, ChatError>> + Send {
        stream::unfold(Some(self), async |live| {
            let mut live = live?;
            let next = live.next().await;
            let rest = next.is_ok().then_some(live);
            Some((next, rest))
        })
    }

    async fn connect(&mut self) -> Result<Vec<Item>, ChatError> {
        let stream = self.visitor.events(self.feed.last_event_id()).await?;
        // What comes meanwhile waits in the stream: it is later than what is listed, or the same.
        let items = self.missed().await?;
        let heard_at = self.visitor.client().clock().now();
        self.state = State::Open { stream: Box::new(stream), heard_at };
        self.gap = false;
        Ok(items)
    }

    /// Lists what was missed.
    async fn missed(&mut self) -> Result<Vec<Item>, ChatError> {
        let mut walk = Walk::from(self.feed.fill_from());
        loop {
            let listed = self.visitor.entries(self.feed.conversation(), &walk.query()).await;
            let more = match listed {
                Ok(page) => walk.take(page),
                // It is still to be created.
                Err(ChatError::Unknown(_)) => false,
                Err(error) => return Err(error),
            };
            if !more {
                return Ok(self.feed.fill(walk.entries()));
            }
        }
    }

    /// Waits for what comes of an open stream, its silence, or the time to renew the token.
    async fn turn(&mut self) -> Turn {
        let clock = self.visitor.client().clock().clone();
        let renew_at = self.visitor.renew_at();
        let renew_at = renew_at.map(|at| self.renew_not_before.map_or(at, |not| at.max(not)));
        if self.renewing.is_none() && renew_at.is_some_and(|at| at <= clock.now()) {
            self.renewing = Some(renewal(self.visitor.clone()).boxed());
        }
        let State::Open { stream, heard_at } = &mut self.state else { return Turn::Nothing };
        let silent_at = later(*heard_at, self.policy.heartbeat);
        let renew_at = renew_at.filter(|_| self.renewing.is_none());
        let wake_at = renew_at.map_or(silent_at, |at| at.min(silent_at));
        let came = tokio::select! {
            biased;
            came = stream.next() => came,
            again = finished(&mut self.renewing) => {
                self.renewing = None;
                self.renew_not_before = again.then(|| later(clock.now(), RENEWAL_PAUSE));
                return Turn::Nothing;
            }
            () = clock.sleep_until(wake_at) => {
                if clock.now() < silent_at {
                    return Turn::Nothing;
                }
                return Turn::Down(ended("the stream of events is silent"), None);
            }
        };
        let incoming = match came {
            Ok(Some(incoming)) => incoming,
            Ok(None) => return Turn::Down(ended("the stream of events ended"), stream.retry()),
            Err(error) => return Turn::Down(error, stream.retry()),
        };
        *heard_at = clock.now();
        if !incoming.is_empty() {
            self.attempts = 0;
        }
        self.gap |= incoming.iter().any(|one| matches!(one.what, Heard::Unreadable { .. }));
        let last_event_id = stream.last_event_id().map(str::to_owned);
        let items = self.feed.hear(incoming);
        if let Some(id) = last_event_id {
            self.feed.heard_until(&id);
        }
        if items.is_empty() { Turn::Nothing } else { Turn::Items(items) }
    }

    /// Notes that there is no stream, and when to open one; fails where that is of no use.
    fn down(&mut self, error: ChatError, wished: Option<Duration>) -> Result<(), ChatError> {
        let now = self.visitor.client().clock().now();
        if !error.class().may_pass() || self.attempts >= self.policy.attempts {
            self.attempts = 0;
            self.state = State::Down { until: now };
            return Err(error);
        }
        let pause = self.policy.pause(self.attempts, wished, rand::random());
        let asked = error.retry_after().unwrap_or_default().min(LONGEST_PATIENCE);
        self.attempts += 1;
        self.state = State::Down { until: later(now, pause.max(asked)) };
        Ok(())
    }
}

/// Renews a visitor's token. What fails here fails where the token is needed.
async fn renewal(visitor: Visitor) -> bool {
    let renewed = visitor.fresh_token().await;
    renewed.map_or(true, |token| token.is_due(visitor.client().clock().now()))
}

async fn finished(renewing: &mut Option<BoxFuture<'static, bool>>) -> bool {
    match renewing {
        Some(renewing) => renewing.await,
        None => std::future::pending().await,
    }
}

fn ended(what: &str) -> ChatError {
    ChatError::Unclear { status: None, what: what.to_owned(), retry_after: None }
}
