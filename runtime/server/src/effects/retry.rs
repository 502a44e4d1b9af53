//! When to try again.

use std::time::Duration;

use jiff::Timestamp;
use rand::RngExt as _;

use super::Performed;
use super::org::CallError;
use crate::conversation::LoopError;

/// The first pause's upper end; doubled at each attempt.
const BASE: Duration = Duration::from_millis(500);
/// No pause is longer after a failure of the network or the org.
const CAP: Duration = Duration::from_secs(60);
/// An allowance comes back slowly, and credentials are mended by people.
const SLOW: Duration = Duration::from_secs(300);

/// Puts an effect off. Waiting effects stay in the outbox however long it takes.
pub(crate) fn later(error: &CallError, attempt: u32, now: Timestamp) -> Performed {
    let longest = match error {
        CallError::Limit(_) | CallError::Login(_) | CallError::AnotherOrg { .. } => SLOW,
        _ => CAP,
    };
    let pause = pause(attempt, longest, rand::rng().random());
    let why = format!("attempt {attempt}: {}", error.reason());
    Performed::Later { until: now + pause, why, alarming: error.is_alarming() }
}

/// Puts off an effect that could not even be begun.
pub(crate) fn unprepared(error: &LoopError, attempt: u32, now: Timestamp) -> Performed {
    let until = now + pause(attempt, CAP, rand::rng().random());
    Performed::Later { until, why: format!("attempt {attempt}: {error}"), alarming: true }
}

/// Anything from nothing to the attempt's upper end, so that many that failed together do not come
/// back together. `chance` is any number; it is spread over the range.
fn pause(attempt: u32, longest: Duration, chance: u32) -> Duration {
    let doubled =
        BASE.saturating_mul(1u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
    let upper = doubled.min(longest);
    // A floor keeps an attempt from following at once.
    let floor = BASE / 5;
    floor + upper.saturating_sub(floor).mul_f64(f64::from(chance) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::{BASE, CAP, SLOW, pause};

    #[test]
    fn pauses_grow_up_to_a_cap() {
        assert_eq!(pause(1, CAP, u32::MAX), BASE);
        assert_eq!(pause(3, CAP, u32::MAX), BASE * 4);
        assert_eq!(pause(40, CAP, u32::MAX), CAP);
        assert_eq!(pause(u32::MAX, SLOW, u32::MAX), SLOW);
        assert_eq!(pause(40, CAP, 0), BASE / 5);
    }
}
