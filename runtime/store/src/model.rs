//! The store in memory: what the contract means, without a disk. For tests and rehearsals.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
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

mod commit;
mod dead_letters;
mod files;
mod retention;
mod tables;
mod usage;

use tables::Tables;

/// A store in memory.
#[derive(Debug)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
    subscribers: Subscribers,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self { tables: Mutex::default(), subscribers: Subscribers::new() }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ready<'a, T: Send + 'a>(value: T) -> Reply<'a, T> {
    Box::pin(std::future::ready(Ok(value)))
}

fn size(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

/// Times as a database keeps them, in whole microseconds.
pub(crate) fn kept(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

impl Conversations for MemoryStore {
    fn commit(&self, commit: Commit) -> Reply<'_, Outcome> {
        let conversation = commit.conversation;
        let makes_work = commit.makes_work();
        let mut tables = self.tables();
        let outcome = tables.commit(commit);
        if let Ok(Outcome::Committed(_)) = outcome {
            let last = tables.conversations.get(&conversation).map_or(0, |row| row.messages);
            drop(tables);
            self.subscribers.appended(conversation, last);
            if makes_work {
                self.subscribers.wake();
            }
        }
        Box::pin(std::future::ready(outcome))
    }

    fn recall(&self, inbound: Inbound) -> Reply<'_, Option<Outcome>> {
        ready(self.tables().recall(&inbound))
    }

    fn load(&self, conversation: Uuid) -> Reply<'_, Option<Stored>> {
        ready(self.tables().conversations.get(&conversation).cloned())
    }

    fn owner(&self, conversation: Uuid) -> Reply<'_, Option<Owner>> {
        ready(self.tables().conversations.get(&conversation).map(|row| row.owner.clone()))
    }

    fn open_of(&self, visitor: Uuid) -> Reply<'_, Option<Uuid>> {
        ready(self.tables().open_of(visitor))
    }

    fn entries(&self, conversation: Uuid, after: u64, limit: u32) -> Reply<'_, Vec<Entry>> {
        let tables = self.tables();
        let all = tables.messages.get(&conversation).map_or(&[][..], Vec::as_slice);
        let some = all.iter().filter(|entry| entry.sequence > after).take(size(limit));
        ready(some.cloned().collect())
    }

    fn journal(&self, conversation: Uuid, after: u64, limit: u32) -> Reply<'_, Vec<Record>> {
        let tables = self.tables();
        let all = tables.journal.get(&conversation).map_or(&[][..], Vec::as_slice);
        let some = all.iter().filter(|record| record.version > after).take(size(limit));
        ready(some.cloned().collect())
    }

    fn subscribe(&self, conversation: Uuid) -> watch::Receiver<u64> {
        self.subscribers.subscribe(conversation)
    }
}

impl Outbox for MemoryStore {
    fn claim(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<Claimed>> {
        ready(self.tables().claim(kept(now), size(limit)))
    }

    fn park(&self, parked: Parked) -> Reply<'_, ()> {
        self.tables().park(parked);
        self.subscribers.wake();
        ready(())
    }

    fn release(&self, limit: u32) -> Reply<'_, u64> {
        let released = self.tables().release(size(limit));
        self.subscribers.wake();
        ready(released)
    }

    fn backlog(&self) -> Reply<'_, Backlog> {
        ready(self.tables().backlog())
    }

    fn settle(&self, settlement: Settlement) -> Reply<'_, bool> {
        let settled = self.tables().settle(settlement);
        self.subscribers.wake();
        ready(settled)
    }

    fn reclaim(&self, now: Timestamp) -> Reply<'_, ()> {
        self.tables().reclaim(kept(now));
        self.subscribers.wake();
        ready(())
    }

    fn next_effect(&self) -> Reply<'_, Option<Timestamp>> {
        ready(self.tables().next_effect())
    }

    fn work(&self) -> watch::Receiver<()> {
        self.subscribers.work()
    }
}

impl Timers for MemoryStore {
    fn due(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<Due>> {
        ready(self.tables().due(kept(now), size(limit)))
    }

    fn next_timer(&self) -> Reply<'_, Option<Timestamp>> {
        ready(self.tables().timers.iter().map(|due| due.timer.due).min())
    }
}

impl Chats for MemoryStore {
    fn keep_chat(&self, chat: Chat) -> Reply<'_, ()> {
        self.tables().chats.insert(chat.key, chat);
        ready(())
    }

    fn change_chat(&self, key: Uuid, change: ChatState) -> Reply<'_, ()> {
        self.tables().change_chat(key, &change);
        ready(())
    }

    fn chat(&self, key: Uuid) -> Reply<'_, Option<Chat>> {
        ready(self.tables().chats.get(&key).cloned())
    }

    fn chats(&self) -> Reply<'_, Vec<Chat>> {
        ready(self.tables().chats.values().cloned().collect())
    }

    fn forget_chat(&self, key: Uuid) -> Reply<'_, ()> {
        self.tables().chats.remove(&key);
        ready(())
    }
}

impl Visitors for MemoryStore {
    fn admit(&self, admission: Admission) -> Reply<'_, Option<Visitor>> {
        ready(self.tables().admit(admission))
    }

    fn sign_out(&self, hash: TokenHash) -> Reply<'_, bool> {
        ready(self.tables().sign_out(hash))
    }

    fn keep_lasting(
        &self,
        visitor: Uuid,
        changes: BTreeMap<String, Option<Value>>,
    ) -> Reply<'_, ()> {
        self.tables().keep_lasting(visitor, &changes);
        ready(())
    }

    fn by_token(&self, hash: TokenHash, now: Timestamp) -> Reply<'_, Option<Visitor>> {
        ready(self.tables().by_token(hash, kept(now)))
    }

    fn bearer(&self, hash: TokenHash, now: Timestamp) -> Reply<'_, Option<Owner>> {
        let visitor = self.tables().by_token(hash, kept(now));
        ready(visitor.map(|one| Owner { visitor: one.id, messenger: one.messenger }))
    }

    fn by_subject(&self, messenger: String, subject: String) -> Reply<'_, Option<Visitor>> {
        ready(self.tables().by_subject(&messenger, &subject))
    }

    fn visitor(&self, id: Uuid) -> Reply<'_, Option<Visitor>> {
        ready(self.tables().visitors.get(&id).cloned())
    }
}

impl Plans for MemoryStore {
    fn put_plan(&self, hash: String, bytes: Vec<u8>) -> Reply<'_, ()> {
        self.tables().plans.entry(hash).or_insert(bytes);
        ready(())
    }

    fn plan(&self, hash: String) -> Reply<'_, Option<Vec<u8>>> {
        ready(self.tables().plans.get(&hash).cloned())
    }

    fn active_plan(&self) -> Reply<'_, Option<String>> {
        ready(self.tables().active.clone())
    }

    fn activate(&self, hash: String, instead_of: Option<String>) -> Reply<'_, bool> {
        let mut tables = self.tables();
        let known: &BTreeMap<_, _> = &tables.plans;
        if !known.contains_key(&hash) {
            let error = StoreError::Failed("the plan to be activated is not kept".into());
            return Box::pin(std::future::ready(Err(error)));
        }
        let agreed = tables.active == instead_of;
        if agreed {
            tables.active = Some(hash);
        }
        ready(agreed)
    }
}

impl Durability for MemoryStore {
    /// Memory does not break.
    fn broken(&self) -> watch::Receiver<Option<StoreError>> {
        watch::Sender::new(None).subscribe()
    }

    fn failed_writes(&self) -> u64 {
        0
    }

    fn probe(&self) -> Reply<'_, ()> {
        ready(())
    }
}

impl DeadLetters for MemoryStore {
    fn dead_letters(&self) -> Reply<'_, Vec<DeadLetter>> {
        ready(self.tables().dead.clone())
    }

    fn decide(&self, decision: Decision) -> Reply<'_, bool> {
        let done = self.tables().decide(&decision);
        self.subscribers.wake();
        ready(done)
    }

    fn decisions(&self) -> Reply<'_, Vec<Decided>> {
        ready(self.tables().decisions.clone())
    }
}

impl Retention for MemoryStore {
    fn forget_tokens(&self, now: Timestamp, limit: u32) -> Reply<'_, u64> {
        ready(self.tables().forget_tokens(kept(now), size(limit)) as u64)
    }

    fn forget_visitors(&self, limit: u32) -> Reply<'_, u64> {
        ready(self.tables().forget_visitors(size(limit)) as u64)
    }

    fn idle_plans(&self) -> Reply<'_, Vec<String>> {
        ready(self.tables().idle_plans())
    }

    fn forget_plan(&self, hash: String) -> Reply<'_, bool> {
        ready(self.tables().forget_plan(&hash))
    }
}

impl Files for MemoryStore {
    fn put_file(&self, upload: Upload, room: Room) -> Reply<'_, Stowed> {
        ready(self.tables().put_file(upload, room))
    }

    fn file_bytes(&self) -> Reply<'_, u64> {
        ready(self.tables().file_bytes())
    }

    fn uploads(&self, conversation: Uuid, since: Timestamp) -> Reply<'_, Vec<FileRef>> {
        ready(self.tables().uploads(conversation, kept(since)))
    }

    fn content(&self, conversation: Uuid, file: Uuid) -> Reply<'_, Option<Arc<[u8]>>> {
        let tables = self.tables();
        let found = tables.files.iter().map(|one| &one.upload);
        let mut found = found.filter(|one| one.file.id == file && one.conversation == conversation);
        ready(found.next().map(|one| Arc::clone(&one.content)))
    }

    fn forget_files(&self, untaken_until: Timestamp, limit: u32) -> Reply<'_, u64> {
        ready(self.tables().forget_files(kept(untaken_until), size(limit)) as u64)
    }
}

impl Usages for MemoryStore {
    fn spend(&self, spending: Spending) -> Reply<'_, Option<UsedUp>> {
        ready(self.tables().spend(&spending))
    }

    fn add_tokens(&self, conversation: Uuid, day: Date, tokens: u64) -> Reply<'_, ()> {
        self.tables().add_usage(conversation, day, Usage { requests: 0, tokens });
        ready(())
    }

    fn usage_of_day(&self, day: Date) -> Reply<'_, Usage> {
        ready(self.tables().days.get(&day).copied().unwrap_or_default())
    }

    fn usage_of(&self, conversation: Uuid) -> Reply<'_, Usage> {
        ready(self.tables().usage.get(&conversation).copied().unwrap_or_default())
    }

    fn forget_usage(&self, before: Date, limit: u32) -> Reply<'_, u64> {
        ready(self.tables().forget_usage(before, size(limit)) as u64)
    }
}
