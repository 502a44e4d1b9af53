//! Chats that come to nothing, or nearly: each ends in the outcome that the workflow handles.

use serde_json::{Value, json};

use crate::chats::{program, say, wrote};
use crate::live_chat::{conversations, does, handed_off, states, texts};
use crate::world::World;

async fn tell(world: &World, what: &str, body: Value) {
    let url = format!("{}/__org/chat/{what}", world.org.url());
    let answer = world.http.post(url).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{what}: {}", answer.text().await.unwrap());
}

/// The Case that each of them ends in, and no session that waits for nobody.
async fn ends_in_a_case(world: &World, visitor: &crate::world::Visitor, words: &str) {
    let entries = world.until(visitor, "case_created").await;
    assert!(entries.iter().any(|entry| entry["text"] == words), "{entries:#?}");
    assert_eq!(states(&entries).last(), Some(&"gone"));
}

#[tokio::test]
async fn no_agent_in_time() {
    let (world, visitor, _) = handed_off("2s").await;
    ends_in_a_case(&world, &visitor, "Nobody is free.").await;
    let over = |all: &Value| all[0]["session"]["status"] == "Ended" || all[0]["closed"] == true;
    conversations(&world, over).await;
}

#[tokio::test]
async fn outside_the_hours_of_the_queue() {
    let world = World::with_live_chat(&program("3m")).await;
    let failure = json!({ "failure_type": "RoutingError", "failure_reason": "Outside hours" });
    tell(&world, "agents", json!({ "deployment": "Web_Chat", "routing_failure": failure })).await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    say(&world, &visitor, "The heater stopped working on Sunday.").await;
    ends_in_a_case(&world, &visitor, "There is no chat.").await;
}

#[tokio::test]
async fn a_routing_that_fails_later() {
    let (world, visitor, chat) = handed_off("3m").await;
    does(&world, &chat, "fail_routing", json!({})).await;
    ends_in_a_case(&world, &visitor, "There is no chat.").await;
}

/// The org gives no tokens any more: who can't be let in waits as for an agent.
#[tokio::test]
async fn no_token_in_time() {
    let world = World::with_live_chat(&program("3s")).await;
    tell(&world, "switches", json!({ "tokens_per_minute": 0 })).await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    say(&world, &visitor, "The heater stopped working on Sunday.").await;
    ends_in_a_case(&world, &visitor, "Nobody is free.").await;
}

#[tokio::test]
async fn an_agent_who_is_gone_without_a_word() {
    let (world, visitor, chat) = handed_off("3s").await;
    does(&world, &chat, "accept", json!({ "agent": "Mara Lindt" })).await;
    world.until_one(&visitor, |entry| entry["state"] == "joined").await;
    does(&world, &chat, "vanish", json!({})).await;
    ends_in_a_case(&world, &visitor, "Nobody is free.").await;
}

/// The network is away for a while: what both say meanwhile arrives behind it, once.
#[tokio::test]
async fn a_network_that_is_cut_and_comes_back() {
    let (world, visitor, chat) = handed_off("3m").await;
    does(&world, &chat, "accept", json!({ "agent": "Mara Lindt" })).await;
    world.until_one(&visitor, |entry| entry["state"] == "joined").await;
    let away = json!({ "next": { "drop_before_commit": { "count": 6 } } });
    tell(&world, "faults", away).await;
    tell(&world, "streams", json!({ "break": "cut" })).await;
    say(&world, &visitor, "Are you there?").await;
    does(&world, &chat, "say", json!({ "text": "I am." })).await;
    let entries = world.until_one(&visitor, wrote("I am.")).await;
    assert_eq!(entries.iter().filter(|entry| entry["text"] == "I am.").count(), 1);
    let heard = |all: &Value| texts(&all[0]).contains(&"Are you there?");
    let all = conversations(&world, heard).await;
    assert_eq!(texts(&all[0]).iter().filter(|text| **text == "Are you there?").count(), 1);
}
