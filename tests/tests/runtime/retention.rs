//! What the hourly housekeeping deletes, and what goes on without it.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use tidegate_server::clock::Clock;

use crate::world::{self, World};

const PATIENCE: Duration = Duration::from_secs(20);

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !holds().await {
        assert!(tokio::time::Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn an_old_plan_goes_when_its_last_conversation_has_ended() {
    let mut world = World::new().await;
    let (clock, steering) = Clock::steered();
    world.stop().await;
    world.clock = clock;
    world.start().await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    let server = world.server.as_ref().unwrap();
    let store = server.store();
    let old = store.active_plan().await.unwrap().unwrap();
    let changed =
        world::compile(&world.client, &world::PROGRAM.replace("Hi {", "Welcome, {")).await;
    let new = server.swap_plan(changed).await.unwrap();
    assert_eq!(store.idle_plans().await.unwrap(), Vec::<String>::new());
    crate::write_and_submit(&world, &visitor).await;
    world.until(&visitor, "ended").await;
    // Timers that nobody waits for any more fire first; then it is seen idle twice.
    until("the old plan goes", async || {
        steering.advance(SignedDuration::from_mins(61));
        store.plan(old.clone()).await.unwrap().is_none()
    })
    .await;
    assert_eq!(store.active_plan().await.unwrap(), Some(new));

    // A conversation that is over needs its plan no more.
    let form = json!({ "id": "7de00000-0000-4000-8000-000000000007", "wait": 1, "values": {} });
    assert_eq!(world.post(&visitor, "forms", form).await.0, 409);
    let again = json!({
        "id": "7de00000-0000-4000-8000-000000000001",
        "text": "The heater stopped working on Sunday."
    });
    let (status, taken) = world.post(&visitor, "messages", again).await;
    assert_eq!((status, taken["conversation"].as_str()), (200, Some(&*visitor.conversation)));
    let more = json!({ "id": "7de00000-0000-4000-8000-000000000008", "text": "One more thing." });
    let (status, taken) = world.post(&visitor, "messages", more).await;
    assert_eq!(status, 200);
    assert_ne!(taken["conversation"], visitor.conversation.as_str());
}

#[tokio::test]
async fn a_token_goes_when_it_has_ended() {
    let mut world = World::new().await;
    let (clock, steering) = Clock::steered();
    world.stop().await;
    world.clock = clock;
    world.start().await;
    world.open(json!({ "messenger": "web" })).await;
    let database = rusqlite::Connection::open(world.folder.path().join("t.db")).unwrap();
    let tokens =
        || database.query_row("SELECT count(*) FROM token", [], |row| row.get::<_, i64>(0));
    steering.advance(SignedDuration::from_hours(24 * 29));
    let late = world.open(json!({ "messenger": "web" })).await;
    assert_eq!(tokens().unwrap(), 2);
    until("the token of the first goes", async || {
        steering.advance(SignedDuration::from_hours(25));
        tokens().unwrap() == 1
    })
    .await;
    let visitors =
        || database.query_row("SELECT count(*) FROM visitor", [], |row| row.get::<_, i64>(0));
    until("what is known of the first goes", async || visitors().unwrap() == 1).await;
    world.until(&late, "asked").await;
}
