//! Chats with the local org's agents, over its live-chat API.

use std::time::Duration;

use serde_json::{Value, json};

use crate::chats::{program, said, say, wrote};
use crate::world::{Visitor, World};

/// Nothing that a test waits for takes so long.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn handed_off(waiting: &str) -> (World, Visitor, String) {
    let world = World::with_live_chat(&program(waiting)).await;
    let visitor = world.open(json!({ "messenger": "web", "email": "ada@example.com" })).await;
    say(&world, &visitor, "The heater stopped working on Sunday.").await;
    let told = |all: &Value| texts(&all[0]).len() == 1;
    let all = conversations(&world, told).await;
    let id = all[0]["id"].as_str().unwrap().to_owned();
    (world, visitor, id)
}

/// What the org has of chats, once it is as wanted.
pub(crate) async fn conversations(world: &World, wanted: impl Fn(&Value) -> bool) -> Value {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let url = format!("{}/__org/chat/conversations", world.org.url());
        let all: Value = world.http.get(url).send().await.unwrap().json().await.unwrap();
        let all = all.get("conversations").cloned().unwrap_or(all);
        if wanted(&all) {
            return all;
        }
        assert!(tokio::time::Instant::now() < deadline, "{all:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub(crate) fn texts(conversation: &Value) -> Vec<&str> {
    let entries = conversation["entries"].as_array();
    let said = entries.into_iter().flatten().filter(|entry| entry["type"] == "Message");
    said.filter_map(|entry| entry["text"].as_str()).collect()
}

pub(crate) async fn does(world: &World, chat: &str, act: &str, fields: Value) {
    let url = format!("{}/__org/chat/conversations/{chat}/{act}", world.org.url());
    let answer = world.http.post(url).json(&fields).send().await.unwrap();
    let status = answer.status();
    assert!(status.is_success(), "{act}: {status} {}", answer.text().await.unwrap());
}

#[tokio::test]
async fn a_customer_and_an_agent_talk() {
    let (world, visitor, chat) = handed_off("3m").await;
    does(&world, &chat, "accept", json!({ "agent": "Mara Lindt" })).await;
    does(&world, &chat, "say", json!({ "text": "Hello, I am Mara" })).await;
    let entries = world.until_one(&visitor, wrote("Hello, I am Mara")).await;
    let joined = entries.iter().find(|entry| entry["state"] == "joined").unwrap();
    assert_eq!(joined["name"], "Mara Lindt");
    say(&world, &visitor, "It drips, too.").await;
    conversations(&world, |all| texts(&all[0]).contains(&"It drips, too.")).await;
    does(&world, &chat, "end", json!({})).await;
    let entries = world.until(&visitor, "ended").await;
    assert_eq!(said(&entries, "agent"), ["Hello, I am Mara"]);
}

#[tokio::test]
async fn a_bot_talks_and_an_agent_is_waited_for_all_the_same() {
    let (world, visitor, chat) = handed_off("3m").await;
    does(&world, &chat, "join_bot", json!({ "name": "Fin" })).await;
    does(&world, &chat, "say", json!({ "text": "What is it about?" })).await;
    let entries = world.until_one(&visitor, wrote("What is it about?")).await;
    assert_eq!(said(&entries, "bot"), ["What is it about?"]);
    assert!(entries.iter().all(|entry| entry["state"] != "joined"), "{entries:#?}");
    does(&world, &chat, "transfer", json!({ "agent": "Mara Lindt" })).await;
    let entries = world.until_one(&visitor, |entry| entry["state"] == "joined").await;
    assert_eq!(entries.last().unwrap()["name"], "Mara Lindt");
    does(&world, &chat, "end", json!({})).await;
    let entries = world.until(&visitor, "ended").await;
    let states = states(&entries);
    assert_eq!(states, ["awaited", "joined", "gone"], "{entries:#?}");
}

/// A bot that talks and talks holds nobody.
#[tokio::test]
async fn a_bot_alone_is_no_agent() {
    let (world, visitor, chat) = handed_off("4s").await;
    does(&world, &chat, "join_bot", json!({ "name": "Fin" })).await;
    does(&world, &chat, "say", json!({ "text": "Let me think." })).await;
    let entries = world.until_one(&visitor, wrote("Nobody is free.")).await;
    assert_eq!(said(&entries, "bot"), ["Let me think."]);
}

pub(crate) fn states(entries: &[Value]) -> Vec<&str> {
    let agents = entries.iter().filter(|entry| entry["kind"] == "agents");
    agents.filter_map(|entry| entry["state"].as_str()).collect()
}

#[tokio::test]
async fn a_chat_that_is_handed_on_goes_on_in_either_order() {
    for adds_first in [false, true] {
        let (world, visitor, chat) = handed_off("3m").await;
        let switches = json!({ "transfer_adds_first": adds_first });
        let url = format!("{}/__org/chat/switches", world.org.url());
        assert!(world.http.post(url).json(&switches).send().await.unwrap().status().is_success());
        does(&world, &chat, "accept", json!({ "agent": "Mara Lindt" })).await;
        does(&world, &chat, "transfer", json!({ "queue": "Messaging" })).await;
        let again = |entries: &[Value]| states(entries) == ["awaited", "joined", "awaited"];
        world.until_all(&visitor, again).await;
        does(&world, &chat, "accept", json!({ "agent": "Jonas Weber" })).await;
        world.until_one(&visitor, |entry| entry["name"] == "Jonas Weber").await;
        does(&world, &chat, "transfer", json!({ "agent": "Mara Lindt" })).await;
        does(&world, &chat, "say", json!({ "text": "Me again." })).await;
        let entries = world.until_one(&visitor, wrote("Me again.")).await;
        let last = states(&entries);
        assert_eq!(last.last(), Some(&"joined"), "adds first: {adds_first} {entries:#?}");
        // Nobody else comes, so that nobody is waited for.
        does(&world, &chat, "end", json!({})).await;
        let entries = world.until(&visitor, "ended").await;
        assert_eq!(states(&entries).last(), Some(&"gone"));
        assert_eq!(
            said(&entries, "assistant").iter().filter(|it| **it == "Nobody is free.").count(),
            0
        );
    }
}
