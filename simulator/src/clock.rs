//! The clock that chats go by: the machine's, or one that stands still until it is moved.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// Time as chats have it, in milliseconds.
#[derive(Debug)]
pub(crate) struct Clock {
    reading: watch::Sender<Reading>,
}

#[derive(Debug, Clone, Copy)]
enum Reading {
    /// The machine's time, and so much more.
    Runs {
        ahead: SignedDuration,
    },
    Stands {
        at: Timestamp,
    },
}

impl Default for Clock {
    fn default() -> Clock {
        Clock { reading: watch::Sender::new(Reading::Runs { ahead: SignedDuration::ZERO }) }
    }
}

impl Clock {
    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        let now = match *self.reading.borrow() {
            Reading::Stands { at } => at,
            Reading::Runs { ahead } => later(Timestamp::now(), ahead),
        };
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Whether it moves only when it is moved.
    pub(crate) fn stands(&self) -> bool {
        matches!(*self.reading.borrow(), Reading::Stands { .. })
    }

    /// Holds it still where it is, or lets it run on from there.
    pub(crate) fn stand(&self, still: bool) {
        let now = self.now();
        self.reading.send_replace(if still {
            Reading::Stands { at: now }
        } else {
            Reading::Runs { ahead: now.duration_since(Timestamp::now()) }
        });
    }

    /// Moves it forward to an instant; never back.
    pub(crate) fn move_to(&self, to: Timestamp) {
        let by = to.duration_since(self.now()).max(SignedDuration::ZERO);
        self.reading.send_modify(|reading| match reading {
            Reading::Stands { at } => *at = later(*at, by),
            Reading::Runs { ahead } => *ahead = ahead.saturating_add(by),
        });
    }

    /// Back to the machine's time.
    pub(crate) fn reset(&self) {
        self.reading.send_replace(Reading::Runs { ahead: SignedDuration::ZERO });
    }

    /// Returns when it is so late.
    pub(crate) async fn reaches(&self, at: Timestamp) {
        let mut moves = self.reading.subscribe();
        loop {
            let left = at.duration_since(self.now());
            if !left.is_positive() {
                return;
            }
            let pause = async {
                match (self.stands(), Duration::try_from(left)) {
                    (false, Ok(left)) => tokio::time::sleep(left).await,
                    _ => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = moves.changed() => {}
                () = pause => {}
            }
        }
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use jiff::SignedDuration;

    use super::Clock;

    #[tokio::test]
    async fn a_clock_that_stands_moves_when_it_is_moved() {
        let clock = Clock::default();
        clock.stand(true);
        let due = clock.now() + SignedDuration::from_secs(60);
        let reached = clock.reaches(due);
        futures::pin_mut!(reached);
        assert!(reached.as_mut().now_or_never().is_none());
        clock.move_to(due - SignedDuration::from_millis(1));
        assert!(reached.as_mut().now_or_never().is_none());
        clock.move_to(due);
        reached.await;
        assert_eq!(clock.now(), due);
        clock.stand(false);
        assert!(clock.now() >= due, "it runs on from where it stood");
    }
}
