//! The store in one SQLite file: one writer thread that makes everything queued durable as one
//! transaction, and readers on connections of their own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Connection;
use tidegate_engine::file::FileRef;
use tidegate_plan::value::Value;
use tokio::sync::watch;
use uuid::Uuid;

use crate::StoreError;
use crate::contract::{
    Admission, Backlog, Chat, ChatState, Chats, Claimed, Commit, Conversations, DeadLetter,
    DeadLetters, Decided, Decision, Due, Durability, Entry, Files, Inbound, Outbox, Outcome, Owner,
    Parked, Plans, Record, Reply, Retention, Room, Settlement, Spending, Stored, Stowed, Timers,
    TokenHash, Upload, Usage, Usages, UsedUp, Visitor, Visitors,
};
use crate::subscribers::Subscribers;

mod chats;
mod columns;
mod commit;
mod dead_letters;
mod files;
mod folder;
mod health;
mod known;
mod lock;
mod log;
mod outbox;
mod plans;
mod reader;
mod retention;
mod schema;
mod usage;
mod visitors;
mod writer;

use commit::Written;
use known::Known;
use lock::Lock;
#[cfg(test)]
pub(crate) use log::LONG;
use reader::Readers;
use writer::Writer;
pub use writer::transactions;

/// Commits that bring a new file's schema up to date.
#[cfg(test)]
pub(crate) const MIGRATING_COMMITS: u64 = 1;

/// A store in one SQLite file. The process that opened it has it alone.
#[derive(Debug)]
pub struct SqliteStore {
    /// Dropped before the writer, which can then fold the whole log back.
    readers: Readers,
    writer: Writer,
    subscribers: Arc<Subscribers>,
    /// With the time at which a token ends, in microseconds.
    bearers: Arc<Known<TokenHash, (Owner, i64)>>,
    owners: Arc<Known<Uuid, Owner>>,
    broken: watch::Sender<Option<StoreError>>,
    /// Released last: fields are dropped in this order.
    _lock: Lock,
}

impl SqliteStore {
    /// Opens the file, or makes it with the folders that are missing, and brings its schema up to
    /// date.
    ///
    /// # Errors
    ///
    /// [`StoreError::Held`] where another process has it, [`StoreError::NewerSchema`] where a
    /// later version wrote it, [`StoreError::Damaged`] and [`StoreError::Foreign`] where what
    /// stands there must not be gone on with, [`StoreError::Unusable`] where it can't be used at
    /// all.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let unusable = |why: String| StoreError::Unusable { path: PathBuf::from(path), why };
        folder::make(path)?;
        let lock = Lock::take(path)?;
        health::before_opening(path)?;
        let mut connection = Connection::open(path).map_err(|e| health::told(path, &e))?;
        health::check(&connection, path)?;
        schema::prepare_writer(&connection).map_err(|e| health::told(path, &e))?;
        schema::migrate(&mut connection, path)?;
        health::has_tables(&connection, path)?;
        folder::sync(path)?;
        let subscribers = Arc::new(Subscribers::new());
        let broken = watch::Sender::new(None);
        let writer =
            Writer::start(connection, broken.clone()).map_err(|e| unusable(e.to_string()))?;
        let readers = Readers::new(path);
        let (bearers, owners) = (Arc::new(Known::new()), Arc::new(Known::new()));
        Ok(Self { writer, readers, subscribers, bearers, owners, broken, _lock: lock })
    }

    /// The same, without forgetting what it keeps in memory.
    #[cfg(test)]
    pub(crate) fn without_forgetting(path: &Path) -> Result<Self, StoreError> {
        let (bearers, owners) = (Arc::new(Known::deaf()), Arc::new(Known::deaf()));
        Ok(Self { bearers, owners, ..Self::open(path)? })
    }

    /// The journal mode and the `synchronous` level that the writing connection really has.
    #[cfg(test)]
    pub(crate) async fn durability(&self) -> Result<(String, i64), StoreError> {
        self.writer
            .run(
                |c| {
                    Ok((
                        c.pragma_query_value(None, "journal_mode", |row| row.get(0))?,
                        c.pragma_query_value(None, "synchronous", |row| row.get(0))?,
                    ))
                },
                |_| {},
            )
            .await
    }

    fn write<T, F>(&self, work: F) -> Reply<'_, T>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        Box::pin(self.writer.run(work, |_| {}))
    }

    /// Writes, and wakes the workers once it is durable.
    fn write_work<T, F>(&self, work: F) -> Reply<'_, T>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let subscribers = Arc::clone(&self.subscribers);
        Box::pin(self.writer.run(work, move |_| subscribers.wake()))
    }

    fn read<T, F>(&self, work: F) -> Reply<'_, T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        Box::pin(self.readers.run(work))
    }
}

impl Conversations for SqliteStore {
    fn commit(&self, commit: Commit) -> Reply<'_, Outcome> {
        let subscribers = Arc::clone(&self.subscribers);
        let conversation = commit.conversation;
        let makes_work = commit.makes_work();
        let announce = move |(outcome, last): &(Outcome, u64)| {
            if let Outcome::Committed(_) = outcome {
                subscribers.appended(conversation, *last);
                if makes_work {
                    subscribers.wake();
                }
            }
        };
        Box::pin(async move {
            let written = Written::new(commit)?;
            let applied = self.writer.run(move |c| commit::apply(c, &written), announce);
            Ok(applied.await?.0)
        })
    }

    fn recall(&self, inbound: Inbound) -> Reply<'_, Option<Outcome>> {
        self.read(move |c| commit::earlier(c, &inbound))
    }

    fn load(&self, conversation: Uuid) -> Reply<'_, Option<Stored>> {
        self.read(move |c| reader::load(c, conversation))
    }

    fn owner(&self, conversation: Uuid) -> Reply<'_, Option<Owner>> {
        Box::pin(async move {
            let begun = match self.owners.get(&conversation) {
                Ok(owner) => return Ok(Some(owner)),
                Err(begun) => begun,
            };
            let owner = self.read(move |c| reader::owner(c, conversation)).await?;
            if let Some(owner) = &owner {
                self.owners.keep(begun, conversation, owner.clone());
            }
            Ok(owner)
        })
    }

    fn open_of(&self, visitor: Uuid) -> Reply<'_, Option<Uuid>> {
        self.read(move |c| reader::open_of(c, visitor))
    }

    fn entries(&self, conversation: Uuid, after: u64, limit: u32) -> Reply<'_, Vec<Entry>> {
        self.read(move |c| reader::entries(c, conversation, after, limit))
    }

    fn journal(&self, conversation: Uuid, after: u64, limit: u32) -> Reply<'_, Vec<Record>> {
        self.read(move |c| reader::journal(c, conversation, after, limit))
    }

    fn subscribe(&self, conversation: Uuid) -> watch::Receiver<u64> {
        self.subscribers.subscribe(conversation)
    }
}

impl Outbox for SqliteStore {
    fn claim(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<Claimed>> {
        self.write(move |c| outbox::claim(c, now, limit))
    }

    fn park(&self, parked: Parked) -> Reply<'_, ()> {
        self.write_work(move |c| outbox::park(c, &parked))
    }

    fn release(&self, limit: u32) -> Reply<'_, u64> {
        self.write_work(move |c| outbox::release(c, limit))
    }

    fn backlog(&self) -> Reply<'_, Backlog> {
        self.read(outbox::backlog)
    }

    fn settle(&self, settlement: Settlement) -> Reply<'_, bool> {
        self.write_work(move |c| outbox::settle(c, &settlement))
    }

    fn reclaim(&self, now: Timestamp) -> Reply<'_, ()> {
        self.write_work(move |c| outbox::reclaim(c, now))
    }

    fn next_effect(&self) -> Reply<'_, Option<Timestamp>> {
        self.read(outbox::next_effect)
    }

    fn work(&self) -> watch::Receiver<()> {
        self.subscribers.work()
    }
}

impl Timers for SqliteStore {
    fn due(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<Due>> {
        self.read(move |c| reader::due(c, now, limit))
    }

    fn next_timer(&self) -> Reply<'_, Option<Timestamp>> {
        self.read(reader::next_timer)
    }
}

impl Chats for SqliteStore {
    fn keep_chat(&self, chat: Chat) -> Reply<'_, ()> {
        self.write(move |c| chats::keep(c, &chat))
    }

    fn change_chat(&self, key: Uuid, change: ChatState) -> Reply<'_, ()> {
        self.write(move |c| chats::change(c, key, &change))
    }

    fn chat(&self, key: Uuid) -> Reply<'_, Option<Chat>> {
        self.read(move |c| chats::one(c, key))
    }

    fn chats(&self) -> Reply<'_, Vec<Chat>> {
        self.read(chats::all)
    }

    fn forget_chat(&self, key: Uuid) -> Reply<'_, ()> {
        self.write(move |c| chats::forget(c, key))
    }
}

impl Visitors for SqliteStore {
    fn admit(&self, admission: Admission) -> Reply<'_, Option<Visitor>> {
        let (bearers, owners) = (Arc::clone(&self.bearers), Arc::clone(&self.owners));
        let tokens = [admission.revoked, admission.token.map(|token| token.hash)];
        let joined = admission.joins.and_then(|join| join.conversation);
        let forget = move |_: &Option<Visitor>| {
            tokens.iter().flatten().for_each(|hash| bearers.forget(hash));
            joined.iter().for_each(|conversation| owners.forget(conversation));
        };
        Box::pin(self.writer.run(move |c| visitors::admit(c, &admission), forget))
    }

    fn sign_out(&self, hash: TokenHash) -> Reply<'_, bool> {
        let bearers = Arc::clone(&self.bearers);
        let forget = move |_: &bool| bearers.forget(&hash);
        Box::pin(self.writer.run(move |c| visitors::sign_out(c, hash), forget))
    }

    fn keep_lasting(
        &self,
        visitor: Uuid,
        changes: BTreeMap<String, Option<Value>>,
    ) -> Reply<'_, ()> {
        self.write(move |c| visitors::keep_lasting(c, visitor, &changes))
    }

    fn by_token(&self, hash: TokenHash, now: Timestamp) -> Reply<'_, Option<Visitor>> {
        self.read(move |c| visitors::by_token(c, hash, now))
    }

    fn bearer(&self, hash: TokenHash, now: Timestamp) -> Reply<'_, Option<Owner>> {
        Box::pin(async move {
            let found = match self.bearers.get(&hash) {
                Ok(found) => Some(found),
                Err(begun) => {
                    let found = self.read(move |c| visitors::bearer(c, hash)).await?;
                    if let Some(found) = &found {
                        self.bearers.keep(begun, hash, found.clone());
                    }
                    found
                }
            };
            let lasts = |(_, expires): &(Owner, i64)| now.as_microsecond() < *expires;
            Ok(found.filter(lasts).map(|(owner, _)| owner))
        })
    }

    fn by_subject(&self, messenger: String, subject: String) -> Reply<'_, Option<Visitor>> {
        self.read(move |c| visitors::by_subject(c, &messenger, &subject))
    }

    fn visitor(&self, id: Uuid) -> Reply<'_, Option<Visitor>> {
        self.read(move |c| visitors::by_id(c, id))
    }
}

impl Plans for SqliteStore {
    fn put_plan(&self, hash: String, bytes: Vec<u8>) -> Reply<'_, ()> {
        self.write(move |c| plans::put(c, &hash, &bytes))
    }

    fn plan(&self, hash: String) -> Reply<'_, Option<Vec<u8>>> {
        self.read(move |c| plans::get_plan(c, &hash))
    }

    fn active_plan(&self) -> Reply<'_, Option<String>> {
        self.read(plans::active)
    }

    fn activate(&self, hash: String, instead_of: Option<String>) -> Reply<'_, bool> {
        self.write(move |c| plans::activate(c, &hash, instead_of.as_deref()))
    }
}

impl Durability for SqliteStore {
    fn broken(&self) -> watch::Receiver<Option<StoreError>> {
        self.broken.subscribe()
    }

    fn failed_writes(&self) -> u64 {
        self.writer.failed()
    }

    fn probe(&self) -> Reply<'_, ()> {
        self.write(health::probe)
    }
}

impl DeadLetters for SqliteStore {
    fn dead_letters(&self) -> Reply<'_, Vec<DeadLetter>> {
        self.read(dead_letters::all)
    }

    fn decide(&self, decision: Decision) -> Reply<'_, bool> {
        self.write_work(move |c| dead_letters::decide(c, &decision))
    }

    fn decisions(&self) -> Reply<'_, Vec<Decided>> {
        self.read(dead_letters::decisions)
    }
}

impl Retention for SqliteStore {
    fn forget_tokens(&self, now: Timestamp, limit: u32) -> Reply<'_, u64> {
        let bearers = Arc::clone(&self.bearers);
        let forget = move |forgotten: &u64| {
            if *forgotten > 0 {
                bearers.forget_all();
            }
        };
        Box::pin(self.writer.run(move |c| retention::forget_tokens(c, now, limit), forget))
    }

    fn forget_visitors(&self, limit: u32) -> Reply<'_, u64> {
        Box::pin(async move {
            // They are looked for where no customer waits.
            let gone = self.read(move |c| retention::gone_visitors(c, limit)).await?;
            match gone.is_empty() {
                true => Ok(0),
                false => self.write(move |c| retention::forget_visitors(c, &gone)).await,
            }
        })
    }

    fn idle_plans(&self) -> Reply<'_, Vec<String>> {
        self.read(retention::idle_plans)
    }

    fn forget_plan(&self, hash: String) -> Reply<'_, bool> {
        self.write(move |c| retention::forget_plan(c, &hash))
    }
}

impl Files for SqliteStore {
    fn put_file(&self, upload: Upload, room: Room) -> Reply<'_, Stowed> {
        self.write(move |c| files::put(c, &upload, room))
    }

    fn file_bytes(&self) -> Reply<'_, u64> {
        self.read(files::file_bytes)
    }

    fn uploads(&self, conversation: Uuid, since: Timestamp) -> Reply<'_, Vec<FileRef>> {
        self.read(move |c| files::uploads(c, conversation, since))
    }

    fn content(&self, conversation: Uuid, file: Uuid) -> Reply<'_, Option<Arc<[u8]>>> {
        self.read(move |c| files::content(c, conversation, file))
    }

    fn forget_files(&self, untaken_until: Timestamp, limit: u32) -> Reply<'_, u64> {
        self.write(move |c| files::forget(c, untaken_until, limit))
    }
}

impl Usages for SqliteStore {
    fn spend(&self, spending: Spending) -> Reply<'_, Option<UsedUp>> {
        self.write(move |c| usage::spend(c, &spending))
    }

    fn add_tokens(&self, conversation: Uuid, day: Date, tokens: u64) -> Reply<'_, ()> {
        self.write(move |c| usage::add_tokens(c, conversation, day, tokens))
    }

    fn usage_of_day(&self, day: Date) -> Reply<'_, Usage> {
        self.read(move |c| usage::on(c, day))
    }

    fn usage_of(&self, conversation: Uuid) -> Reply<'_, Usage> {
        self.read(move |c| usage::of(c, conversation))
    }

    fn forget_usage(&self, before: Date, limit: u32) -> Reply<'_, u64> {
        self.write(move |c| usage::forget(c, before, limit))
    }
}
