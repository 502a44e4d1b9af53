//! Chats with agents, relayed both ways: nothing is lost or doubled, whatever fails or ends.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_engine::event::ChatEvent;
use tidegate_server::chats::channel::{ChatError, Now};
use uuid::Uuid;

use crate::desk::Desk;
use crate::world::{PROGRAM, Visitor, World};

/// The table's program, with a hand-off before its form.
pub(crate) fn program(waiting: &str) -> String {
    let collect = PROGRAM.find("  collect ").expect("a form");
    let create = PROGRAM.find("  create case").expect("a Case");
    let hand_off = format!(
        "  hand off using agents waiting up to {waiting} {{\n    ended => end because \"an agent was here\"\n    no agent => say \"Nobody is free.\"\n    failed => say \"There is no chat.\"\n    lost => say \"The chat broke off.\"\n  }}\n"
    );
    let push = "\npush agents to channel live {\n  send session.email\n}\n";
    format!("{}{hand_off}{}{push}", &PROGRAM[..collect], &PROGRAM[create..])
}

async fn handed_off(desk: &Desk, waiting: &str) -> (World, Visitor) {
    let world = World::with_agents(&program(waiting), Arc::new(desk.clone())).await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    say(&world, &visitor, "The heater stopped working on Sunday.").await;
    (world, visitor)
}

/// A customer who chats with Sam by now.
pub(crate) async fn with_agent(desk: &Desk) -> (World, Visitor) {
    let (world, visitor) = handed_off(desk, "3m").await;
    desk.chat(|chat| chat.lines.len() == 1).await;
    desk.accepts("Sam");
    world.until_one(&visitor, |entry| entry["state"] == "joined").await;
    (world, visitor)
}

pub(crate) async fn say(world: &World, visitor: &Visitor, text: &str) {
    let message = json!({ "id": Uuid::new_v4(), "text": text });
    assert_eq!(world.post(visitor, "messages", message).await.0, 200);
}

pub(crate) fn said<'e>(entries: &'e [Value], from: &str) -> Vec<&'e str> {
    let of = |entry: &&Value| entry["kind"] == "said" && entry["from"] == from;
    entries.iter().filter(of).filter_map(|entry| entry["text"].as_str()).collect()
}

pub(crate) fn wrote(text: &str) -> impl Fn(&Value) -> bool {
    move |entry| entry["kind"] == "said" && entry["text"] == text
}

fn away() -> ChatError {
    ChatError::Later { why: "the network is away".into(), after: None }
}

#[tokio::test]
async fn what_both_say_reaches_the_other_once_and_in_order() {
    let desk = Desk::new();
    let (world, visitor) = handed_off(&desk, "3m").await;
    let before = desk.chat(|chat| chat.lines.len() == 1).await;
    let told = before.texts()[0];
    assert!(told.starts_with("What was said before:\n["), "{told}");
    assert!(told.contains("Customer: The heater stopped working on Sunday."), "{told}");
    say(&world, &visitor, "Is somebody there?").await;
    desk.accepts("Sam");
    desk.says("Hello, this is Sam.");
    world.until_one(&visitor, wrote("Hello, this is Sam.")).await;
    say(&world, &visitor, "It drips, too.").await;
    desk.says("I see.");
    let chat = desk.chat(|chat| chat.lines.len() == 3 && chat.received.len() == 2).await;
    assert_eq!(chat.texts()[1..], ["Is somebody there?", "It drips, too."]);
    assert_eq!(chat.received, ["entry-1", "entry-2"]);
    desk.does(ChatEvent::Ended);
    let entries = world.until(&visitor, "ended").await;
    assert_eq!(said(&entries, "agent"), ["Hello, this is Sam.", "I see."]);
    let states: Vec<&Value> =
        entries.iter().filter(|e| e["kind"] == "agents").map(|e| &e["state"]).collect();
    assert_eq!(states, ["awaited", "joined", "gone"]);
    desk.chat(|chat| chat.closed).await;
    let store = world.server.as_ref().unwrap().store();
    while !store.chats().await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn calls_that_may_have_been_done_are_repeated_and_nothing_is_doubled() {
    for done in [false, true] {
        let desk = Desk::new();
        desk.trouble([away(), away(), away()], done);
        let (world, visitor) = handed_off(&desk, "3m").await;
        desk.chat(|chat| chat.lines.len() == 1).await;
        desk.accepts("Sam");
        world.until_one(&visitor, |entry| entry["state"] == "joined").await;
        desk.trouble([away(), away()], done);
        say(&world, &visitor, "Hello?").await;
        let chat = desk.chat(|chat| chat.lines.len() == 2).await;
        assert_eq!(chat.texts()[1..], ["Hello?"], "done: {done}");
    }
}

#[tokio::test]
async fn a_token_that_was_renewed_is_the_next_ones_and_a_session_that_is_over_begun_again() {
    let desk = Desk::new();
    let (world, visitor) = handed_off(&desk, "3m").await;
    desk.chat(|chat| chat.lines.len() == 1).await;
    desk.accepts("Sam");
    world.until_one(&visitor, |entry| entry["state"] == "joined").await;
    say(&world, &visitor, "One.").await;
    desk.chat(|chat| chat.lines.len() == 2).await;
    desk.trouble([ChatError::NoSession], false);
    say(&world, &visitor, "Two.").await;
    let chat = desk.chat(|chat| chat.lines.len() == 3).await;
    let sessions: Vec<bool> = chat.lines.iter().map(|line| line.new_session).collect();
    assert_eq!(sessions, [false, false, true]);
    assert_eq!(chat.tokens, ["token 1", "token 2", "token 3"]);
}

#[tokio::test]
async fn without_an_agent_in_time_the_chat_is_withdrawn() {
    let desk = Desk::new();
    let (world, visitor) = handed_off(&desk, "1s").await;
    world.until_one(&visitor, wrote("Nobody is free.")).await;
    desk.chat(|chat| chat.closed).await;
    desk.accepts("Sam");
    let entries = world.until(&visitor, "case_created").await;
    assert!(entries.iter().all(|entry| entry["state"] != "joined"), "{entries:#?}");
}

/// The stream is late: what it has not told yet is asked for.
#[tokio::test]
async fn an_agent_who_has_accepted_before_the_time_was_over_wins() {
    let desk = Desk::new();
    let (world, visitor) = handed_off(&desk, "2s").await;
    desk.chat(|chat| chat.lines.len() == 1).await;
    desk.goes_deaf();
    desk.accepts("Sam");
    let entries = world.until_one(&visitor, |entry| entry["state"] == "joined").await;
    assert_eq!(entries.last().unwrap()["name"], "Sam");
    say(&world, &visitor, "Hello?").await;
    let chat = desk.chat(|chat| chat.lines.len() == 2).await;
    assert!(!chat.closed);
}

/// Who can't be asked keeps no customer waiting.
#[tokio::test]
async fn a_chat_that_can_not_be_taken_back_yet_is_taken_back_later() {
    let desk = Desk::new();
    let (world, visitor) = handed_off(&desk, "2s").await;
    desk.chat(|chat| chat.lines.len() == 1).await;
    desk.trouble([away(), away()], false);
    world.until_one(&visitor, wrote("Nobody is free.")).await;
    desk.chat(|chat| chat.closed).await;
}

/// Half of it was done: nobody is to be offered a customer who has gone on.
#[tokio::test]
async fn a_chat_that_fails_while_it_is_opened_is_closed() {
    let desk = Desk::new();
    let world = World::with_agents(&program("3m"), Arc::new(desk.clone())).await;
    desk.refuses_lines();
    let visitor = world.open(json!({ "messenger": "web" })).await;
    say(&world, &visitor, "The heater stopped working on Sunday.").await;
    world.until_one(&visitor, wrote("There is no chat.")).await;
    desk.chat(|chat| chat.closed).await;
}

/// The Case that follows does not wait for the agents' side.
#[tokio::test]
async fn a_chat_that_can_not_be_taken_back_holds_nothing_up() {
    let desk = Desk::new();
    let (world, visitor) = handed_off(&desk, "2s").await;
    desk.chat(|chat| chat.lines.len() == 1).await;
    desk.is_away(true);
    world.until(&visitor, "case_created").await;
    desk.is_away(false);
    desk.chat(|chat| chat.closed).await;
}

#[tokio::test]
async fn what_can_not_be_opened_fails_and_what_breaks_off_is_lost() {
    let desk = Desk::new();
    desk.trouble(
        [ChatError::Refused { status: Some(400), why: "no such deployment".into() }],
        false,
    );
    let (world, visitor) = handed_off(&desk, "3m").await;
    world.until_one(&visitor, wrote("There is no chat.")).await;

    let desk = Desk::new();
    let (world_of_lost, visitor) = handed_off(&desk, "3m").await;
    desk.chat(|chat| chat.lines.len() == 1).await;
    desk.trouble([ChatError::Expired], false);
    say(&world_of_lost, &visitor, "Hello?").await;
    world_of_lost.until_one(&visitor, wrote("The chat broke off.")).await;
    drop(world);
}

#[tokio::test]
async fn what_agents_are_never_to_be_told_is_an_operators_business() {
    let desk = Desk::new();
    let (world, visitor) = handed_off(&desk, "3m").await;
    desk.chat(|chat| chat.lines.len() == 1).await;
    desk.trouble([ChatError::Refused { status: Some(413), why: "too large".into() }], false);
    say(&world, &visitor, "One.").await;
    say(&world, &visitor, "Two.").await;
    let chat = desk.chat(|chat| chat.lines.len() == 2).await;
    assert_eq!(chat.texts()[1..], ["Two."]);
    let letters = world.server.as_ref().unwrap().store().dead_letters().await.unwrap();
    let told: Vec<_> = letters.iter().map(|one| (one.code.as_str(), one.status)).collect();
    assert_eq!(told, [("tidegate.message_refused", Some(413))]);
}

#[tokio::test]
async fn a_server_that_starts_anew_goes_on_with_the_chat() {
    let desk = Desk::new();
    let (mut world, visitor) = handed_off(&desk, "3m").await;
    desk.chat(|chat| chat.lines.len() == 1).await;
    desk.accepts("Sam");
    desk.says("One.");
    world.until_one(&visitor, wrote("One.")).await;
    for round in 0..5 {
        world.crash();
        // While nobody listens.
        desk.says(&format!("Between {round}."));
        world.start().await;
        say(&world, &visitor, &format!("After {round}.")).await;
        world.until_one(&visitor, wrote(&format!("Between {round}."))).await;
    }
    let chat = desk.chat(|chat| chat.lines.len() == 6).await;
    let after = |round: usize| format!("After {round}.");
    assert_eq!(chat.texts()[1..], [after(0), after(1), after(2), after(3), after(4)]);
    desk.does(ChatEvent::Ended);
    let entries = world.until(&visitor, "ended").await;
    let between = |round: usize| format!("Between {round}.");
    let all = ["One.".to_owned(), between(0), between(1), between(2), between(3), between(4)];
    assert_eq!(said(&entries, "agent"), all);
    assert_eq!(desk.admitted(), 1);
}

/// Who types a lot may still say something.
#[tokio::test]
async fn typing_is_not_counted_as_messages() {
    let mut world = World::new().await;
    world.stop().await;
    world.edge.messages_per_minute = 2.try_into().unwrap();
    world.start().await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let url = world.url(&format!("/v1/conversations/{}/typing", visitor.conversation));
    let types = || {
        let request = world.http.post(&url).bearer_auth(&visitor.token);
        request.json(&json!({ "typing": true })).send()
    };
    for _ in 0..6 {
        assert_eq!(types().await.unwrap().status(), 204);
    }
    assert_eq!(types().await.unwrap().status(), 429);
    say(&world, &visitor, "The heater stopped working on Sunday.").await;
}

#[tokio::test]
async fn what_only_matters_now_is_shown_and_kept_nowhere() {
    let desk = Desk::new();
    let (world, visitor) = handed_off(&desk, "3m").await;
    desk.chat(|chat| chat.lines.len() == 1).await;
    desk.shows(Now::Position(3));
    desk.shows(Now::Wait(Duration::from_secs(90)));
    world.until_one(&visitor, |it| it["position"] == 3 && it["wait_seconds"] == 90).await;
    desk.accepts("Sam");
    desk.shows(Now::Typing(true));
    let entries = world.until_one(&visitor, |it| it["typing"] == true).await;
    let last = entries.last().unwrap();
    assert_eq!(*last, json!({ "typing": true }), "nobody stands in a queue any more");
    let url = world.url(&format!("/v1/conversations/{}/typing", visitor.conversation));
    let typing = world.http.post(url).bearer_auth(&visitor.token).json(&json!({ "typing": true }));
    assert_eq!(typing.send().await.unwrap().status(), 204);
    desk.chat(|chat| chat.typing == [true]).await;
    let kept = world.entries(&visitor).await;
    assert!(kept.iter().all(|entry| entry.get("typing").is_none()), "{kept:#?}");
}

/// Its key goes along wherever the agents' side takes it: from the first word on, before the Case exists.
#[tokio::test]
async fn the_case_that_was_recorded_before_is_named_by_its_key() {
    let program =
        program("3m").replacen("  hand off", "  record case using open_case\n  hand off", 1);
    for finds in [true, false] {
        let desk = Desk::new();
        if finds {
            desk.finds_cases();
        }
        let world = World::with_agents(&program, Arc::new(desk.clone())).await;
        let visitor = world.open(json!({ "messenger": "web" })).await;
        say(&world, &visitor, "The heater stopped working on Sunday.").await;
        let chat = desk.chat(|chat| chat.lines.len() == 1).await;
        let key = |along: &[(String, String)]| {
            along.iter().find(|(key, _)| key == "tidegate_case").map(|(_, value)| value.clone())
        };
        let (opened, said) = (key(&chat.routing), key(&chat.lines[0].routing));
        let state = world.org.org().state();
        let mut keys = state.records.rows("Case").map(|row| row.get("Tidegate_Key__c").shown());
        assert_eq!(keys.any(|key| Some(key) == opened), finds);
        assert_eq!((opened.is_some(), opened), (finds, said));
    }
}
