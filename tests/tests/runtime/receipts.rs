//! Receipts both ways: what the customer has got and seen, and what agents have of the customer's. None of
//! them holds anything up.

use serde_json::{Value, json};
use tidegate_server::chats::channel::Now;

use crate::chats::{say, with_agent, wrote};
use crate::desk::Desk;
use crate::live_chat::{conversations, does, handed_off, texts};
use crate::world::{Visitor, World};

async fn seen(world: &World, visitor: &Visitor, through: u64) {
    let url = world.url(&format!("/v1/conversations/{}/seen", visitor.conversation));
    let request = world.http.post(url).bearer_auth(&visitor.token);
    let answer = request.json(&json!({ "through": through })).send().await.unwrap();
    assert_eq!(answer.status(), 204);
}

/// The number of an entry.
async fn number(world: &World, visitor: &Visitor, text: &str) -> u64 {
    let entries = world.until_one(visitor, wrote(text)).await;
    entries.iter().find(|entry| wrote(text)(entry)).unwrap()["sequence"].as_u64().unwrap()
}

#[tokio::test]
async fn agents_learn_what_the_customer_has_got_and_seen() {
    let desk = Desk::new();
    let (world, visitor) = with_agent(&desk).await;
    for text in ["One.", "Two.", "Three."] {
        desk.says(text);
    }
    let two = number(&world, &visitor, "Two.").await;
    desk.chat(|chat| chat.received == ["entry-1", "entry-2", "entry-3"]).await;
    seen(&world, &visitor, two).await;
    let chat = desk.chat(|chat| chat.seen.len() == 2).await;
    assert_eq!(chat.seen, ["entry-1", "entry-2"]);
    // What is seen again is told once, and what is yet to come is not seen.
    seen(&world, &visitor, u64::MAX).await;
    seen(&world, &visitor, u64::MAX).await;
    desk.says("Four.");
    let chat = desk.chat(|chat| chat.received.len() == 4).await;
    assert_eq!(chat.seen, ["entry-1", "entry-2", "entry-3"]);
}

/// Who never answers a receipt is talked to all the same, and what piles up goes together.
#[tokio::test]
async fn a_receipt_holds_nothing_up() {
    let desk = Desk::new();
    let (mut world, visitor) = with_agent(&desk).await;
    desk.takes_no_receipts(true);
    desk.says("One.");
    desk.chat(|chat| chat.batches == 1).await;
    for text in ["Two.", "Three."] {
        desk.says(text);
    }
    number(&world, &visitor, "Three.").await;
    seen(&world, &visitor, u64::MAX).await;
    say(&world, &visitor, "I see.").await;
    let chat = desk.chat(|chat| chat.texts().contains(&"I see.")).await;
    assert_eq!((chat.batches, chat.received.len()), (1, 1));
    // A receipt that is lost with the process is not missed; those of what comes are told.
    world.crash();
    desk.takes_no_receipts(false);
    world.start().await;
    desk.says("Four.");
    let four = number(&world, &visitor, "Four.").await;
    desk.chat(|chat| chat.received.iter().any(|entry| entry == "entry-4")).await;
    seen(&world, &visitor, four).await;
    desk.chat(|chat| chat.seen.iter().any(|entry| entry == "entry-4")).await;
}

#[tokio::test]
async fn customers_see_what_agents_have_got_and_read() {
    let desk = Desk::new();
    let (world, visitor) = with_agent(&desk).await;
    say(&world, &visitor, "One.").await;
    let long = "x".repeat(9_000);
    say(&world, &visitor, &long).await;
    let chat = desk.chat(|chat| chat.lines.len() == 5).await;
    let (one, long) =
        (number(&world, &visitor, "One.").await, number(&world, &visitor, &long).await);
    let shows = |line: usize, read| {
        let line = chat.lines[line].id;
        desk.shows(Now::Receipt { line, read });
    };
    shows(1, true);
    world.until_one(&visitor, |now| now["read"] == one && now["delivered"] == one).await;
    // A long one has arrived when its last part has, and what is read stays read.
    shows(2, true);
    shows(4, false);
    world.until_one(&visitor, |now| now["read"] == one && now["delivered"] == long).await;
    shows(1, false);
    shows(4, true);
    world.until_one(&visitor, |now| now["read"] == long && now["delivered"] == long).await;
    // Nothing of it is kept.
    assert!(world.entries(&visitor).await.iter().all(|entry| entry.get("read").is_none()));
}

/// However the org spells them.
#[tokio::test]
async fn receipts_go_both_ways_in_the_local_org() {
    for spelling in ["short", "long"] {
        let (world, visitor, chat) = handed_off("3m").await;
        let url = format!("{}/__org/chat/switches", world.org.url());
        world.http.post(url).json(&json!({ "receipts": spelling })).send().await.unwrap();
        does(&world, &chat, "accept", json!({ "agent": "Mara Lindt" })).await;
        does(&world, &chat, "say", json!({ "text": "Hello, I am Mara" })).await;
        let hello = number(&world, &visitor, "Hello, I am Mara").await;
        let reached = |all: &Value, how: &str| {
            let entries = all[0]["entries"].as_array().unwrap();
            entries.iter().any(|it| it["text"] == "Hello, I am Mara" && it["receipt"] == how)
        };
        conversations(&world, |all| reached(all, "delivered")).await;
        seen(&world, &visitor, hello).await;
        conversations(&world, |all| reached(all, "read")).await;

        say(&world, &visitor, "It drips, too.").await;
        conversations(&world, |all| texts(&all[0]).contains(&"It drips, too.")).await;
        let mine = number(&world, &visitor, "It drips, too.").await;
        does(&world, &chat, "deliver", json!({})).await;
        world.until_one(&visitor, |now| now["delivered"] == mine).await;
        does(&world, &chat, "read", json!({})).await;
        world.until_one(&visitor, |now| now["read"] == mine).await;
    }
}
