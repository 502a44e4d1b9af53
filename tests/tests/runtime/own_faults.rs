//! What goes wrong in Tidegate itself: it ends as one Case or as one dead letter that is seen, and
//! holds up nobody.

use serde_json::json;
use tidegate_engine::effect::Action;
use tidegate_store::contract::DeadLetter;

use crate::failures::Simulated;
use crate::meddled::Meddling;
use crate::world::{Visitor, World, identity};
use crate::{seeded, write_and_submit};

async fn letters(world: &World) -> Vec<DeadLetter> {
    world.server.as_ref().unwrap().store().dead_letters().await.unwrap()
}

#[tokio::test]
async fn a_case_that_can_not_even_be_asked_for_becomes_a_dead_letter() {
    let world = World::with(Meddling::Panic).await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    write_and_submit(&world, &visitor).await;
    world.until(&visitor, "ended").await;
    let letters = world.server.as_ref().unwrap().store().dead_letters().await.unwrap();
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!(letter.code, "tidegate.panic");
    // The worker lives on.
    let other = world.open(json!({ "messenger": "web", "identity": identity("x@example.com") }));
    world.until(&other.await, "asked").await;
}

/// Performs a Case that is saved and then panics; gives its dead letters.
async fn saved_and_panicked(meddling: Meddling) -> Vec<DeadLetter> {
    let world = World::with(meddling).await;
    let (cases, _) = seeded(&world);
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    write_and_submit(&world, &visitor).await;
    world.until(&visitor, "ended").await;
    world.records("Case", cases + 1).await;
    letters(&world).await
}

#[tokio::test]
async fn a_case_that_was_saved_before_a_panic_is_adopted() {
    assert_eq!(saved_and_panicked(Meddling::SaveAndPanic).await, []);
}

#[tokio::test]
async fn without_the_look_it_would_be_a_case_and_a_dead_letter() {
    let letters = saved_and_panicked(Meddling::SaveAndPanicTwice).await;
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!(letter.code, "tidegate.panic");
    assert!(letter.answer.contains("whether this had been done"), "{}", letter.answer);
}

/// A Case that waits for an org that is down, and what the disk then says of it; with the only dead
/// letter that comes of it.
async fn spoiled(sql: &str) -> (Simulated, Visitor, DeadLetter) {
    let simulated = Simulated::new(Meddling::Not).await;
    let visitor = simulated.begins(json!({ "unavailable": 1_000_000 })).await;
    simulated.ends(&visitor).await;
    let world = &simulated.world;
    let store = world.server.as_ref().unwrap().store();
    simulated.until("waiting", async || store.backlog().await.unwrap().held == 1).await;
    let file = rusqlite::Connection::open(world.folder.path().join("t.db")).unwrap();
    file.execute_batch(sql).unwrap();
    world.faults(json!({})).await;
    simulated.drains().await;
    let letters = letters(world).await;
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    let letter = letter.clone();
    (simulated, visitor, letter)
}

#[tokio::test]
async fn what_can_not_be_read_is_a_dead_letter_at_once() {
    let spoil = r#"UPDATE outbox SET effect = '{"from":"a later version"}'"#;
    let (simulated, visitor, letter) = spoiled(spoil).await;
    assert_eq!(letter.code, "tidegate.unreadable");
    assert!(
        matches!(&letter.effect.action, Action::Unreadable { stored } if stored.contains("later"))
    );
    assert_eq!(letter.conversation.to_string(), visitor.conversation);
    insta::assert_snapshot!(simulated.told(&visitor).await);
}

#[tokio::test]
async fn what_can_not_be_read_of_a_conversation_that_can_not_either_is_a_dead_letter() {
    let spoil = r#"UPDATE outbox SET effect = '{"from":"a later version"}';
                   UPDATE conversation SET snapshot = '{"from":"a later version"}';"#;
    let (_, _, letter) = spoiled(spoil).await;
    assert_eq!(letter.code, "tidegate.unreadable");
}
