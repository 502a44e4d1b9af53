//! The time that chats go by.

use std::fmt;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};
use jiff::Timestamp;

/// A clock, which tests can move. Tokens end, queues wait and silence is noticed by it.
pub trait Clock: fmt::Debug + Send + Sync {
    /// What time it is.
    fn now(&self) -> Timestamp;

    /// Is done when it is so late.
    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'_, ()>;
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'_, ()> {
        let span = Duration::try_from(until.duration_since(self.now()));
        tokio::time::sleep(span.unwrap_or(Duration::ZERO)).boxed()
    }
}

/// So much later.
pub(super) fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
