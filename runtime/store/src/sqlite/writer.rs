//! The one thread that writes.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use rusqlite::{Connection, ErrorCode, ffi};
use tokio::sync::{mpsc, oneshot, watch};

use super::log;
use crate::StoreError;

/// At most so many items are made durable by one sync to disk.
const BATCH: usize = 256;
/// At most so many wait; whoever comes then waits before queueing.
const QUEUE: usize = 1024;

static TRANSACTIONS: AtomicU64 = AtomicU64::new(0);

/// Transactions that this process made durable, each by one sync to disk.
pub fn transactions() -> u64 {
    TRANSACTIONS.load(Ordering::Relaxed)
}

/// Hands work to the writing thread. Dropping it waits for what is queued.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Work>>>,
    thread: Option<JoinHandle<()>>,
    /// Batches of which nothing was kept.
    failed: Arc<AtomicU64>,
}

/// One item of a batch.
trait Work: Send {
    /// Does it, perhaps once more after all was taken back; false where it failed.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Tells the one who asked. With a failure, nothing of the batch is durable.
    fn deliver(self: Box<Self>, failure: Option<&StoreError>);
}

struct Item<T, F, A> {
    work: F,
    done: Option<Result<T, StoreError>>,
    after: A,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F, A> Work for Item<T, F, A>
where
    T: Send,
    F: Fn(&Connection) -> Result<T, StoreError> + Send,
    A: FnOnce(&T) + Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        let done = (self.work)(connection);
        let good = done.is_ok();
        self.done = Some(done);
        good
    }

    fn deliver(self: Box<Self>, failure: Option<&StoreError>) {
        let answer = match (self.done, failure) {
            (Some(Ok(_)), Some(failure)) => Err(failure.clone()),
            (Some(done), _) => done,
            (None, failure) => Err(failure.cloned().unwrap_or(StoreError::Closed)),
        };
        if let Ok(done) = &answer {
            (self.after)(done);
        }
        // Nobody may be waiting any more; what was done stays done.
        drop(self.reply.send(answer));
    }
}

impl Writer {
    /// Starts the thread, which tells `broken` why it writes nothing any more.
    pub(super) fn start(
        connection: Connection,
        broken: watch::Sender<Option<StoreError>>,
    ) -> std::io::Result<Self> {
        let (queue, work) = mpsc::channel(QUEUE);
        let failed = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&failed);
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || write_all(&connection, work, &broken, &counted))?;
        Ok(Self { queue: Some(queue), thread: Some(thread), failed })
    }

    /// How many batches nothing was kept of.
    pub(super) fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Does `work` in a transaction with whatever else is queued, and calls `after` on the writing
    /// thread once it is durable, also where the caller has gone.
    pub(super) fn run<T, F, A>(
        &self,
        work: F,
        after: A,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F, A>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
        A: FnOnce(&T) + Send + 'static,
    {
        let queue = self.queue.clone();
        async move {
            let (reply, answer) = oneshot::channel();
            let item = Item { work, done: None, after, reply };
            let queue = queue.ok_or(StoreError::Closed)?;
            queue.send(Box::new(item)).await.map_err(|_| StoreError::Closed)?;
            drop(queue);
            answer.await.unwrap_or(Err(StoreError::Closed))
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's writing thread had died");
        }
    }
}

fn write_all(
    connection: &Connection,
    mut queue: mpsc::Receiver<Box<dyn Work>>,
    broken: &watch::Sender<Option<StoreError>>,
    failed: &AtomicU64,
) {
    while let Some(first) = queue.blocking_recv() {
        // Whoever is about to queue something, and waits for this core, comes along.
        std::thread::yield_now();
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = queue.try_recv()
        {
            batch.push(next);
        }
        let before = broken.borrow().clone();
        let mut failure = before.or_else(|| write_batch(connection, &mut batch).err());
        if failure.is_some() {
            failed.fetch_add(1, Ordering::Relaxed);
        }
        batch.into_iter().for_each(|item| item.deliver(failure.as_ref()));
        if failure.is_none() {
            failure = log::fold_back(connection).err();
        }
        if let Some(StoreError::Broken(_)) = failure {
            broken.send_if_modified(|known| {
                known.is_none() && {
                    *known = failure;
                    true
                }
            });
        }
    }
    if broken.borrow().is_none() {
        log::fold_all_back(connection);
    }
}

/// Whether each item of a transaction can be taken back alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Apart {
    No,
    Yes,
}

/// One transaction. Where an item fails, everything is taken back and done again with each item
/// apart, so that this one fails alone: nearly none does, and what lets it costs as much as an item.
fn write_batch(connection: &Connection, batch: &mut [Box<dyn Work>]) -> Result<(), StoreError> {
    if attempt(connection, batch, Apart::No)? {
        return Ok(());
    }
    attempt(connection, batch, Apart::Yes).map(drop)
}

/// True where the transaction is durable, false where it was taken back for an item that failed.
fn attempt(
    connection: &Connection,
    batch: &mut [Box<dyn Work>],
    apart: Apart,
) -> Result<bool, StoreError> {
    let done = run_batch(connection, batch, apart);
    if !matches!(done, Ok(true)) && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK").map_err(|why| StoreError::Broken(why.to_string()))?;
    }
    done
}

fn run_batch(
    connection: &Connection,
    batch: &mut [Box<dyn Work>],
    apart: Apart,
) -> Result<bool, StoreError> {
    let changes = connection.total_changes();
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    for item in batch {
        if apart == Apart::Yes {
            connection.prepare_cached("SAVEPOINT item")?.execute([])?;
        }
        let good = item.run(connection);
        if connection.is_autocommit() {
            // The database gave the whole transaction up, as it does on a full disk.
            return Err(StoreError::Failed("the database gave the transaction up".into()));
        }
        match (apart, good) {
            (Apart::No, true) => {}
            (Apart::No, false) => return Ok(false),
            (Apart::Yes, good) => {
                if !good {
                    connection.prepare_cached("ROLLBACK TO item")?.execute([])?;
                }
                connection.prepare_cached("RELEASE item")?.execute([])?;
            }
        }
    }
    let committed = connection.prepare_cached("COMMIT")?.execute([]);
    committed.map_err(|error| not_durable(&error))?;
    if connection.total_changes() > changes {
        TRANSACTIONS.fetch_add(1, Ordering::Relaxed);
    }
    Ok(true)
}

fn not_durable(error: &rusqlite::Error) -> StoreError {
    let kept_nothing = matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::SystemIoFailure)
    );
    match kept_nothing && !is_lost(error) {
        true => StoreError::Failed(error.to_string()),
        false => StoreError::Broken(error.to_string()),
    }
}

/// After a failed sync the operating system may have dropped what was to be written, and would
/// report success the next time; so the first one is the last.
pub(super) fn is_lost(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(code, Some(ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC))
}
