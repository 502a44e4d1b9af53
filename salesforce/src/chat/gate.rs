//! Tokens for many visitors of one org: first come, first served, never more than the org gives.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::clock::{Clock, later};
use super::error::ChatError;

/// How many tokens may be asked for, and how long somebody may wait for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// So many requests in a span.
    pub requests: usize,
    /// The span.
    pub span: Duration,
    /// Who would wait longer is told so at once.
    pub longest_wait: Duration,
}

impl Default for Rate {
    /// Salesforce gives 200 in a minute; a tenth is left to others of the same org. 30 s of waiting.
    fn default() -> Self {
        Rate { requests: 180, span: Duration::from_secs(60), longest_wait: Duration::from_secs(30) }
    }
}

/// The way to an org's tokens. Clones are the same gate: one for all deployments of an org.
///
/// The org counts new tokens and renewals apart, and so do we. Its minutes are not known to begin at
/// any particular second, so no 60 seconds, wherever they begin, have more than the rate.
#[derive(Debug, Clone)]
pub struct TokenGate {
    new: Arc<Lane>,
    renewals: Arc<Lane>,
}

impl TokenGate {
    /// A gate that goes by a clock.
    pub fn new(rate: Rate, clock: Arc<dyn Clock>) -> Self {
        let lane = || Arc::new(Lane::new(rate, Arc::clone(&clock)));
        TokenGate { new: lane(), renewals: lane() }
    }

    /// Waits until a new token may be asked for.
    pub(super) async fn for_new(&self) -> Result<&Lane, ChatError> {
        self.new.pass().await?;
        Ok(&self.new)
    }

    /// Waits until a token may be renewed.
    pub(super) async fn for_renewal(&self) -> Result<&Lane, ChatError> {
        self.renewals.pass().await?;
        Ok(&self.renewals)
    }
}

/// One queue.
pub(super) struct Lane {
    clock: Arc<dyn Clock>,
    rate: Rate,
    /// Whose turn it is. It is fair: who asked first gets it first.
    turn: tokio::sync::Mutex<()>,
    waiting: AtomicUsize,
    window: Mutex<Window>,
}

impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Lane");
        shown.field("rate", &self.rate).field("waiting", &self.waiting).finish_non_exhaustive()
    }
}

impl Lane {
    fn new(rate: Rate, clock: Arc<dyn Clock>) -> Self {
        Lane {
            clock,
            rate,
            turn: tokio::sync::Mutex::new(()),
            waiting: AtomicUsize::new(0),
            window: Mutex::default(),
        }
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn pass(&self) -> Result<(), ChatError> {
        let place = Place::taken(&self.waiting);
        let now = self.clock.now();
        let crowded = |wait: Duration| ChatError::Crowded { wait };
        let expected = self.window().free_at(self.rate, now, place.ahead);
        let wait = span(now, expected);
        if wait > self.rate.longest_wait {
            return Err(crowded(wait));
        }
        let deadline = later(now, self.rate.longest_wait);
        let _turn = tokio::select! {
            biased;
            turn = self.turn.lock() => turn,
            () = self.clock.sleep_until(deadline) => return Err(crowded(self.rate.longest_wait)),
        };
        loop {
            let now = self.clock.now();
            let free_at = self.window().free_at(self.rate, now, 0);
            if free_at <= now {
                self.window().go(self.rate, now);
                return Ok(());
            }
            if free_at > deadline {
                return Err(crowded(span(now, free_at)));
            }
            self.clock.sleep_until(free_at).await;
        }
    }

    /// The org has refused one for there are too many: all wait so long.
    pub(super) fn refused(&self, asked: Option<Duration>) {
        /// Where the org does not say how long: its limit is one of a minute.
        const UNSAID: Duration = Duration::from_secs(10);
        /// Nobody's word keeps everybody out for longer.
        const LONGEST: Duration = Duration::from_secs(300);
        let until = later(self.clock.now(), asked.unwrap_or(UNSAID).min(LONGEST));
        let mut window = self.window();
        window.not_before = window.not_before.max(Some(until));
    }
}

/// Somebody who waits, or is at the gate.
struct Place<'a> {
    waiting: &'a AtomicUsize,
    /// How many had come before.
    ahead: usize,
}

impl<'a> Place<'a> {
    fn taken(waiting: &'a AtomicUsize) -> Self {
        Place { waiting, ahead: waiting.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn span(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

/// When requests went, as far back as it matters.
#[derive(Debug, Default)]
struct Window {
    went: VecDeque<Timestamp>,
    not_before: Option<Timestamp>,
}

impl Window {
    /// When a request may go that has so many ahead of it.
    fn free_at(&self, rate: Rate, now: Timestamp, ahead: usize) -> Timestamp {
        let start = self.not_before.map_or(now, |until| until.max(now));
        let limit = rate.requests.max(1);
        // A whole rate of those ahead takes a whole span.
        let (spans, place) = (ahead / limit, ahead % limit);
        let before = (self.went.len() + place).checked_sub(limit);
        let free = before.and_then(|index| self.went.get(index));
        let free = free.map_or(start, |at| later(*at, rate.span).max(start));
        later(free, rate.span.saturating_mul(u32::try_from(spans).unwrap_or(u32::MAX)))
    }

    fn go(&mut self, rate: Rate, now: Timestamp) {
        self.went.push_back(now);
        while self.went.len() > rate.requests.max(1) {
            self.went.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use proptest::prelude::{prop_assert, proptest};

    use super::{Rate, Window};

    const RATE: Rate =
        Rate { requests: 3, span: Duration::from_secs(60), longest_wait: Duration::from_secs(30) };

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn how_long_it_takes_is_known_from_those_ahead() {
        let mut window = Window::default();
        let free = |window: &Window, now: i64, ahead: usize| {
            window.free_at(RATE, second(now), ahead).as_second()
        };
        assert_eq!((free(&window, 0, 0), free(&window, 0, 2), free(&window, 0, 3)), (0, 0, 60));
        for at in [0, 10, 20] {
            assert_eq!(free(&window, at, 0), at);
            window.go(RATE, second(at));
        }
        let ahead: Vec<i64> = (0..8).map(|ahead| free(&window, 20, ahead)).collect();
        assert_eq!(ahead, [60, 70, 80, 120, 130, 140, 180, 190]);
        window.not_before = Some(second(100));
        assert_eq!((free(&window, 30, 0), free(&window, 200, 0)), (100, 200));
    }

    proptest! {
        #[test]
        fn no_span_has_more_than_the_rate(steps in proptest::collection::vec(0_i64..40, 1..60)) {
            let mut window = Window::default();
            let (mut now, mut went) = (0, Vec::new());
            for step in steps {
                now = window.free_at(RATE, second(now + step), 0).as_second();
                window.go(RATE, second(now));
                went.push(now);
            }
            for start in &went {
                let inside = went.iter().filter(|at| (*start..*start + 60).contains(at)).count();
                prop_assert!(inside <= RATE.requests, "{went:?}");
            }
            prop_assert!(window.went.len() <= RATE.requests);
        }
    }
}
