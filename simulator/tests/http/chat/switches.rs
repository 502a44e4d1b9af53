//! What is not known of the real API, each way; and faults.

use serde_json::{Value as Json, json};

use super::{DEPLOYMENT, Stage, text_message, uuid};

#[tokio::test]
async fn payloads_in_lists_are_objects_or_text() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    guest.say(&id, "Hello").await;
    let payload = async || guest.entries(&id, "").await[0]["entryPayload"].clone();
    let object = payload().await;
    stage.switch(json!({ "entry_payload": "string" })).await;
    let text = payload().await;
    let parsed: Json = serde_json::from_str(text.as_str().expect("text")).expect("JSON");
    assert_eq!(parsed, object);
}

#[tokio::test]
async fn routing_may_wait_for_the_first_message_and_its_attributes() {
    let stage = Stage::new().await;
    stage.switch(json!({ "routing_starts": "on_first_message" })).await;
    let channel = json!({ "parameters": [{ "name": "topic" }] });
    stage.deploy(json!({ "name": DEPLOYMENT, "channel": channel })).await;
    let guest = stage.guest().await;
    let first = guest.begun(json!({ "topic": "lost" })).await;
    assert_eq!(stage.view(&first).await["session"], Json::Null);
    assert_eq!(stage.count("MessagingSession").await, 0);
    let mut message = text_message(&uuid(), "Hello");
    message["isNewMessagingSession"] = json!(true);
    message["routingAttributes"] = json!({ "topic": "kept" });
    assert_eq!(guest.message(&first, message).await.0, 202);
    assert_eq!(stage.view(&first).await["session"]["parameters"], json!({ "topic": "kept" }));
    let second = guest.begun(json!({ "topic": "lost" })).await;
    assert_eq!(guest.say(&second, "Hello").await.0, 202);
    assert_eq!(stage.view(&second).await["session"]["parameters"], json!({}));
}

#[tokio::test]
async fn statuses_errors_and_small_things_are_as_they_are_switched() {
    let stage = Stage::new().await;
    stage
        .switch(json!({
            "success": { "create": 200, "message": 200, "close": 200 },
            "error_codes": false, "closed_status": 410, "text_limit": 5, "strict_ids": false,
            "deployment_type": "api", "guest_token_minutes": 1, "body_limit": 400,
        }))
        .await;
    let (_, token) = stage.token_for(stage.token_body()).await;
    let at = "/context/configuration/embeddedServiceConfig/deploymentType";
    assert_eq!(token.pointer(at), Some(&json!("api")));
    let guest = stage.guest().await;
    let id = uuid().to_uppercase();
    assert_eq!(guest.create(&id, json!({})).await.0, 200);
    assert_eq!(guest.say(&id, "Hello").await.0, 200);
    let (status, body) = guest.say(&id, "Hello!").await;
    assert_eq!(status, 400);
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(1), "a message alone: {body}");
    let mut long = text_message(&uuid(), "Hello");
    long["language"] = json!("x".repeat(400));
    assert_eq!(guest.message(&id, long).await.0, 400);
    assert_eq!(guest.delete(&format!("/conversation/{id}")).await.0, 200);
    assert_eq!(guest.say(&id, "Hello").await.0, 410);
    let (status, problem) = stage.door("chat/switches", json!({ "colour": "blue" })).await;
    assert_eq!(status, 400);
    assert!(problem["message"].as_str().is_some_and(|it| it.contains("colour")), "{problem}");
}

#[tokio::test]
async fn faults_strike_calls_of_the_live_chat_and_no_others() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    let plan = async |next: Json| {
        assert_eq!(stage.door("chat/faults", json!({ "next": next })).await.0, 200);
    };
    for (fault, status) in [
        ("session_expired", 401),
        ("too_many_requests", 429),
        ("refused", 400),
        ("unknown_exception", 500),
        ("unavailable", 503),
        ("html_unavailable", 503),
    ] {
        plan(json!({ fault: { "count": 1, "object": "message" } })).await;
        assert_eq!(guest.get(&format!("/conversation/{id}")).await.0, 200, "another call");
        assert_eq!(guest.say(&id, fault).await.0, status);
        assert_eq!(guest.say(&id, "well again").await.0, 202);
    }
    assert_eq!(stage.query("SELECT Id FROM Case").await.0, 200);
    let lost = text_message(&uuid(), "kept, but nobody knows");
    for (fault, kept) in [("drop_before_commit", 0), ("drop_after_commit", 1)] {
        plan(json!({ fault: 1 })).await;
        let url = format!("{}/iamessage/api/v2/conversation/{id}/message", stage.org.url());
        let request = stage.client.post(url).bearer_auth(&guest.token).json(&lost);
        assert!(request.send().await.is_err(), "{fault}");
        let entries = guest.entries(&id, "?entryTypeFilter=Message&limit=50").await;
        let found = entries.iter().filter(|it| it["identifier"] == lost["message"]["id"]).count();
        assert_eq!(found, kept, "{fault}");
    }
    assert_eq!(guest.message(&id, lost).await.0, 202, "repeated");
}
