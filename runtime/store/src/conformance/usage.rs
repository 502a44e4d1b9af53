//! What was asked of AIs is counted up to what is allowed, whatever process asks.

use jiff::civil::{Date, date};

use super::retention::both;
use super::{commit, conversation, id};
use crate::Store;
use crate::contract::{Allowance, Spending, Usage, Usages as _, UsedUp};
use crate::sqlite::SqliteStore;

const MONDAY: Date = date(2026, 11, 23);
const TUESDAY: Date = date(2026, 11, 24);
const NO_LIMIT: Allowance = Allowance { requests: None, tokens: None };

fn spending(n: u64, day: Date) -> Spending {
    Spending { conversation: id(n), day, of_conversation: NO_LIMIT, of_day: NO_LIMIT }
}

fn used(requests: u64, tokens: u64) -> Usage {
    Usage { requests, tokens }
}

fn requests(most: u64) -> Allowance {
    Allowance { requests: Some(most), tokens: None }
}

fn tokens(most: u64) -> Allowance {
    Allowance { requests: None, tokens: Some(most) }
}

#[tokio::test]
async fn requests_and_tokens_are_counted_by_conversation_and_by_day() {
    both(async |store| {
        assert_eq!(store.usage_of_day(MONDAY).await, Ok(used(0, 0)));
        for (n, day) in [(1, MONDAY), (2, MONDAY), (1, TUESDAY)] {
            assert_eq!(store.spend(spending(n, day)).await, Ok(None));
            store.add_tokens(id(n), day, 100 * n).await.unwrap();
        }
        assert_eq!(store.usage_of_day(MONDAY).await, Ok(used(2, 300)));
        assert_eq!(store.usage_of_day(TUESDAY).await, Ok(used(1, 100)));
        assert_eq!(store.usage_of(id(1)).await, Ok(used(2, 200)));
        assert_eq!(store.usage_of(id(2)).await, Ok(used(1, 200)));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_allowed_is_not_counted() {
    both(async |store| {
        let two = Spending { of_conversation: requests(2), ..spending(1, MONDAY) };
        assert_eq!(store.spend(two).await, Ok(None));
        assert_eq!(store.spend(two).await, Ok(None));
        assert_eq!(store.spend(two).await, Ok(Some(UsedUp::Conversation)));
        let other = Spending { of_day: requests(3), ..spending(2, MONDAY) };
        assert_eq!(store.spend(other).await, Ok(None));
        assert_eq!(store.spend(other).await, Ok(Some(UsedUp::Day)));
        assert_eq!(store.usage_of_day(MONDAY).await, Ok(used(3, 0)));
        // Another day has an allowance of its own.
        let next = Spending { of_day: tokens(10), ..spending(2, TUESDAY) };
        assert_eq!(store.spend(next).await, Ok(None));
        store.add_tokens(id(2), TUESDAY, 9).await.unwrap();
        assert_eq!(store.spend(next).await, Ok(None));
        store.add_tokens(id(2), TUESDAY, 1).await.unwrap();
        assert_eq!(store.spend(next).await, Ok(Some(UsedUp::Day)));
        let dear = Spending { of_conversation: tokens(10), ..spending(2, TUESDAY) };
        assert_eq!(store.spend(dear).await, Ok(Some(UsedUp::Conversation)));
    })
    .await;
}

#[tokio::test]
async fn old_days_and_conversations_that_are_over_are_forgotten() {
    both(async |store| {
        for n in [1, 2] {
            store.commit(commit(n, 0, "hello")).await.unwrap();
            store.spend(spending(n, MONDAY)).await.unwrap();
        }
        store.spend(spending(1, TUESDAY)).await.unwrap();
        let mut end = commit(2, 1, "bye");
        end.next = conversation(id(2), true);
        store.commit(end).await.unwrap();
        assert_eq!(store.forget_usage(TUESDAY, 10).await, Ok(2));
        assert_eq!(store.forget_usage(TUESDAY, 10).await, Ok(0));
        assert_eq!(store.usage_of_day(MONDAY).await, Ok(used(0, 0)));
        assert_eq!(store.usage_of_day(TUESDAY).await, Ok(used(1, 0)));
        assert_eq!(store.usage_of(id(1)).await, Ok(used(2, 0)));
        assert_eq!(store.usage_of(id(2)).await, Ok(used(0, 0)));
    })
    .await;
}

#[tokio::test]
async fn the_next_process_knows_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.db");
    let store = SqliteStore::open(&file).unwrap();
    store.spend(spending(1, MONDAY)).await.unwrap();
    store.add_tokens(id(1), MONDAY, 7).await.unwrap();
    drop(store);
    let next: &dyn Store = &SqliteStore::open(&file).unwrap();
    assert_eq!(next.usage_of(id(1)).await, Ok(used(1, 7)));
    let again = Spending { of_day: requests(1), ..spending(1, MONDAY) };
    assert_eq!(next.spend(again).await, Ok(Some(UsedUp::Day)));
}
