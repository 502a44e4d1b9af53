//! Where what is built in reads and compares texts: beside the threads that serve everybody else.

use std::future::pending;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;

/// So many texts are worked at together at most.
const WIDEST: usize = 4;

/// Threads for work that keeps a processor busy, fewer than there are processors.
#[derive(Debug)]
pub(crate) struct Thinking {
    permits: Arc<Semaphore>,
}

impl Default for Thinking {
    fn default() -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        let permits = processors.saturating_sub(1).clamp(1, WIDEST);
        Self { permits: Arc::new(Semaphore::new(permits)) }
    }
}

impl Thinking {
    /// Does some work when it is its turn. A panic of its is one of the caller's.
    pub(crate) async fn think<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            // Nobody may wait for it any more, yet it takes up its place until it is done.
            let _permit = permit;
            work()
        });
        match done.await.map_err(tokio::task::JoinError::try_into_panic) {
            Ok(done) => done,
            Err(Ok(panic)) => resume_unwind(panic),
            // Everything ends.
            Err(Err(_)) => pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Barrier, mpsc};

    use super::{Thinking, WIDEST};

    /// The one thread that serves goes on while all that may be worked at is.
    #[tokio::test]
    async fn whoever_serves_is_not_kept_waiting() {
        let thinking = Arc::new(Thinking::default());
        let (permits, before) =
            (thinking.permits.available_permits(), Arc::new(AtomicUsize::new(0)));
        assert!((1..=WIDEST).contains(&permits));
        let barrier = Arc::new(Barrier::new(permits + 1));
        let (started, mut starts) = tokio::sync::mpsc::unbounded_channel();
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..permits {
            let (thinking, barrier) = (Arc::clone(&thinking), Arc::clone(&barrier));
            let (before, started) = (Arc::clone(&before), started.clone());
            all.spawn(async move {
                let work = move || {
                    started.send(()).expect("it is awaited");
                    barrier.wait();
                    before.fetch_add(1, Ordering::SeqCst);
                };
                thinking.think(work).await;
            });
        }
        for _ in 0..permits {
            starts.recv().await.expect("it starts");
        }
        // All places are taken, and here one still goes on; a further one waits for its turn.
        assert_eq!(thinking.permits.available_permits(), 0);
        let (sender, receiver) = mpsc::channel();
        let (further, done) = (Arc::clone(&thinking), Arc::clone(&before));
        all.spawn(async move {
            let said = move || sender.send(done.load(Ordering::SeqCst)).expect("it is awaited");
            further.think(said).await;
        });
        tokio::task::yield_now().await;
        barrier.wait();
        while all.join_next().await.is_some() {}
        assert!(receiver.recv().expect("it was done") >= 1);
    }

    #[tokio::test]
    async fn a_panic_is_the_callers() {
        let asked = tokio::spawn(async { Thinking::default().think(|| panic!("oh")).await });
        assert!(asked.await.expect_err("it panicked").is_panic());
    }
}
