//! What only a file can get wrong: being there again, being shared, being newer.

use std::path::Path;

use tidegate_engine::effect::Action;
use tidegate_engine::event::Event;

use super::{at, commit, id, resting, timer};
use crate::StoreError;
use crate::contract::{
    Conversations, DeadLetters as _, Decision, Outbox, Outcome, Settlement, Timers, What,
};
use crate::sqlite::SqliteStore;

#[tokio::test]
async fn everything_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.db");
    let store = SqliteStore::open(&file).unwrap();
    let mut first = commit(1, 0, "hello");
    first.effects = vec![resting(11, at(0))];
    first.timers = vec![timer(31, at(20))];
    store.commit(first.clone()).await.unwrap();
    store.claim(at(0), 1).await.unwrap();
    drop(store);

    let store = SqliteStore::open(&file).unwrap();
    let stored = store.load(id(1)).await.unwrap().unwrap();
    assert_eq!(stored.conversation, first.next);
    assert_eq!(store.due(at(20), 1).await.unwrap().len(), 1);
    assert!(store.claim(at(0), 1).await.unwrap().is_empty());
    store.reclaim(at(0)).await.unwrap();
    assert_eq!(store.claim(at(0), 1).await.unwrap()[0].attempt, 2);
}

#[tokio::test]
async fn what_can_not_be_read_holds_up_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.db");
    let store = SqliteStore::open(&file).unwrap();
    for who in [1, 2] {
        let mut first = commit(who, 0, "hello");
        first.owner.as_mut().unwrap().visitor = id(100 + who);
        first.effects = vec![resting(10 + who, at(0))];
        first.timers = vec![timer(30 + who, at(20))];
        store.commit(first).await.unwrap();
    }
    let connection = rusqlite::Connection::open(&file).unwrap();
    let first = id(1);
    for spoil in [
        "UPDATE outbox SET effect = '{}' WHERE conversation = ?1",
        "UPDATE timer SET event = '{}' WHERE conversation = ?1",
    ] {
        assert_eq!(connection.execute(spoil, [first.as_bytes()]).unwrap(), 1);
    }
    let claimed = store.claim(at(0), 10).await.unwrap();
    let [spoilt, whole] = claimed.as_slice() else { panic!("{claimed:?}") };
    assert_eq!((spoilt.conversation, spoilt.effect.key), (id(1), id(11)));
    assert_eq!(spoilt.effect.action, Action::Unreadable { stored: "{}".into() });
    assert_eq!((whole.conversation, &whole.effect), (id(2), &resting(12, at(0)).effect));
    let due = store.due(at(20), 10).await.unwrap();
    assert_eq!(due.iter().map(|one| one.conversation).collect::<Vec<_>>(), [id(2)]);
    assert!(store.claim(at(0), 10).await.unwrap().is_empty());
    // Given up and sent again, it is what it was, for a version that can read it.
    let key = spoilt.effect.key;
    let dead = Some(Box::new(super::examples::letter(spoilt.effect.clone())));
    assert!(store.settle(Settlement { key, dead }).await.unwrap());
    let decision = Decision { key, at: at(1), by: "a test".into(), what: What::Resend };
    assert!(store.decide(decision).await.unwrap());
    let kept: String = connection
        .query_row("SELECT effect FROM outbox WHERE key = ?1", [key.as_bytes()], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, "{}");
}

#[tokio::test]
async fn a_second_process_is_told_who_has_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.db");
    let _store = SqliteStore::open(&file).unwrap();
    let refused = SqliteStore::open(&file).unwrap_err();
    let holder = format!("process {}", std::process::id());
    assert_eq!(refused, StoreError::Held { path: file, holder });
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.db");
    drop(SqliteStore::open(&file).unwrap());
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let refused = SqliteStore::open(&file).unwrap_err();
    assert_eq!(refused, StoreError::NewerSchema { path: file, found: 99, known: 9 });
}

#[tokio::test]
async fn an_older_file_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.db");
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.execute_batch(include_str!("../sqlite/schema/0001_begin.sql")).unwrap();
    let effect = serde_json::to_string(&super::effect(11)).unwrap();
    connection
        .execute(
            "INSERT INTO outbox (key, conversation, effect, not_before, attempts)
             VALUES (?1, ?2, ?3, ?4, 3)",
            (id(11).as_bytes(), id(1).as_bytes(), effect, at(5).as_microsecond()),
        )
        .unwrap();
    let dead = r#"{"conversation":"7de00000-0000-4000-8000-000000000001","effect":{"key":"7de00000-0000-4000-8000-000000000002","step":null,"action":{"kind":"summarise","through":1}},"at":"2026-11-22T10:00:00Z","code":"X","request":"","answer":"","source":null}"#;
    connection
        .execute(
            "INSERT INTO dead_letter (key, at, letter) VALUES (?1, 0, ?2)",
            (id(2).as_bytes(), dead),
        )
        .unwrap();
    for (sequence, text) in [(1, "one"), (2, "two")] {
        let message = serde_json::to_string(&super::said(text)).unwrap();
        connection
            .execute(
                "INSERT INTO message VALUES (?1, ?2, 0, ?3)",
                (id(1).as_bytes(), sequence, message),
            )
            .unwrap();
    }
    let event = serde_json::to_string(&Event::HumanRequested).unwrap();
    connection
        .execute("INSERT INTO journal VALUES (?1, 1, 0, ?2, '[]')", (id(1).as_bytes(), event))
        .unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    drop(connection);
    let store = SqliteStore::open(&file).unwrap();
    let claimed = store.claim(at(5), 10).await.unwrap();
    let [one] = claimed.as_slice() else { panic!("{claimed:?}") };
    assert_eq!((one.attempt, one.strikes, one.since), (4, 0, at(5)));
    assert_eq!(store.dead_letters().await.unwrap()[0].since, None);
    let entries = store.entries(id(1), 1, 10).await.unwrap();
    let [two] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((two.sequence, &two.message), (2, &super::said("two")));
    let journal = store.journal(id(1), 0, 10).await.unwrap();
    let [one] = journal.as_slice() else { panic!("{journal:?}") };
    assert_eq!((one.version, &one.journal.event), (1, &Event::HumanRequested));
}

/// Before 3.51.3 a WAL could be reset at the wrong moment and lose a transaction.
#[test]
fn the_database_is_new_enough() {
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
}

#[tokio::test]
async fn commits_are_fully_synced() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("t.db")).unwrap();
    let (journal, synchronous) = store.durability().await.unwrap();
    assert_eq!((journal.as_str(), synchronous), ("wal", 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_item_of_a_batch_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("t.db")).unwrap();
    let mut first = commit(1, 0, "has the key");
    first.effects = vec![resting(11, at(0))];
    store.commit(first).await.unwrap();
    let all = (2..40).map(|n| {
        let mut one = commit(n, 0, "x");
        if n % 3 == 0 {
            one.effects = vec![resting(11, at(0))];
        }
        store.commit(one)
    });
    let outcomes = futures_join(all.collect()).await;
    for (n, outcome) in (2..40).zip(outcomes) {
        let kept = store.load(id(n)).await.unwrap().is_some();
        assert_eq!(kept, n % 3 != 0);
        assert_eq!(matches!(outcome, Ok(Outcome::Committed(_))), n % 3 != 0);
    }
}

async fn futures_join<T: Send + 'static>(
    all: Vec<crate::contract::Reply<'_, T>>,
) -> Vec<Result<T, StoreError>> {
    let mut done = Vec::new();
    let mut waiting: Vec<_> = all.into_iter().map(Some).collect();
    std::future::poll_fn(|context| {
        for slot in &mut waiting {
            let Some(future) = slot else { continue };
            if let std::task::Poll::Ready(result) = future.as_mut().poll(context) {
                done.push(result);
                *slot = None;
            }
        }
        match waiting.iter().all(Option::is_none) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    done
}

#[test]
fn a_relative_path_may_begin_with_a_folder_that_is_missing() {
    let folder = format!("missing-{}", std::process::id());
    drop(SqliteStore::open(&Path::new(&folder).join("deep").join("t.db")).unwrap());
    std::fs::remove_dir_all(folder).unwrap();
}
