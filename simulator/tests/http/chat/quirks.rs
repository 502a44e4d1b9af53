//! What surprises clients of the real API.

use serde_json::{Value as Json, json};

use super::{DEPLOYMENT, Stage, text_message, uuid};

#[tokio::test]
async fn a_text_that_ends_with_an_address_comes_back_as_two_messages() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    let mut events = guest.listen().await;
    events.until("routing_result Initial None").await;
    let message = uuid();
    let body = text_message(&message, "see https://a.example/x");
    assert_eq!(guest.message(&id, body).await.0, 202);
    let first = events.next().await;
    assert_eq!(
        (first.short().as_str(), &first.data["conversationEntry"]["identifier"]),
        ("message see", &json!(message))
    );
    assert_eq!(events.next().await.short(), "message https://a.example/x");
    stage.switch(json!({ "split_addresses": false })).await;
    guest.say(&id, "see https://a.example/y").await;
    assert_eq!(events.next().await.short(), "message see https://a.example/y");
}

#[tokio::test]
async fn events_of_unknown_names_are_strewn_in() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    let mut events = guest.listen().await;
    events.until("routing_result Initial None").await;
    stage.switch(json!({ "unknown_events": true })).await;
    guest.say(&id, "one").await;
    guest.say(&id, "two").await;
    let seen = events.until("message two").await;
    assert_eq!(seen, ["message one", "streaming_token", "client_action", "message two"]);
    let entry = json!({ "anything": 1 });
    stage.act(&id, "event", json!({ "name": "CONVERSATION_NEWS", "entry": entry })).await;
    events.until("news").await;
}

#[tokio::test]
async fn a_bot_comes_first_and_a_person_after_it() {
    let stage = Stage::new().await;
    for (adds_first, expected) in [
        (false, ["participant_changed remove Chatbot", "participant_changed add Agent"]),
        (true, ["participant_changed add Agent", "participant_changed remove Chatbot"]),
    ] {
        stage.switch(json!({ "transfer_adds_first": adds_first })).await;
        let (guest, id) = stage.waiting().await;
        let mut events = guest.listen().await;
        events.until("routing_result Initial None").await;
        stage.act(&id, "join_bot", json!({ "name": "Robin" })).await;
        stage.act(&id, "say", json!({ "text": "I am a bot" })).await;
        stage.act(&id, "transfer", json!({ "queue": "Messaging" })).await;
        assert_eq!(guest.get(&format!("/conversation/{id}")).await.1["routingStatus"], "TRANSFER");
        stage.act(&id, "accept", json!({})).await;
        stage.act(&id, "say", json!({ "text": "I am Jonas" })).await;
        let seen = events.until("message I am Jonas").await;
        let changes: Vec<_> = seen.iter().filter(|it| it.starts_with("participant")).collect();
        assert_eq!(changes[1..], expected.iter().collect::<Vec<_>>(), "{seen:#?}");
        assert!(seen.contains(&"routing_result Transfer None".to_owned()), "{seen:#?}");
    }
}

#[tokio::test]
async fn a_session_is_handed_on_and_a_failed_transfer_ends_nothing() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    stage.act(&id, "accept", json!({ "agent": "Jonas Weber" })).await;
    let mut events = guest.listen().await;
    events.until("participant_changed add Agent").await;
    let failed = json!({ "queue": "Messaging", "failure": { "failure_reason": "Nobody there" } });
    let view = stage.act(&id, "transfer", failed).await;
    assert_eq!(view["session"]["serving"], json!(["Jonas Weber"]));
    let seen = events.until("routing_result Transfer RoutingError").await;
    assert_eq!(seen.len(), 1);
    stage.act(&id, "say", json!({ "text": "still me" })).await;
    let view = stage.act(&id, "transfer", json!({ "agent": "Mara Lindt" })).await;
    assert_eq!(view["session"]["serving"], json!(["Mara Lindt"]));
    let owner = stage.one("SELECT Owner.Name FROM MessagingSession", "/Owner/Name").await;
    assert_eq!(owner, "Mara Lindt");
    let seen = events.until("participant_changed add Agent").await;
    assert!(!seen.iter().any(|it| it.contains("Ended")), "{seen:?}");
    assert!(seen.contains(&"participant_changed remove Agent".to_owned()), "{seen:?}");
    for queue in ["Nowhere", "Tier_1"] {
        assert_eq!(stage.try_act(&id, "transfer", json!({ "queue": queue })).await.0, 400);
    }
}

#[tokio::test]
async fn a_message_after_the_end_is_refused_or_opens_a_session() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    stage.act(&id, "accept", json!({})).await;
    let mut events = guest.listen().await;
    stage.act(&id, "end", json!({})).await;
    loop {
        let event = events.next().await;
        if event.short() == "session_status_changed Ended" {
            assert_eq!(event.payload()["sessionEndedByRole"], "Agent");
            break;
        }
    }
    let (status, body) = guest.say(&id, "one more thing").await;
    assert_eq!((status, &body["code"]), (417, &json!("EXPECTATION_FAILED")));
    stage.switch(json!({ "message_without_session": "opens" })).await;
    assert_eq!(guest.say(&id, "one more thing").await.0, 202);
    assert_eq!(stage.view(&id).await["session"]["status"], "Waiting");
}

#[tokio::test]
async fn a_customers_silence_makes_a_session_inactive_and_ends_it_after_a_day() {
    let stage = Stage::new().await;
    stage.clock(json!({ "still": true })).await;
    let text = json!([{ "type": "EndUserInactiveResponse", "text": "Are you there?" }]);
    let channel =
        json!({ "idle_minutes": 10, "guest_token_minutes": 4320, "automated_responses": text });
    stage.deploy(json!({ "name": DEPLOYMENT, "channel": channel })).await;
    let (guest, id) = stage.waiting().await;
    stage.act(&id, "accept", json!({})).await;
    guest.say(&id, "Hello").await;
    stage.advance(30).await;
    assert_eq!(stage.view(&id).await["session"]["status"], "Active", "the agent owes an answer");
    stage.act(&id, "say", json!({ "text": "Hello, how can I help?" })).await;
    stage.advance(5).await;
    stage.act(&id, "say", json!({ "text": "Well?" })).await;
    stage.advance(5).await;
    let mut events = guest.listen().await;
    let seen = events.until("session_status_changed Inactive").await;
    assert_eq!(seen[seen.len() - 2], "message Are you there?");
    guest.say(&id, "Here").await;
    assert_eq!(stage.view(&id).await["session"]["status"], "Waiting", "routed again");
    stage.act(&id, "accept", json!({})).await;
    stage.act(&id, "inactivate", json!({})).await;
    stage.advance(24 * 60).await;
    assert_eq!(stage.view(&id).await["session"]["status"], "Ended");
    assert_eq!(guest.say(&id, "Hello?").await.0, 417);
}

#[tokio::test]
async fn waiting_times_and_places_are_told_where_the_channel_tells_them() {
    let stage = Stage::new().await;
    let wait = async |id: &str, guest: &super::Visitor<'_>| {
        let entries = guest.entries(id, "?entryTypeFilter=RoutingResult").await;
        entries[0]["entryPayload"]["estimatedWaitTime"].clone()
    };
    stage.staff(json!({ "estimated_wait_seconds": 120 })).await;
    let (guest, id) = stage.waiting().await;
    let off = json!({ "isEWTRequested": false, "estimatedWaitTimeInSeconds": null });
    assert_eq!(wait(&id, &guest).await, off);
    stage.act(&id, "accept", json!({})).await;
    let channel = json!({ "estimated_wait_time": true, "queue_position": true });
    stage.deploy(json!({ "name": DEPLOYMENT, "channel": channel })).await;
    let (_, first) = stage.waiting().await;
    let (second_guest, second) = stage.waiting().await;
    let told = json!({ "isEWTRequested": true, "estimatedWaitTimeInSeconds": 120 });
    assert_eq!(wait(&second, &second_guest).await, told);
    let mut events = second_guest.listen().await;
    events.until("queue_position 2").await;
    stage.act(&first, "accept", json!({})).await;
    events.until("queue_position 1").await;
    stage.act(&second, "estimate_wait", json!({})).await;
    let unknown = events.next().await.payload()["estimatedWaitTime"].clone();
    assert_eq!(unknown, json!({ "isEWTRequested": true, "estimatedWaitTimeInSeconds": null }));
}

#[tokio::test]
async fn the_system_speaks_when_an_agent_comes() {
    let stage = Stage::new().await;
    let text = json!([{ "type": "AgentEngagedResponse", "text": "Jonas has joined" }]);
    stage.deploy(json!({ "name": DEPLOYMENT, "channel": { "automated_responses": text } })).await;
    let (guest, id) = stage.waiting().await;
    stage.act(&id, "accept", json!({})).await;
    let entry = guest.entries(&id, "?entryTypeFilter=Message").await[0].clone();
    assert_eq!(
        (&entry["sender"]["role"], &entry["senderDisplayName"]),
        (&json!("System"), &json!("Automated Process"))
    );
    assert_eq!(entry["entryPayload"]["messageReason"], "AutomatedResponse");
}

#[tokio::test]
async fn attributes_are_dropped_refused_or_cut() {
    let stage = Stage::new().await;
    let parameters =
        json!([{ "name": "ai_category", "external_name": "category", "max_length": 5 }]);
    let fields = json!([{ "name": "ai_category", "type": "Text", "hidden": true }]);
    let deploy = async |fields: Json| {
        let channel = json!({ "parameters": parameters });
        stage
            .deploy(json!({ "name": DEPLOYMENT, "channel": channel, "form_fields": fields }))
            .await;
    };
    deploy(json!([])).await;
    let guest = stage.guest().await;
    let received = async |attributes: Json| {
        let id = guest.begun(attributes).await;
        let session = stage.view(&id).await["session"].clone();
        (session["parameters"].clone(), session["dropped"].clone())
    };
    let sent = json!({ "ai_category": "bills", "Ai_Category": "x", "_email": "a@example.com" });
    let arrived = (json!({ "ai_category": "bills" }), json!(["Ai_Category"]));
    assert_eq!(received(sent.clone()).await, arrived);
    let (status, body) = guest.create(&uuid(), json!({ "ai_category": "billing" })).await;
    assert_eq!((status, &body["code"]), (400, &json!("10096")));
    assert_eq!(guest.create(&uuid(), json!({ "ai_category": 5 })).await.0, 400);
    stage.switch(json!({ "long_attributes_refused": false })).await;
    assert_eq!(
        received(json!({ "ai_category": "billing" })).await.0,
        json!({ "ai_category": "billi" })
    );
    stage.switch(json!({ "unknown_attributes_dropped": false })).await;
    assert_eq!(guest.create(&uuid(), json!({ "other": "x" })).await.0, 400);
    stage.switch(json!({ "parameter_key": "external_name" })).await;
    assert_eq!(received(json!({ "category": "bills" })).await.0, json!({ "ai_category": "bills" }));
    stage.switch(json!({ "parameter_key": "name", "form_fields_required": true })).await;
    assert_eq!(received(json!({ "ai_category": "bills" })).await.1, json!(["ai_category"]));
    deploy(fields).await;
    assert_eq!(received(json!({ "ai_category": "bills" })).await.1, json!([]));
    let (_, token) = stage.token_for(stage.token_body()).await;
    let at = "/context/configuration/embeddedServiceConfig/forms/0/formFields/0";
    let field = token.pointer(at).expect("a field");
    assert_eq!(
        (&field["name"], &field["maxLength"], &field["isHidden"]),
        (&json!("ai_category"), &json!(5), &json!(true))
    );
}

#[tokio::test]
async fn browsers_of_other_origins_are_let_in_where_that_is_on() {
    let stage = Stage::new().await;
    let url = format!("{}/eventrouter/v1/sse", stage.org.url());
    let ask = async || {
        let request = stage.client.request(reqwest::Method::OPTIONS, &url);
        let response =
            request.header("Origin", "https://a.example").send().await.expect("an answer");
        let headers = response.headers().get("access-control-allow-headers").cloned();
        headers.map(|its| its.to_str().expect("text").to_owned()).unwrap_or_default()
    };
    assert!(ask().await.contains("X-Org-Id"));
    stage.switch(json!({ "cors": false })).await;
    assert_eq!(ask().await, "");
}
