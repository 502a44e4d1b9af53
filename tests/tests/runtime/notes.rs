//! What a workflow notes: for those who read the transcript, and never for the customer.

use serde_json::json;

use crate::world::{PROGRAM, World};
use crate::write_and_submit;

const NOTED: &str = "kanari: be kind, the third call this week";

fn program() -> String {
    PROGRAM
        .replace("  ask\n", &format!("  ask\n  note \"{NOTED}\"\n"))
        .replace("transcript to file", "transcript to comment")
}

#[tokio::test]
async fn agents_read_a_note_and_the_customer_does_not() {
    let world = World::running(&program()).await;
    let comments = world.org.org().state().records.rows("CaseComment").count();
    let visitor = world.open(json!({ "messenger": "web" })).await;
    write_and_submit(&world, &visitor).await;
    let seen = world.until(&visitor, "ended").await;
    assert!(!json!(seen).to_string().contains("kanari"), "{seen:#?}");
    let kept = world.entries(&visitor).await;
    let note = kept.iter().find(|entry| entry["kind"] == "noted").expect("it is kept");
    assert_eq!(note["text"], NOTED);
    assert_eq!(kept.len(), seen.len() + 1, "and nothing else is kept back");
    let comment = world.records("CaseComment", comments + 1).await.pop().unwrap();
    let body = comment["CommentBody"].as_str().unwrap();
    assert!(body.contains(&format!("Note: {NOTED}")), "{body}");
}
