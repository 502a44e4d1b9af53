//! `hand off` to a channel of which nothing is known: the program's own way for that, and nothing is lost.

use serde_json::json;

use crate::FIRST;
use crate::world::{PROGRAM, World};

fn program() -> String {
    let collect = PROGRAM.find("  collect ").expect("a form");
    let create = PROGRAM.find("  create case").expect("a Case");
    let hand_off = "  hand off using agents waiting up to 3m {\n    failed => go on\n    ended, no agent, lost => end because \"never here\"\n  }\n";
    let push = "\npush agents to channel live {\n  send session.email\n}\n";
    format!("{}{hand_off}{}{push}", &PROGRAM[..collect], &PROGRAM[create..])
}

#[tokio::test]
async fn without_a_channel_the_hand_off_fails_at_once_and_the_case_comes() {
    let world = World::running(&program()).await;
    let cases = world.org.org().state().records.rows("Case").count();
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let message = json!({ "id": FIRST, "text": "The heater stopped working on Sunday." });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    assert_eq!(world.records("Case", cases + 1).await.len(), cases + 1);
}
