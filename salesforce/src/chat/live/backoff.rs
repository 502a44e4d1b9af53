//! When to connect again.

use std::time::Duration;

/// When a broken stream is opened again. Unlike Salesforce's own sample application, whose numbers
/// these are, an attempt counts until something is heard, and not only until the stream opens; and
/// the pauses differ by chance, so that not all visitors come back at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reconnect {
    /// The pause before the first attempt; each that follows is half as long again.
    pub first: Duration,
    /// No pause is longer.
    pub longest: Duration,
    /// So many attempts in a row, and the stream is given up.
    pub attempts: u32,
    /// A stream that is silent for so long is taken for broken. The org pings well within it.
    pub heartbeat: Duration,
}

impl Default for Reconnect {
    /// 1 s, at most 30 s, 10 attempts, and 90 s of silence.
    fn default() -> Self {
        Reconnect {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(30),
            attempts: 10,
            heartbeat: Duration::from_secs(90),
        }
    }
}

impl Reconnect {
    /// The pause before an attempt, of which `before` have been made: between half of it and the whole,
    /// by a chance between 0 and 1. The server may wish for another first one.
    pub(super) fn pause(&self, before: u32, wished: Option<Duration>, chance: f64) -> Duration {
        let first = wished.unwrap_or(self.first).min(self.longest);
        let mut pause = first;
        for _ in 0..before.min(self.attempts) {
            pause = pause.saturating_add(pause / 2).min(self.longest);
        }
        pause / 2 + (pause / 2).mul_f64(chance.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Reconnect;

    #[test]
    fn pauses_grow_to_the_longest_and_differ() {
        let policy = Reconnect::default();
        let millis = |before, chance| policy.pause(before, None, chance).as_millis();
        let whole: Vec<u128> = (0..10).map(|before| millis(before, 1.0)).collect();
        assert_eq!(whole, [1000, 1500, 2250, 3375, 5062, 7593, 11390, 17085, 25628, 30000]);
        assert_eq!((millis(0, 0.0), millis(0, 0.5), millis(9, 0.0)), (500, 750, 15000));
        let wished = |millis| policy.pause(0, Some(Duration::from_millis(millis)), 1.0).as_millis();
        assert_eq!((wished(200), wished(99_000)), (200, 30_000));
    }
}
