//! A clock that stands still until a test moves it.

use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};
use jiff::Timestamp;
use tokio::sync::watch;

use crate::chat::Clock;

/// See the module.
#[derive(Debug)]
pub(super) struct Steered {
    now: watch::Sender<Timestamp>,
    /// Until when those wait who wait.
    asleep: watch::Sender<Vec<Timestamp>>,
}

impl Steered {
    /// Begins at a round time.
    pub(super) fn new() -> Arc<Self> {
        let start = Timestamp::from_second(1_760_000_000).expect("a time");
        let asleep = watch::Sender::new(Vec::new());
        Arc::new(Steered { now: watch::Sender::new(start), asleep })
    }

    pub(super) fn advance(&self, by: Duration) {
        self.now.send_modify(|now| *now = now.checked_add(by).expect("a time"));
    }

    /// Is done when so many wait.
    pub(super) async fn asleep(&self, count: usize) {
        let mut asleep = self.asleep.subscribe();
        asleep.wait_for(|asleep| asleep.len() >= count).await.expect("a clock");
    }

    /// Moves to where somebody waits for, of those who wait so long at least and at most, as soon as
    /// there is one.
    pub(super) async fn skip(&self, at_least: Duration, at_most: Duration) {
        let mut asleep = self.asleep.subscribe();
        let now = self.now();
        let after = |span: Duration| now.checked_add(span).expect("a time");
        let span = after(at_least)..=after(at_most);
        let next =
            |asleep: &[Timestamp]| asleep.iter().copied().filter(|at| span.contains(at)).min();
        let found = asleep.wait_for(|asleep| next(asleep).is_some()).await.expect("a clock");
        let until = next(&found).expect("somebody who waits");
        drop(found);
        self.now.send_modify(|now| *now = until.max(*now));
    }
}

impl Clock for Steered {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'_, ()> {
        async move {
            let mut now = self.now.subscribe();
            let _asleep = Asleep::new(&self.asleep, until);
            now.wait_for(|now| *now >= until).await.expect("a clock");
        }
        .boxed()
    }
}

struct Asleep<'a> {
    all: &'a watch::Sender<Vec<Timestamp>>,
    until: Timestamp,
}

impl<'a> Asleep<'a> {
    fn new(all: &'a watch::Sender<Vec<Timestamp>>, until: Timestamp) -> Self {
        all.send_modify(|all| all.push(until));
        Asleep { all, until }
    }
}

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        self.all.send_modify(|all| {
            if let Some(at) = all.iter().position(|until| *until == self.until) {
                all.swap_remove(at);
            }
        });
    }
}
