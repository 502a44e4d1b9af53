//! The order of effects has its protections, and each promise of it fails without its own.

use std::sync::Arc;

use tidegate_engine::effect::Action;
use uuid::Uuid;

use super::examples::{
    a_parked_effect_holds_back_those_behind_it, only_the_first_effect_of_a_conversation_is_claimed,
    what_is_held_waits_until_it_is_released,
};
use super::{at, commit, id, resting};
use crate::contract::{Settlement, Store};
use crate::model::MemoryStore;
use crate::sqlite::SqliteStore;

/// Each effect has a conversation of its own, so that none stands behind another.
const APART: &str = "CREATE TRIGGER apart AFTER INSERT ON outbox BEGIN
    UPDATE outbox SET conversation = NEW.key WHERE position = NEW.position; END";
/// What only reads is like anything else.
const TOGETHER: &str = "CREATE TRIGGER together AFTER INSERT ON outbox BEGIN
    UPDATE outbox SET reads = 0 WHERE position = NEW.position; END";
/// What was held first was held last.
const REVERSED: &str = "CREATE TRIGGER reversed AFTER UPDATE OF held ON outbox
    WHEN NEW.held = 1 AND OLD.held = 0 BEGIN
    UPDATE outbox SET not_before = -NEW.not_before WHERE position = NEW.position; END";

async fn claimed(store: &Arc<dyn Store>) -> Vec<Uuid> {
    let claimed = store.claim(at(0), 10).await.unwrap();
    claimed.iter().map(|one| one.effect.key).collect()
}

async fn what_only_reads_holds_nothing_back(store: Arc<dyn Store>) {
    let reading = |n: u64| {
        let mut resting = resting(n, at(0));
        resting.effect.action = Action::SyncCase { case_id: "500000000000001AAA".into() };
        resting
    };
    let mut one = commit(1, 0, "a");
    one.effects = vec![reading(11), resting(12, at(0)), reading(13), resting(14, at(0))];
    store.commit(one).await.unwrap();
    assert_eq!(claimed(&store).await, [id(11), id(12)]);
    assert!(store.settle(Settlement { key: id(12), dead: None }).await.unwrap());
    assert_eq!(store.next_effect().await.unwrap(), Some(at(0)));
    assert_eq!(claimed(&store).await, [id(14)], "readings have an order of their own");
    assert!(store.settle(Settlement { key: id(11), dead: None }).await.unwrap());
    assert_eq!(claimed(&store).await, [id(13)]);
}

/// Whether a promise is kept by a store in whose file something meddles.
async fn is_kept<F>(meddling: &str, promise: impl FnOnce(Arc<dyn Store>) -> F) -> bool
where
    F: Future<Output = ()> + Send + 'static,
{
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.db");
    let store = SqliteStore::open(&file).unwrap();
    rusqlite::Connection::open(&file).unwrap().execute_batch(meddling).unwrap();
    tokio::spawn(promise(Arc::new(store))).await.is_ok()
}

#[tokio::test]
async fn without_its_conversation_an_effect_overtakes() {
    assert!(is_kept("", only_the_first_effect_of_a_conversation_is_claimed).await);
    assert!(!is_kept(APART, only_the_first_effect_of_a_conversation_is_claimed).await);
    assert!(is_kept("", a_parked_effect_holds_back_those_behind_it).await);
    assert!(!is_kept(APART, a_parked_effect_holds_back_those_behind_it).await);
}

#[tokio::test]
async fn without_a_row_of_its_own_what_only_reads_holds_others_back() {
    what_only_reads_holds_nothing_back(Arc::new(MemoryStore::new())).await;
    assert!(is_kept("", what_only_reads_holds_nothing_back).await);
    assert!(!is_kept(TOGETHER, what_only_reads_holds_nothing_back).await);
}

#[tokio::test]
async fn without_the_time_at_which_it_was_held_an_effect_is_released_out_of_order() {
    assert!(is_kept("", what_is_held_waits_until_it_is_released).await);
    assert!(!is_kept(REVERSED, what_is_held_waits_until_it_is_released).await);
}
