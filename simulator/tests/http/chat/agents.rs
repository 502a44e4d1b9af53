//! Agents: by hand and by script.

use serde_json::{Value, json};

use super::{DEPLOYMENT, Stage, text_message, uuid};

#[tokio::test]
async fn a_script_accepts_answers_and_ends_by_the_orgs_clock() {
    let stage = Stage::new().await;
    stage.clock(json!({ "still": true })).await;
    let steps = json!([
        { "do": "accept", "agent": "Mara Lindt", "after_ms": 60_000 },
        { "do": "say", "text": "Hello, I am Mara", "after_ms": 1_000 },
        { "on": "message", "containing": "refund", "do": "start_typing" },
        { "do": "stop_typing", "after_ms": 2_000 },
        { "do": "choices", "text": "Which order?", "options": ["A", "B"] },
        { "on": "message", "do": "say", "text": "So {message}" },
        { "do": "end", "after_ms": 500 },
    ]);
    stage.staff(json!({ "deployment": DEPLOYMENT, "steps": steps })).await;
    let (guest, id) = stage.waiting().await;
    let mut events = guest.listen().await;
    events.until("routing_result Initial None").await;
    stage.advance(1).await;
    let seen = events.until("participant_changed add Agent").await;
    assert_eq!(
        seen,
        [
            "routing_work_result Initial Assigned",
            "routing_work_result Initial Accepted",
            "session_status_changed Active",
            "participant_changed add Agent",
        ]
    );
    stage.clock(json!({ "advance_ms": 1_000 })).await;
    assert_eq!(events.next().await.short(), "message Hello, I am Mara");
    guest.say(&id, "Hello").await;
    guest.say(&id, "It is about a REFUND").await;
    events.until("typing_started_indicator").await;
    stage.clock(json!({ "advance_ms": 2_000 })).await;
    events.until("typing_stopped_indicator").await;
    let choices = events.next().await;
    let options = choices.payload()["abstractMessage"]["choices"]["optionItems"].clone();
    let chosen = json!({
        "message": {
            "id": uuid(), "messageType": "ChoicesResponseMessage",
            "inReplyToMessageId": choices.data["conversationEntry"]["identifier"],
            "choicesResponse": { "formatType": "Selections", "selectedOptions": [{
                "optionIdentifier": options[0]["optionIdentifier"],
                "optionTitle": { "itemType": "TitleItem", "title": "A" },
            }] },
        },
        "esDeveloperName": DEPLOYMENT,
    });
    for body in no_answers(&chosen) {
        assert_eq!(guest.message(&id, body).await.0, 400, "no answer to what was asked");
    }
    assert_eq!(guest.message(&id, chosen).await.0, 202);
    events.until("message So [A]").await;
    stage.clock(json!({ "advance_ms": 500 })).await;
    let seen = events.until("participant_changed remove Agent").await;
    assert_eq!(seen, ["session_status_changed Ended", "participant_changed remove Agent"]);
    assert_eq!(stage.view(&id).await["session"]["script_problems"], json!([]));
}

/// What answers nothing, or what was not offered.
fn no_answers(chosen: &Value) -> [Value; 3] {
    let bad = |change: fn(&mut Value)| {
        let mut body = chosen.clone();
        change(&mut body["message"]);
        body
    };
    [
        bad(|it| it["inReplyToMessageId"] = json!(uuid())),
        bad(|it| it["choicesResponse"]["selectedOptions"] = json!([])),
        bad(|it| {
            it["choicesResponse"]["selectedOptions"][0]["optionIdentifier"] = json!(uuid());
        }),
    ]
}

#[tokio::test]
async fn a_step_that_comes_again_answers_every_message_and_one_conversation_has_its_own_script() {
    let stage = Stage::new().await;
    let echo = json!({ "on": "message", "do": "say", "text": "You said {message}", "again": true });
    stage.staff(json!({ "steps": [{ "do": "accept" }, echo] })).await;
    let (guest, id) = stage.waiting().await;
    let mut events = guest.listen().await;
    for text in ["one", "two", "three"] {
        guest.say(&id, text).await;
        events.until(&format!("message You said {text}")).await;
    }
    let end = json!({ "conversation": id, "steps": [{ "do": "end" }] });
    stage.staff(end).await;
    events.until("session_status_changed Ended").await;
}

#[tokio::test]
async fn what_is_no_script_is_refused_with_the_reason() {
    let stage = Stage::new().await;
    for (staffing, reason) in [
        (json!({ "steps": [{ "do": "dance" }] }), "unknown variant `dance`"),
        (json!({ "steps": [{ "do": "say", "txt": "x" }] }), "unknown field `txt`"),
        (json!({ "steps": [{ "do": "say", "text": "x", "again": true }] }), "wait for"),
        (json!({ "stepz": [] }), "unknown field `stepz`"),
    ] {
        let url = format!("{}/__org/chat/agents", stage.org.url());
        let response = stage.client.post(url).json(&staffing).send().await.expect("an answer");
        assert_eq!(response.status(), 422);
        let text = response.text().await.expect("text");
        assert!(text.contains(reason), "{text}");
    }
}

#[tokio::test]
async fn an_agent_by_hand_sends_all_that_there_is() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    let mut events = guest.listen().await;
    events.until("routing_result Initial None").await;
    let (status, refusal) = stage.try_act(&id, "say", json!({ "text": "Hello" })).await;
    assert_eq!(status, 409, "{refusal}");
    stage.act(&id, "decline", json!({ "agent": "Mara Lindt" })).await;
    let seen = events.until("routing_work_result Initial Declined").await;
    assert_eq!(seen.len(), 2);
    let view = stage.act(&id, "accept", json!({ "agent": "Somebody Else" })).await;
    assert_eq!(view["session"]["serving"], json!(["Somebody Else"]));
    assert_eq!(stage.try_act(&id, "accept", json!({})).await.0, 409);
    events.until("participant_changed add Agent").await;
    stage.act(&id, "link", json!({ "url": "https://a.example", "title": "A" })).await;
    let link = events.next().await.payload();
    let link = &link["abstractMessage"]["staticContent"];
    assert_eq!(
        (&link["formatType"], &link["linkItem"]["titleItem"]["title"]),
        (&json!("RichLink"), &json!("A"))
    );
    let inputs =
        json!([{ "label": "Name", "required": true }, { "label": "Size", "options": ["S"] }]);
    stage.act(&id, "form", json!({ "title": "You", "inputs": inputs })).await;
    let form = events.next().await.payload();
    let sections = &form["abstractMessage"]["form"]["sections"];
    assert_eq!(sections[0]["input"]["inputType"], "TextInput");
    assert_eq!(sections[1]["input"]["optionItems"][0]["titleItem"]["title"], "S");
    let answer = json!({
        "message": {
            "id": uuid(), "messageType": "FormResponseMessage",
            "inReplyToMessageId": form["abstractMessage"]["id"],
            "formResponse": { "formatType": "Inputs", "inputValues": [{
                "inputValueType": "SingleInputValue", "inputId": sections[0]["input"]["id"],
                "displayValue": "Ada", "value": { "valueType": "TextValue", "textValue": "Ada" },
            }] },
        },
        "esDeveloperName": DEPLOYMENT,
    });
    assert_eq!(guest.message(&id, answer).await.0, 202);
    for format in ["QuickReplies", "Carousel"] {
        let body = json!({ "text": "Which?", "options": ["A"], "format": format });
        stage.act(&id, "choices", body).await;
    }
    stage.act(&id, "say", json!({ "text": "noted", "from": "System" })).await;
    let seen = events.until("message noted").await;
    assert_eq!(seen.len(), 4, "{seen:?}");
    stage.act(&id, "deliver", json!({})).await;
    assert_eq!(events.next().await.name, "CONVERSATION_DELIVERY_ACKNOWLEDGEMENT");
    let (status, _) = stage.try_act(&id, "dance", json!({})).await;
    assert_eq!(status, 400);
    let view = stage.view(&id).await;
    let said: Vec<_> = view["entries"].as_array().expect("entries").iter().collect();
    assert!(said.iter().any(|entry| entry["text"] == "[form You] Name Size"), "{view}");
    assert!(said.iter().any(|entry| entry["text"] == "Ada"), "{view}");
}

#[tokio::test]
async fn an_agent_who_vanishes_leaves_the_session_as_it_is() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    stage.act(&id, "accept", json!({})).await;
    let view = stage.act(&id, "vanish", json!({})).await;
    assert_eq!(view["session"]["status"], "Active");
    assert_eq!(view["session"]["serving"], json!([]));
    assert_eq!(guest.say(&id, "hello?").await.0, 202);
    assert_eq!(stage.try_act(&id, "say", json!({ "text": "x" })).await.0, 409);
}

#[tokio::test]
async fn nobody_can_be_found() {
    let stage = Stage::new().await;
    let failure = json!({ "failure_type": "RoutingError", "failure_reason": "Outside hours" });
    stage.staff(json!({ "routing_failure": failure })).await;
    let guest = stage.guest().await;
    let mut events = guest.listen().await;
    let id = guest.begun(json!({})).await;
    let seen = events.until("session_status_changed Error").await;
    assert_eq!(seen[1], "routing_result Initial RoutingError");
    assert_eq!(stage.view(&id).await["session"]["problem"], "Outside hours");
    assert_eq!(guest.delete(&format!("/conversation/{id}/session")).await.0, 204);
    stage.staff(json!({})).await;
    let mut again = text_message(&uuid(), "Now?");
    again["isNewMessagingSession"] = json!(true);
    assert_eq!(guest.message(&id, again).await.0, 202);
    events.until("session_status_changed Waiting").await;
}

#[tokio::test]
async fn a_reset_forgets_chats_and_their_agents() {
    let stage = Stage::new().await;
    stage.staff(json!({ "steps": [{ "do": "accept" }] })).await;
    let (guest, id) = stage.waiting().await;
    stage.operator("reset", json!({})).await;
    assert_eq!(guest.say(&id, "hello").await.0, 401);
    assert_eq!(stage.count("MessagingSession").await, 0);
    let (_, staffing) = stage.call(reqwest::Method::GET, "/__org/chat/agents", None).await;
    assert_eq!(staffing, json!([]));
}
