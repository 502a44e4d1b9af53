//! Time that passes, and a server that is away meanwhile.

use serde_json::json;

use crate::FIRST;
use crate::world::{self, PROGRAM, World};

#[tokio::test]
async fn time_passes_while_the_server_is_away_and_words_are_kept() {
    let mut world = World::new().await;
    let program = PROGRAM.replace("  ask\n", "  wait 2s\n  ask\n");
    world.plan = world::compile(&world.client, &program).await;
    world.stop().await;
    world.start().await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let message = json!({ "id": FIRST, "text": "The heater stopped working on Sunday." });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    world.stop().await;
    world.start().await;
    // The `ask` takes the words that came before it, and the form follows without another.
    let entries = world.until(&visitor, "form").await;
    assert!(entries.iter().all(|entry| entry["kind"] != "asked"), "{entries:#?}");
}
