//! When to try again, and when no more.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rand::RngExt as _;
use tidegate_salesforce::RetryClass;
use tidegate_store::contract::Claimed;

use super::Performed;
use super::org::CallError;
use crate::conversation::LoopError;

/// How a class is tried again.
struct Policy {
    /// The first pause's upper end; doubled at each attempt.
    base: Duration,
    /// No pause is longer.
    cap: Duration,
    /// How much speaks against the effect itself; `None` waits however long it takes.
    budget: Option<Budget>,
}

/// Given up once both are used up: so many failed attempts, so long a time.
struct Budget {
    attempts: u32,
    time: SignedDuration,
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// What a mended login, a person's doing, is looked for at.
const SLOW: Duration = seconds(300);

/// The policy of a class; `None` is never tried again.
fn policy(error: &CallError) -> Option<Policy> {
    let bounded = |base, cap, attempts, time| {
        Some(Policy { base, cap, budget: Some(Budget { attempts, time }) })
    };
    let half = Duration::from_millis(500);
    match error.class {
        RetryClass::Outage => Some(Policy { base: half, cap: seconds(60), budget: None }),
        RetryClass::DailyLimit | RetryClass::Storage | RetryClass::Auth => {
            Some(Policy { base: SLOW, cap: SLOW, budget: None })
        }
        RetryClass::Throttled => Some(Policy { base: seconds(2), cap: seconds(60), budget: None }),
        // The org itself waits ten seconds for a row.
        RetryClass::Lock => bounded(seconds(2), seconds(30), 30, minutes(30)),
        RetryClass::Transient => bounded(half, seconds(60), 12, minutes(15)),
        // Silence is the network's more often than the request's.
        RetryClass::Ambiguous if error.status.is_none() => {
            bounded(half, seconds(60), 24, minutes(24 * 60))
        }
        RetryClass::Ambiguous => bounded(half, seconds(60), 12, minutes(15)),
        RetryClass::Unknown => bounded(half, seconds(60), 5, minutes(0)),
        RetryClass::Duplicate | RetryClass::Permission | RetryClass::Request => None,
    }
}

/// What becomes of an effect whose request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is tried again.
    Later {
        /// When.
        until: Timestamp,
        /// Whether this attempt counts against the effect.
        strike: bool,
    },
    /// It waits with everybody else.
    Hold,
    /// It is given up.
    Dead,
}

/// Judges a failure. `waiting` says that nobody goes now.
pub(crate) fn verdict(
    error: &CallError,
    claimed: &Claimed,
    waiting: bool,
    now: Timestamp,
) -> Verdict {
    let Some(policy) = policy(error) else { return Verdict::Dead };
    let mut tries = claimed.attempt;
    if let Some(budget) = &policy.budget {
        tries = claimed.strikes + 1;
        let lasted = now.duration_since(claimed.since);
        if tries >= budget.attempts && lasted >= budget.time {
            return Verdict::Dead;
        }
    } else if waiting && !error.is_another_org() {
        return Verdict::Hold;
    }
    let pause = pause(tries, policy.base, policy.cap, rand::rng().random());
    let until = now + pause.max(error.patience().unwrap_or_default());
    Verdict::Later { until, strike: policy.budget.is_some() }
}

/// Puts off an effect that could not even be begun.
pub(crate) fn unprepared(error: &LoopError, attempt: u32, now: Timestamp) -> Performed {
    let until = now + pause(attempt, Duration::from_millis(500), seconds(60), rand::rng().random());
    Performed::Later { until, why: format!("attempt {attempt}: {error}") }
}

/// Puts off an effect at which we made a mistake.
pub(crate) fn mistaken(attempt: u32, now: Timestamp) -> Performed {
    let until = now + pause(attempt, Duration::from_millis(500), seconds(60), rand::rng().random());
    Performed::Later { until, why: format!("attempt {attempt}: a fault of Tidegate's") }
}

/// Anything from nothing to the attempt's upper end, so that many that failed together do not come
/// back together. `chance` is any number; it is spread over the range.
fn pause(attempt: u32, base: Duration, cap: Duration, chance: u32) -> Duration {
    let doubled =
        base.saturating_mul(1u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
    let upper = doubled.min(cap);
    // A floor keeps an attempt from following at once.
    let floor = base / 5;
    floor + upper.saturating_sub(floor).mul_f64(f64::from(chance) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp};
    use tidegate_engine::effect::{Action, Effect};
    use tidegate_salesforce::RetryClass;
    use tidegate_store::contract::Claimed;
    use uuid::Uuid;

    use super::{Verdict, pause, verdict};
    use crate::effects::org::CallError;

    #[test]
    fn pauses_grow_up_to_a_cap() {
        let (base, cap) = (Duration::from_millis(500), Duration::from_secs(60));
        assert_eq!(pause(1, base, cap, u32::MAX), base);
        assert_eq!(pause(3, base, cap, u32::MAX), base * 4);
        assert_eq!(pause(40, base, cap, u32::MAX), cap);
        assert_eq!(pause(u32::MAX, cap, cap, u32::MAX), cap);
        assert_eq!(pause(40, base, cap, 0), base / 5);
    }

    fn claimed(strikes: u32) -> Claimed {
        Claimed {
            conversation: Uuid::nil(),
            effect: Effect {
                key: Uuid::nil(),
                step: None,
                action: Action::Summarise { through: 0 },
            },
            attempt: strikes + 1,
            strikes,
            since: Timestamp::UNIX_EPOCH,
        }
    }

    /// How many attempts a class gets, each a minute after the one before; `None` without an end.
    fn attempts(class: RetryClass, status: Option<u16>) -> Option<u32> {
        let error = CallError { status, ..CallError::new(class, "X", "") };
        (0..5000)
            .find(|strikes| {
                let now = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(i64::from(*strikes));
                verdict(&error, &claimed(*strikes), false, now) == Verdict::Dead
            })
            .map(|strikes| strikes + 1)
    }

    #[test]
    fn what_is_not_an_outage_comes_to_an_end() {
        let table = [
            (RetryClass::Outage, Some(503), None),
            (RetryClass::DailyLimit, Some(403), None),
            (RetryClass::Storage, Some(400), None),
            (RetryClass::Auth, Some(401), None),
            (RetryClass::Throttled, Some(403), None),
            (RetryClass::Lock, Some(400), Some(31)),
            (RetryClass::Transient, Some(400), Some(16)),
            (RetryClass::Ambiguous, Some(500), Some(16)),
            (RetryClass::Ambiguous, None, Some(24 * 60 + 1)),
            (RetryClass::Unknown, Some(400), Some(5)),
            (RetryClass::Permission, Some(403), Some(1)),
            (RetryClass::Request, Some(400), Some(1)),
            (RetryClass::Duplicate, Some(400), Some(1)),
        ];
        for (class, status, expected) in table {
            assert_eq!(attempts(class, status), expected, "{class:?} {status:?}");
        }
    }

    #[test]
    fn nobody_comes_before_the_org_has_asked_for_and_nobody_waits_for_days() {
        let until = |asked: Option<u64>| {
            let retry_after = asked.map(Duration::from_secs);
            let error = CallError::new(RetryClass::Throttled, "TOO_MANY_REQUESTS", "");
            let error = CallError { status: Some(429), retry_after, ..error };
            match verdict(&error, &claimed(0), false, Timestamp::UNIX_EPOCH) {
                Verdict::Later { until, .. } => until.as_second(),
                other => panic!("{other:?}"),
            }
        };
        assert!(until(None) <= 2);
        assert_eq!(until(Some(120)), 120);
        assert_eq!(until(Some(86_400)), 300);
    }

    #[test]
    fn a_burst_of_failures_is_no_end() {
        let error =
            CallError { status: Some(500), ..CallError::new(RetryClass::Ambiguous, "X", "") };
        let soon = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(14);
        assert_ne!(verdict(&error, &claimed(100), false, soon), Verdict::Dead);
    }
}
