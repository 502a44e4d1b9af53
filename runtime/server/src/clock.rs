//! The time that the server goes by.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// The time that the server goes by: the machine's, or one that a test moves.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    steered: Option<watch::Receiver<Timestamp>>,
}

/// Moves a clock that stands still by itself.
#[derive(Debug)]
pub struct Steering {
    now: watch::Sender<Timestamp>,
}

impl Clock {
    /// The machine's clock.
    pub fn of_the_machine() -> Self {
        Self::default()
    }

    /// A clock that stands still until it is moved, beginning now.
    pub fn steered() -> (Self, Steering) {
        let (now, steered) = watch::channel(kept(Timestamp::now()));
        (Self { steered: Some(steered) }, Steering { now })
    }

    /// The time as the store keeps it, so that what was computed is what is read back.
    pub(crate) fn now(&self) -> Timestamp {
        match &self.steered {
            Some(steered) => *steered.borrow(),
            None => kept(Timestamp::now()),
        }
    }

    /// Returns when it is so late.
    pub(crate) async fn sleep_until(&self, until: Timestamp) {
        let Some(steered) = &self.steered else {
            let span = Duration::try_from(until.duration_since(self.now()));
            return tokio::time::sleep(span.unwrap_or(Duration::ZERO)).await;
        };
        let mut steered = steered.clone();
        if steered.wait_for(|now| *now >= until).await.is_err() {
            // Nobody moves it any more: this time never comes.
            std::future::pending::<()>().await;
        }
    }
}

impl Steering {
    /// Moves the clock forward.
    pub fn advance(&self, by: SignedDuration) {
        self.now.send_modify(|now| *now = now.checked_add(by).unwrap_or(Timestamp::MAX));
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        *self.now.borrow()
    }
}

fn kept(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use jiff::SignedDuration;

    use super::Clock;

    #[tokio::test]
    async fn a_steered_clock_moves_when_it_is_told() {
        let (clock, steering) = Clock::steered();
        let before = clock.now();
        let mut sleep = Box::pin(clock.sleep_until(before + SignedDuration::from_secs(60)));
        assert!((&mut sleep).now_or_never().is_none());
        steering.advance(SignedDuration::from_secs(59));
        assert!((&mut sleep).now_or_never().is_none());
        steering.advance(SignedDuration::from_secs(1));
        sleep.await;
        assert_eq!(clock.now(), before + SignedDuration::from_secs(60));
        drop(steering);
        clock.sleep_until(before).await;
    }
}
