//! What agents offer to press: answered once, whatever fails, ends or is told again.

use serde_json::{Value, json};
use tidegate_engine::event::{Author, ChatEvent};
use tidegate_engine::offer::{Asks, OfferedOption, Reply};
use tidegate_server::chats::channel::{ChatError, Content};
use uuid::Uuid;

use crate::chats::{say, with_agent, wrote};
use crate::desk::Desk;
use crate::live_chat::{conversations, does, handed_off, texts};
use crate::world::{Visitor, World};

fn asked(question: &str, titles: &[&str]) -> ChatEvent {
    let option = |title: &&str| OfferedOption {
        id: format!("id of {title}"),
        title: (*title).to_owned(),
        label: None,
    };
    let options = titles.iter().map(option).collect();
    let asks = Asks::Choices { text: "Which one?".into(), options };
    ChatEvent::Asked { by: Author::Agent, question: question.into(), asks }
}

/// The buttons that a visitor sees last.
async fn buttons(world: &World, visitor: &Visitor) -> Value {
    let offered = |entry: &Value| entry["kind"] == "choices" && entry["from"] == "agent";
    let entries = world.until_one(visitor, offered).await;
    entries.into_iter().rev().find(offered).unwrap()
}

fn press(buttons: &Value, choice: u32) -> Value {
    json!({ "id": Uuid::new_v4(), "wait": buttons["wait"], "choice": choice })
}

fn answer(question: &str, title: &str) -> Content {
    let reply = Reply::Chosen { id: format!("id of {title}"), title: title.to_owned() };
    Content::Reply { question: question.to_owned(), reply }
}

fn away() -> ChatError {
    ChatError::Later { why: "the network is away".into(), after: None }
}

#[tokio::test]
async fn an_option_goes_to_the_agents_who_asked_and_is_marked() {
    let desk = Desk::new();
    let (world, visitor) = with_agent(&desk).await;
    desk.does(asked("q1", &["Order", "Bill"]));
    let first = buttons(&world, &visitor).await;
    assert_eq!(first["choices"], json!(["Order", "Bill"]));
    let request = press(&first, 1);
    for _ in 0..2 {
        assert_eq!(world.post(&visitor, "choices", request.clone()).await.0, 200);
    }
    let chat = desk.chat(|chat| chat.lines.len() == 2).await;
    assert_eq!(chat.lines[1].content, answer("q1", "Bill"));
    assert_eq!(chat.received, ["entry-1"]);
    let marked = json!([["Which one?", "Bill"]]);
    world
        .until_one(&visitor, |entry| entry["kind"] == "closed" && entry["answers"] == marked)
        .await;
    let (status, _) = world.post(&visitor, "choices", press(&first, 0)).await;
    assert_eq!(status, 409, "it was answered");
    // What is asked by now is told to whoever presses what is not asked any more.
    desk.does(asked("q2", &["Yes"]));
    world.until_one(&visitor, |entry| entry["choices"] == json!(["Yes"])).await;
    let (status, problem) = world.post(&visitor, "choices", press(&first, 0)).await;
    assert_eq!((status, &problem["current"]["choices"]), (409, &json!(["Yes"])));
    assert_eq!(desk.chat(|_| true).await.lines.len(), 2);
}

/// Answers an agent while the network is away and the server dies; how often agents read it.
async fn answered_through_a_crash(desk: &Desk) -> usize {
    let (mut world, visitor) = with_agent(desk).await;
    desk.does(asked("q1", &["Order", "Bill"]));
    let buttons = buttons(&world, &visitor).await;
    let before = desk.chat(|_| true).await.tokens.len();
    desk.trouble([away(), away()], true);
    assert_eq!(world.post(&visitor, "choices", press(&buttons, 0)).await.0, 200);
    desk.chat(|chat| chat.tokens.len() > before).await;
    world.crash();
    world.start().await;
    say(&world, &visitor, "Did you get that?").await;
    let chat = desk.chat(|chat| chat.texts().contains(&"Did you get that?")).await;
    assert!(chat.tokens.len() > before + 2, "it was repeated");
    chat.lines.iter().filter(|line| line.content == answer("q1", "Order")).count()
}

#[tokio::test]
async fn an_answer_that_may_have_been_sent_is_sent_again_and_read_once() {
    assert_eq!(answered_through_a_crash(&Desk::new()).await, 1);
}

/// The sabotage twin: agents who do not go by ids read it more than once.
#[tokio::test]
async fn without_its_id_an_answer_is_read_more_than_once() {
    let desk = Desk::new();
    desk.goes_by_no_ids();
    assert!(answered_through_a_crash(&desk).await > 1);
}

#[tokio::test]
async fn an_answer_that_is_refused_is_read_as_text() {
    let desk = Desk::new();
    let (world, visitor) = with_agent(&desk).await;
    desk.does(asked("q1", &["Order", "Bill"]));
    let buttons = buttons(&world, &visitor).await;
    let why = "the question is too old".into();
    desk.trouble([ChatError::Refused { status: Some(400), why }], false);
    assert_eq!(world.post(&visitor, "choices", press(&buttons, 0)).await.0, 200);
    let chat = desk.chat(|chat| chat.lines.len() == 2).await;
    assert_eq!(chat.texts()[1], "Order");
}

#[tokio::test]
async fn each_format_is_pressed_in_the_local_org() {
    let (world, visitor, chat) = handed_off("3m").await;
    does(&world, &chat, "accept", json!({ "agent": "Mara Lindt" })).await;
    let formats = [("Buttons", "object"), ("QuickReplies", "string"), ("Carousel", "object")];
    for (number, (format, payload)) in formats.into_iter().enumerate() {
        let url = format!("{}/__org/chat/switches", world.org.url());
        let switches = json!({ "entry_payload": payload, "unknown_events": true });
        world.http.post(url).json(&switches).send().await.unwrap();
        // Half of them are heard on the stream, the others are listed when it is back.
        let url = format!("{}/__org/chat/streams", world.org.url());
        world.http.post(url).json(&json!({ "break": "cut" })).send().await.unwrap();
        let text = format!("Which order, of {format}?");
        let offer = json!({ "text": text, "options": ["A", "B"], "format": format });
        does(&world, &chat, "choices", offer).await;
        let shown = |entry: &Value| entry["kind"] == "choices" && entry["prompt"] == text;
        let entries = world.until_one(&visitor, shown).await;
        let buttons = entries.iter().find(|entry| shown(entry)).unwrap();
        assert_eq!((&buttons["from"], &buttons["choices"]), (&json!("agent"), &json!(["A", "B"])));
        assert_eq!(world.post(&visitor, "choices", press(buttons, 1)).await.0, 200);
        let chosen = |all: &Value| texts(&all[0]).iter().filter(|it| **it == "[B]").count();
        conversations(&world, |all| chosen(all) == number + 1).await;
    }
    does(&world, &chat, "say", json!({ "text": "Thank you" })).await;
    world.until_one(&visitor, wrote("Thank you")).await;
}
