//! How much one visitor may send, and how many conversations one address may begin: GCRA, in which
//! a minute's worth may come at once and the next ones at an even pace.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock, Reference as _};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use uuid::Uuid;

use crate::config::EdgeConfig;
use crate::http::client::{ClientAddress, neighbourhood};

/// So many visitors or addresses are told apart at most; beyond that, all share one rate until some
/// have rested.
const KEPT: usize = 100_000;
/// For each message that a visitor may send, so often may be told that they type.
const TYPING: NonZeroU32 = NonZeroU32::MIN.saturating_add(2);
/// For each conversation that may begin from an address, so many visits may be told of.
const VISITS: NonZeroU32 = NonZeroU32::MIN.saturating_add(11);
/// Between two looks at all of them.
const PAUSE: Duration = Duration::from_secs(1);

/// What is limited by its rate.
#[derive(Debug)]
pub(crate) struct Rates {
    messages: Rate<Uuid>,
    typing: Rate<Uuid>,
    openings: Rate<Uuid>,
    conversations: Rate<IpAddr>,
    visits: Rate<IpAddr>,
    newcomers: Rate<IpAddr>,
}

impl Rates {
    pub(crate) fn new(edge: &EdgeConfig) -> Self {
        Self {
            messages: Rate::new(edge.messages_per_minute, KEPT, MonotonicClock),
            typing: Rate::new(
                edge.messages_per_minute.saturating_mul(TYPING),
                KEPT,
                MonotonicClock,
            ),
            openings: Rate::new(edge.messages_per_minute, KEPT, MonotonicClock),
            conversations: Rate::new(edge.conversations_per_minute, KEPT, MonotonicClock),
            visits: Rate::new(
                edge.conversations_per_minute.saturating_mul(VISITS),
                KEPT,
                MonotonicClock,
            ),
            newcomers: Rate::new(edge.conversations_per_minute, KEPT, MonotonicClock),
        }
    }

    /// A visitor sends something; an error says how long to wait first.
    pub(crate) fn message(&self, visitor: Uuid) -> Result<(), Duration> {
        self.messages.take(visitor)
    }

    /// A visitor types, or stops; an error says how long to wait first.
    pub(crate) fn typing(&self, visitor: Uuid) -> Result<(), Duration> {
        self.typing.take(visitor)
    }

    /// A visitor comes back to their conversation; an error says how long to wait first.
    pub(crate) fn opening(&self, visitor: Uuid) -> Result<(), Duration> {
        self.openings.take(visitor)
    }

    /// A conversation is to begin; an error says how long to wait first.
    pub(crate) fn conversation(&self, ClientAddress(from): ClientAddress) -> Result<(), Duration> {
        self.conversations.take(neighbourhood(from))
    }

    /// A page tells of a visit; an error says how long to wait first.
    pub(crate) fn visit(&self, ClientAddress(from): ClientAddress) -> Result<(), Duration> {
        self.visits.take(neighbourhood(from))
    }

    /// Somebody is to be remembered who has only been shown something; an error says how long to wait
    /// first.
    pub(crate) fn newcomer(&self, ClientAddress(from): ClientAddress) -> Result<(), Duration> {
        self.newcomers.take(neighbourhood(from))
    }
}

/// One rate, kept apart for each key. The operating system's clock is quick enough: governor's own
/// one measures the processor first, which would be a third of a server's start.
struct Rate<K: Hash + Eq + Clone, C: Clock = MonotonicClock> {
    limiter: Limiter<Option<K>, C>,
    kept: usize,
    swept: Mutex<C::Instant>,
    clock: C,
}

type Limiter<K, C> = RateLimiter<K, HashMapStateStore<K>, C, NoOpMiddleware<<C as Clock>::Instant>>;

impl<K: Hash + Eq + Clone, C: Clock> std::fmt::Debug for Rate<K, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rate").field("kept", &self.kept).finish_non_exhaustive()
    }
}

impl<K: Hash + Eq + Clone, C: Clock + Clone> Rate<K, C> {
    fn new(per_minute: NonZeroU32, kept: usize, clock: C) -> Self {
        let quota = Quota::per_minute(per_minute);
        let limiter = RateLimiter::hashmap_with_clock(quota, clock.clone());
        Self { limiter, kept, swept: Mutex::new(clock.now()), clock }
    }

    fn take(&self, key: K) -> Result<(), Duration> {
        if self.limiter.len() >= self.kept {
            self.sweep();
        }
        let key = (self.limiter.len() < self.kept).then_some(key);
        let taken = self.limiter.check_key(&key);
        taken.map_err(|until| until.wait_time_from(self.clock.now()))
    }

    /// Forgets whoever has rested long enough to be as good as new; not at every request, for it
    /// looks at all.
    fn sweep(&self) {
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        if Duration::from(now.duration_since(*swept)) >= PAUSE {
            *swept = now;
            self.limiter.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn rate(per_minute: u32, kept: usize) -> (Rate<u32, FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Rate::new(per_minute.try_into().unwrap(), kept, clock.clone()), clock)
    }

    #[test]
    fn a_minutes_worth_may_come_at_once_and_then_one_at_a_time() {
        let (rate, clock) = rate(5, 10);
        for _ in 0..5 {
            rate.take(1).unwrap();
        }
        assert_eq!(rate.take(1), Err(Duration::from_secs(12)));
        rate.take(2).unwrap();
        clock.advance(Duration::from_secs(12));
        rate.take(1).unwrap();
        assert!(rate.take(1).is_err());
    }

    #[test]
    fn no_more_keys_are_kept_than_there_is_room_for() {
        let (rate, clock) = rate(2, 3);
        for key in 0..1000 {
            let _ = rate.take(key);
        }
        assert_eq!(rate.limiter.len(), 4, "three, and the one that the others share");
        assert!(rate.take(1001).is_err(), "what has no room has a rate together");
        clock.advance(Duration::from_secs(120));
        rate.take(1002).unwrap();
        rate.take(1003).unwrap();
        assert_eq!(rate.limiter.len(), 2);
    }
}
