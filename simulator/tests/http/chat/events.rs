//! Streams of events: their form, going on, and breaking.

use serde_json::{Value as Json, json};

use super::Stage;

#[tokio::test]
async fn a_conversation_is_told_from_its_beginning_to_its_end() {
    let stage = Stage::new().await;
    let guest = stage.guest().await;
    let mut events = guest.listen().await;
    let id = guest.begun(json!({})).await;
    assert_eq!(guest.say(&id, "Hello").await.0, 202);
    stage.act(&id, "accept", json!({})).await;
    stage.act(&id, "start_typing", json!({})).await;
    stage.act(&id, "say", json!({ "text": "Good morning" })).await;
    stage.act(&id, "read", json!({})).await;
    stage.act(&id, "end", json!({})).await;
    assert_eq!(guest.delete(&format!("/conversation/{id}")).await.0, 204);
    let seen = events.until("close_conversation").await;
    insta::assert_snapshot!(seen.join("\n"));
}

#[tokio::test]
async fn an_event_has_the_documented_form() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    let mut events = guest.listen().await;
    events.until("routing_result Initial None").await;
    guest.say(&id, "Hello").await;
    let event = events.next().await;
    assert_eq!(event.name, "CONVERSATION_MESSAGE");
    assert_eq!(event.data["channelType"], "embedded_messaging");
    assert_eq!(event.data["conversationId"], id);
    assert_eq!(event.data["channelPlatformKey"], event.data["channelAddressIdentifier"]);
    let entry = &event.data["conversationEntry"];
    assert_eq!(entry["sender"]["subject"], guest.subject);
    assert_eq!(entry["sender"]["appType"], "iamessage");
    let payload = event.payload();
    assert_eq!((&payload["entryType"], &payload["id"]), (&json!("Message"), &entry["identifier"]));
    assert_eq!(payload["messageReason"], Json::Null);
}

#[tokio::test]
async fn numbers_grow_over_all_conversations_and_a_stream_goes_on_where_it_stopped() {
    let stage = Stage::new().await;
    let (guest, first) = stage.waiting().await;
    let second = guest.begun(json!({})).await;
    let mut events = guest.listen().await;
    let mut last = 0;
    for _ in 0..6 {
        let id = events.next().await.id.expect("a number");
        assert!(id > last);
        last = id;
    }
    drop(events);
    guest.say(&first, "one").await;
    guest.say(&second, "two").await;
    let mut again = guest.listen_after(Some(&last.to_string())).await;
    assert_eq!(again.next().await.short(), "message one");
    assert_eq!(again.next().await.short(), "message two");
    let mut fresh = guest.listen_after(None).await;
    guest.say(&first, "three").await;
    assert_eq!(fresh.next().await.short(), "message three", "from now on");
    stage.switch(json!({ "repeated_events": 2 })).await;
    let mut doubled = guest.listen_after(Some(&again.last_id)).await;
    for text in ["message one", "message two", "message three"] {
        assert_eq!(doubled.next().await.short(), text);
    }
    stage.switch(json!({ "replay": false })).await;
    let mut live = guest.listen_after(Some("0")).await;
    guest.say(&first, "four").await;
    assert_eq!(live.next().await.short(), "message four", "nothing comes again");
}

#[tokio::test]
async fn others_hear_nothing() {
    let stage = Stage::new().await;
    let (_, _) = stage.waiting().await;
    let other = stage.guest().await;
    let mut events = other.listen_after(Some("0")).await;
    other.begun(json!({})).await;
    assert_eq!(events.next().await.data["conversationEntry"]["sender"]["role"], "System");
    let seen = events.until("routing_result Initial None").await;
    assert_eq!(seen.len(), 2, "its own alone: {seen:?}");
}

#[tokio::test]
async fn a_ping_comes_in_silence_by_the_orgs_clock() {
    let stage = Stage::new().await;
    stage.clock(json!({ "still": true })).await;
    let guest = stage.guest().await;
    let mut events = guest.listen().await;
    for _ in 0..3 {
        stage.clock(json!({ "advance_ms": 25_000 })).await;
        let ping = events.next().await;
        assert_eq!((ping.name.as_str(), ping.id, ping.data), ("ping", None, json!(0)));
    }
}

#[tokio::test]
async fn streams_break_in_three_ways() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    let mut events = guest.listen().await;
    events.until("routing_result Initial None").await;
    assert_eq!(stage.door("chat/streams", json!({ "break": "end" })).await.1["broken"], 1);
    assert!(matches!(events.try_next().await, Ok(None)), "an answer that ended");
    let mut events = guest.listen_after(Some(&events.last_id)).await;
    stage.door("chat/streams", json!({ "break": "cut" })).await;
    assert!(events.try_next().await.is_err(), "a connection that broke");
    let mut silent = guest.listen_after(Some(&events.last_id)).await;
    stage.door("chat/streams", json!({ "break": "silence" })).await;
    let mut other = guest.listen_after(None).await;
    guest.say(&id, "hello?").await;
    assert_eq!(other.next().await.short(), "message hello?");
    tokio::select! {
        biased;
        event = silent.try_next() => panic!("{event:?}"),
        () = std::future::ready(()) => {}
    }
}

#[tokio::test]
async fn a_stream_needs_the_orgs_short_id_and_where_it_goes_on_if_that_is_switched_on() {
    let stage = Stage::new().await;
    let guest = stage.guest().await;
    let url = format!("{}/eventrouter/v1/sse", stage.org.url());
    let ask = async |org: Option<&str>, after: Option<&str>| {
        let mut request = stage.client.get(&url).bearer_auth(&guest.token);
        if let Some(org) = org {
            request = request.header("x-org-id", org);
        }
        if let Some(after) = after {
            request = request.header("last-event-id", after);
        }
        request.send().await.expect("an answer").status().as_u16()
    };
    let short = stage.org_id();
    let long = stage.org.org().id().expect("an id").as_str().to_owned();
    assert_eq!(ask(Some(&short), None).await, 200);
    assert_eq!(ask(None, None).await, 400);
    assert_eq!(ask(Some(&long), None).await, 400);
    assert_eq!(ask(Some(&short), Some("x")).await, 400);
    stage.switch(json!({ "last_event_id_required": true })).await;
    assert_eq!(ask(Some(&short), None).await, 400);
    assert_eq!(ask(Some(&short), Some("0")).await, 200);
}
