//! `on message`: a conversation that says nothing until the customer writes.

use serde_json::json;

use crate::FIRST;
use crate::world::{self, PROGRAM, World};

const SECOND: &str = "7de00000-0000-4000-8000-000000000002";

/// The opening starts nothing; the first words become a Case.
fn program() -> String {
    let begins = PROGRAM.find("workflow support").expect("a workflow");
    let written = "workflow support {\n  on message\n  say \"Thank you.\"\n  create case using open_case\n}\n";
    format!("{}{written}", &PROGRAM[..begins])
}

#[tokio::test]
async fn the_first_words_become_a_case_and_further_ones_another() {
    let mut world = World::new().await;
    world.plan = world::compile(&world.client, &program()).await;
    world.stop().await;
    world.start().await;
    let cases = world.org.org().state().records.rows("Case").count();
    let visitor = world.open(json!({ "messenger": "web" })).await;
    // Whoever comes back finds the same quiet conversation, also after the server was away.
    world.stop().await;
    world.start().await;
    let (status, again) = world.reopen(&visitor.token, json!({ "messenger": "web" })).await;
    assert_eq!((status, &again["resumed"]), (200, &json!(true)));
    assert_eq!(again["conversation"], visitor.conversation);
    let text = "The heater stopped working on Sunday.";
    let message = json!({ "id": FIRST, "text": text });
    let (status, taken) = world.post(&visitor, "messages", message.clone()).await;
    assert_eq!((status, &taken["conversation"]), (200, &json!(visitor.conversation)));
    assert_eq!(world.post(&visitor, "messages", message).await, (200, taken));
    let entries = world.until(&visitor, "ended").await;
    assert_eq!(entries[0]["text"], text);
    assert_eq!(entries[1]["text"], "Thank you.");
    let records = world.records("Case", cases + 1).await;
    assert!(records.iter().any(|case| case["Description"] == text), "{records:#?}");
    // A message to a conversation that is over opens another one, which it starts.
    let message = json!({ "id": SECOND, "text": "And the kitchen is cold as well." });
    let (status, taken) = world.post(&visitor, "messages", message).await;
    assert_eq!(status, 200, "{taken}");
    assert_ne!(taken["conversation"], visitor.conversation);
    world.records("Case", cases + 2).await;
}
