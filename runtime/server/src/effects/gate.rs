//! Whether the org serves: one circuit breaker, one width and one budget for all that is asked of
//! it.
//!
//! | state | what is to be done | ended by |
//! |---|---|---|
//! | serving | goes, at most [`Gate::width`] at a time | – |
//! | outage, silence, throttled, daily limit, storage, login | is held; one at a time goes to look | a look that gets through |
//!
//! Silence is an outage that nobody tells of: a request's own timeouts are judged by its budget, and
//! so many in a row of whoever asks by this. An org that throttles even one at a time, or says when to
//! come again, is left alone for a while.
//!
//! After a state in which nothing went, one goes at a time at first, and more as these succeed.

mod standing;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tidegate_salesforce::RetryClass;
use tidegate_salesforce::client::ApiUsage;
use tokio::sync::watch;

pub use standing::OrgStanding;

use super::org::CallError;
use crate::clock::Clock;

/// Requests at a time, at most. An org serves 25 long ones, a Developer Edition 5.
pub(crate) const WIDEST: usize = 8;
/// So many outages or silences in a row, and everybody waits; so many refusals of more requests
/// while one goes at a time.
const OPENS_AT: u32 = 5;
/// So many successes in a row, and one more may go at a time.
const WIDENS_AFTER: u32 = 4;
/// Between looks: an outage's first pause, doubled up to the longest.
const FIRST_LOOK: Duration = Duration::from_secs(1);
const LONGEST_LOOK: Duration = Duration::from_secs(60);
/// An allowance comes back slowly, and people mend things slowly.
const SLOW_LOOK: Duration = Duration::from_secs(300);
/// What an org has said of its allowance is believed so long.
const BELIEVED: SignedDuration = SignedDuration::from_secs(300);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Something is read.
    Read,
    /// Something is saved.
    Write,
}

/// Whether a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It may.
    Go,
    /// It may, to look whether others may; [`Gate::looked`] is to be called afterwards.
    Look,
    /// Not now.
    Hold,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Gate {
    clock: Clock,
    state: Mutex<State>,
    /// Whether effects may be held that are to be released.
    holds: AtomicBool,
    moved: watch::Sender<()>,
}

#[derive(Debug)]
struct State {
    waiting: Option<Waiting>,
    /// In a row.
    outages: u32,
    /// In a row, with one at a time.
    throttled: u32,
    successes: u32,
    width: usize,
    /// What the org last said of its allowance, and when.
    usage: Option<(ApiUsage, Timestamp)>,
    shedding: bool,
    shed: u64,
    failures: BTreeMap<RetryClass, u64>,
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    why: RetryClass,
    since: Timestamp,
    look_at: Timestamp,
    looks: u32,
    looking: bool,
}

impl Gate {
    pub(crate) fn new(clock: Clock) -> Self {
        let state = State {
            waiting: None,
            outages: 0,
            throttled: 0,
            successes: 0,
            width: WIDEST,
            usage: None,
            shedding: false,
            shed: 0,
            failures: BTreeMap::new(),
        };
        let (moved, _) = watch::channel(());
        Self { clock, state: Mutex::new(state), holds: AtomicBool::new(true), moved }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this may go now.
    pub(crate) fn admit(&self, asked: Asked) -> Admission {
        let now = self.clock.now();
        let mut state = self.state();
        let Some(waiting) = &mut state.waiting else { return Admission::Go };
        if waiting.why == RetryClass::Storage && asked == Asked::Read {
            return Admission::Go;
        }
        if waiting.looking || now < waiting.look_at {
            return Admission::Hold;
        }
        waiting.looking = true;
        Admission::Look
    }

    /// Whether a person may be looked up: not in the last tenth of the day's allowance, which is
    /// kept for Cases and transcripts, and not while nothing else goes.
    pub(crate) fn admit_person(&self) -> Admission {
        let reserved = self.is_reserved();
        let daily = self.waiting_for() == Some(RetryClass::DailyLimit);
        let admission = match reserved || daily {
            true => Admission::Hold,
            false => self.admit(Asked::Read),
        };
        if admission == Admission::Hold {
            self.state().shed += 1;
        }
        admission
    }

    fn is_reserved(&self) -> bool {
        let now = self.clock.now();
        let mut state = self.state();
        let Some((usage, at)) = state.usage else { return false };
        // What is old may have passed: one request finds out.
        let believed = now.duration_since(at) < BELIEVED;
        let reserved = believed && usage.used.saturating_mul(10) >= usage.allowed.saturating_mul(9);
        if !believed {
            state.usage = None;
        }
        reserved
    }

    /// Ends a look that neither got through nor failed as a look does.
    pub(crate) fn looked(&self) {
        let now = self.clock.now();
        let mut state = self.state();
        if let Some(waiting) = state.waiting.as_mut().filter(|waiting| waiting.looking) {
            waiting.look_again(now, None);
        }
        drop(state);
        self.moved.send_replace(());
    }

    /// Learns how a request went.
    pub(crate) fn observe(&self, asked: Asked, went: Result<(), &CallError>) {
        match went {
            Ok(()) => self.served(asked),
            Err(error) => {
                *self.state().failures.entry(error.class).or_default() += 1;
                match error.class {
                    RetryClass::Outage => self.outage(error),
                    RetryClass::DailyLimit | RetryClass::Storage | RetryClass::Auth => {
                        self.wait(error);
                    }
                    RetryClass::Throttled => self.throttled(error),
                    RetryClass::Ambiguous if error.is_silence() => self.outage(error),
                    // Whatever else it said, it answered.
                    _ => self.served(asked),
                }
            }
        }
    }

    /// Learns what the org says of its allowance.
    pub(crate) fn learn(&self, usage: Option<ApiUsage>) {
        let Some(usage) = usage else { return };
        let mut state = self.state();
        state.usage = Some((usage, self.clock.now()));
        let ApiUsage { used, allowed } = usage;
        let reserved = used.saturating_mul(10) >= allowed.saturating_mul(9);
        if reserved != state.shedding {
            state.shedding = reserved;
            drop(state);
            if reserved {
                tracing::warn!(
                    used,
                    allowed,
                    "the day's allowance of requests is nearly used up: what is left is kept for Cases, and customers are not looked up"
                );
            } else {
                tracing::info!(
                    used,
                    allowed,
                    "the day's allowance has room again: customers are looked up"
                );
            }
        }
    }

    fn outage(&self, error: &CallError) {
        let mut state = self.state();
        state.outages = state.outages.saturating_add(1);
        let opens = match state.waiting {
            // What hangs since before says nothing new of what is waited for.
            Some(waiting) if error.is_silence() => waiting.looking,
            Some(_) => true,
            None => state.outages >= OPENS_AT || error.patience().is_some(),
        };
        drop(state);
        if opens {
            self.wait(error);
        }
    }

    fn wait(&self, error: &CallError) {
        let now = self.clock.now();
        let mut state = self.state();
        state.successes = 0;
        match &mut state.waiting {
            Some(waiting) if waiting.why == error.class => {
                if waiting.looking {
                    waiting.look_again(now, error.patience());
                }
            }
            waiting => {
                // An outage that shows another face is the same outage: looks stay far apart.
                let (since, looks) =
                    waiting.map_or((now, 0), |before| (before.since, before.looks));
                let mut new =
                    Waiting { why: error.class, since, look_at: now, looks, looking: false };
                new.look_again(now, error.patience());
                *waiting = Some(new);
                drop(state);
                standing::tell_entered(&new, error);
            }
        }
        self.moved.send_replace(());
    }

    fn served(&self, asked: Asked) {
        let now = self.clock.now();
        let mut state = self.state();
        state.outages = 0;
        state.throttled = 0;
        state.successes += 1;
        if state.successes >= WIDENS_AFTER && state.width < WIDEST {
            state.successes = 0;
            state.width += 1;
            if state.width == WIDEST && state.waiting.is_none() {
                tracing::info!(at_once = WIDEST, "as many requests at a time as ever");
            }
        }
        let over = |waiting: &Waiting| waiting.why != RetryClass::Storage || asked == Asked::Write;
        if let Some(waiting) = state.waiting.take_if(|waiting| over(waiting)) {
            state.width = 1;
            drop(state);
            standing::tell_left(&waiting, now);
            self.moved.send_replace(());
        }
    }

    fn throttled(&self, error: &CallError) {
        let mut state = self.state();
        state.successes = 0;
        let before = state.width;
        state.width = (before / 2).max(1);
        if before == 1 {
            state.throttled = state.throttled.saturating_add(1);
        }
        let opens = match state.waiting {
            Some(waiting) => waiting.looking || waiting.why == RetryClass::Throttled,
            None => state.throttled >= OPENS_AT || error.patience().is_some(),
        };
        let at_once = state.width;
        drop(state);
        if opens {
            self.wait(error);
        }
        if before == WIDEST {
            tracing::warn!(
                at_once,
                "the org takes fewer requests at a time; more go again as these succeed"
            );
        }
    }

    /// Requests at a time.
    pub(crate) fn width(&self) -> usize {
        self.state().width
    }

    /// What everybody waits for.
    pub(crate) fn waiting_for(&self) -> Option<RetryClass> {
        self.state().waiting.map(|waiting| waiting.why)
    }

    /// When one is to go and look; `None` while one is under way or everybody goes.
    pub(crate) fn look_at(&self) -> Option<Timestamp> {
        let state = self.state();
        state.waiting.filter(|waiting| !waiting.looking).map(|waiting| waiting.look_at)
    }

    /// Notes that an effect was held.
    pub(crate) fn held(&self) {
        self.holds.store(true, Ordering::Release);
    }

    /// Whether effects may be held that are to be released now. Asked once, it is for the asker
    /// to release them.
    pub(crate) fn takes_over_held(&self) -> bool {
        self.waiting_for().is_none() && self.holds.swap(false, Ordering::AcqRel)
    }

    /// Changes whenever a state begins or ends.
    pub(crate) fn moves(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// How things stand, for operators.
    pub(crate) fn standing(&self) -> OrgStanding {
        let state = self.state();
        OrgStanding {
            waiting_for: state.waiting.map(|waiting| waiting.why),
            since: state.waiting.map(|waiting| waiting.since),
            next_look: state.waiting.filter(|it| !it.looking).map(|it| it.look_at),
            at_once: state.width,
            usage: state.usage.map(|(usage, _)| usage),
            people_shed: state.shed,
            failures: state.failures.clone(),
        }
    }
}

impl Waiting {
    /// Sets the next look's time; not before what the org has asked for.
    fn look_again(&mut self, now: Timestamp, asked: Option<Duration>) {
        let pause = match self.why {
            RetryClass::Outage | RetryClass::Ambiguous | RetryClass::Throttled => {
                FIRST_LOOK.saturating_mul(1 << self.looks.min(16)).min(LONGEST_LOOK)
            }
            _ => SLOW_LOOK,
        };
        let pause = pause.max(asked.unwrap_or_default());
        self.looks = self.looks.saturating_add(1);
        self.looking = false;
        self.look_at = now.checked_add(pause).unwrap_or(Timestamp::MAX);
    }
}

#[cfg(test)]
mod tests;
