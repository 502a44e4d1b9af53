//! Conversations as their client sees them, and what they leave in the org.

use serde_json::{Value as Json, json};
use tidegate_simulator::{ConnectedApp, Metadata, Told};

use super::{Stage, text_message, uuid};

#[tokio::test]
async fn a_conversation_begins_is_read_ends_and_is_closed() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    let path = format!("/conversation/{id}");
    let status = json!({ "conversationId": id, "routingStatus": "NEEDS_ROUTING" });
    assert_eq!(guest.get(&path).await, (200, status));
    let message = uuid();
    let (status, body) = guest.message(&id, text_message(&message, "Hello")).await;
    assert_eq!((status, &body["conversationEntries"][0]["id"]), (202, &json!(message)));
    assert!(body["conversationEntries"][0]["clientTimestamp"].is_i64());
    let typing = json!({ "entryType": "TypingStartedIndicator", "id": uuid() });
    assert_eq!(guest.post(&format!("{path}/entry"), typing).await.0, 202);

    let entries = guest.entries(&id, "").await;
    let types: Vec<_> = entries.iter().map(|entry| entry["entryType"].clone()).collect();
    let expected = ["Message", "RoutingResult", "SessionStatusChanged", "ParticipantChanged"];
    assert_eq!(types, expected, "newest first, without what is an event alone");
    assert_eq!(entries[0]["identifier"], message);
    assert_eq!(entries[0]["senderDisplayName"], "Guest");
    assert_eq!(entries[0]["sender"]["role"], "EndUser");
    let said = &entries[0]["entryPayload"]["abstractMessage"]["staticContent"]["text"];
    assert_eq!(said, "Hello", "an object in a list");

    assert_eq!(guest.delete(&format!("{path}/session")).await.0, 204);
    assert_eq!(guest.get(&path).await.1["routingStatus"], "INITIAL");
    assert_eq!(guest.say(&id, "anybody?").await.0, 417, "no session, and none is asked for");
    assert_eq!(guest.delete(&path).await.0, 204);
    assert_eq!(guest.say(&id, "anybody?").await.0, 404);
    assert_eq!(guest.delete(&path).await.0, 404);
    let (_, open) = guest.get("/conversation/list?inclClosedConvs=false").await;
    assert_eq!((&open["openConversationsFound"], &open["conversations"]), (&json!(0), &json!([])));
    let (_, all) = guest.get("/conversation/list?inclClosedConvs=true&limit=50").await;
    assert_eq!(all["closedConversationsFound"], 1);
    assert_ne!(all["conversations"][0]["endTimestamp"], 0);
}

#[tokio::test]
async fn a_session_and_its_customer_are_records_that_queries_find() {
    let stage = Stage::new().await;
    let guest = stage.guest().await;
    let name = json!({ "_firstName": "Ada", "_lastName": "Lovelace" });
    let id = guest.begun(name).await;
    let session = "SELECT Id, Status, ConversationId, Owner.Name, MessagingEndUser.Name, \
                   MessagingChannel.DeveloperName, StartTime, EndTime FROM MessagingSession";
    let row = async || stage.query(session).await.1["records"][0].clone();
    let waiting = row().await;
    assert_eq!((&waiting["Status"], &waiting["ConversationId"]), (&json!("Waiting"), &json!(id)));
    assert_eq!(waiting["Owner"]["Name"], "Messaging");
    assert_eq!(waiting["MessagingEndUser"]["Name"], "Ada Lovelace");
    assert_eq!(waiting["MessagingChannel"]["DeveloperName"], "Web_Chat");
    assert_eq!(waiting["EndTime"], Json::Null);
    stage.act(&id, "accept", json!({ "agent": "Mara Lindt" })).await;
    let active = row().await;
    assert_eq!(
        (&active["Status"], &active["Owner"]["Name"]),
        (&json!("Active"), &json!("Mara Lindt"))
    );
    stage.act(&id, "end", json!({})).await;
    let ended = row().await;
    assert_eq!((&ended["Status"], &ended["Id"]), (&json!("Ended"), &waiting["Id"]));
    assert!(ended["EndTime"].is_string());
    let again = json!({ "isNewMessagingSession": true, "routingAttributes": {} });
    let mut message = text_message(&uuid(), "One more thing");
    message.as_object_mut().expect("a body").extend(again.as_object().expect("fields").clone());
    assert_eq!(guest.message(&id, message).await.0, 202);
    assert_eq!(stage.count("MessagingSession").await, 2, "a new session of the same conversation");
    assert_eq!(stage.count("MessagingEndUser").await, 1);
}

#[tokio::test]
async fn conversations_of_others_are_closed_to_a_token() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    let other = stage.guest().await;
    let path = format!("/conversation/{id}");
    assert_eq!(other.get(&path).await.0, 403);
    assert_eq!(other.get(&format!("{path}/entries")).await.0, 403);
    assert_eq!(other.say(&id, "let me in").await.0, 403);
    assert_eq!(other.delete(&path).await.0, 403);
    assert_eq!(other.delete(&format!("{path}/session")).await.0, 403);
    assert_eq!(guest.say(&uuid(), "nowhere").await.0, 404);
    assert_eq!(guest.get(&format!("/conversation/{}", uuid())).await.0, 404);
    assert_eq!(other.create(&id, json!({})).await.0, 409, "the id is taken");
    assert_eq!(guest.get("/conversation/list").await.1["openConversationsFound"], 1);
    assert_eq!(other.get("/conversation/list").await.1["openConversationsFound"], 0);
    assert_eq!(guest.post(&format!("{path}/close"), json!({})).await.0, 404, "no such path");
}

#[tokio::test]
async fn a_message_that_is_none_is_refused_and_a_repeated_one_kept_once() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    let bad = |change: fn(&mut Json)| {
        let mut body = text_message(&uuid(), "Hello");
        change(&mut body);
        body
    };
    for body in [
        bad(|it| it["message"]["id"] = json!("1")),
        bad(|it| it["message"]["id"] = json!(uuid().to_uppercase())),
        bad(|it| it["message"]["messageType"] = json!("ChoicesMessage")),
        bad(|it| it["message"]["messageType"] = json!("ChoicesResponseMessage")),
        bad(|it| it["message"]["staticContent"]["formatType"] = json!("RichLink")),
        bad(|it| it["message"]["staticContent"]["text"] = json!("")),
        bad(|it| it["message"]["staticContent"]["text"] = json!("x".repeat(4097))),
        bad(|it| it["esDeveloperName"] = json!("Other")),
        json!({ "message": "Hello" }),
    ] {
        let (status, answer) = guest.message(&id, body.clone()).await;
        assert_eq!(status, 400, "{body}: {answer}");
    }
    let message = text_message(&uuid(), "x".repeat(4096).as_str());
    let first = guest.message(&id, message.clone()).await;
    assert_eq!(first.0, 202);
    assert_eq!(guest.message(&id, message.clone()).await, first, "the same answer");
    assert_eq!(guest.entries(&id, "?entryTypeFilter=Message").await.len(), 1);
    stage.switch(json!({ "repeated_message_is_conflict": true })).await;
    assert_eq!(guest.message(&id, message).await.0, 409);
}

#[tokio::test]
async fn entries_are_listed_in_parts() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    for number in 0..25 {
        assert_eq!(guest.say(&id, &format!("message {number}")).await.0, 202);
    }
    let text =
        |entry: &Json| entry["entryPayload"]["abstractMessage"]["staticContent"]["text"].clone();
    let newest = guest.entries(&id, "?entryTypeFilter=Message").await;
    assert_eq!((newest.len(), text(&newest[0])), (20, json!("message 24")));
    let oldest = guest.entries(&id, "?entryTypeFilter=Message&direction=FromStart&limit=3").await;
    assert_eq!((oldest.len(), text(&oldest[2])), (3, json!("message 2")));
    let at = |entry: &Json| entry["transcriptedTimestamp"].as_i64().expect("a time");
    let query = format!("?entryTypeFilter=Message&startTimestamp={}&limit=50", at(&oldest[2]));
    assert_eq!(guest.entries(&id, &query).await.len(), 23);
    let query = format!("?entryTypeFilter=Message&endTimestamp={}&limit=50", at(&oldest[2]));
    assert_eq!(guest.entries(&id, &query).await.len(), 3, "no two have one time");
    for query in ["limit=51", "limit=0", "limit=x", "direction=Up", "entryTypeFilter=Nothing"] {
        let path = format!("/conversation/{id}/entries?{query}");
        assert_eq!(guest.get(&path).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn receipts_are_taken_for_entries_that_are_there() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    let mut events = guest.listen().await;
    stage.act(&id, "accept", json!({})).await;
    stage.act(&id, "say", json!({ "text": "Hello" })).await;
    events.until("message Hello").await;
    let about = guest.entries(&id, "?entryTypeFilter=Message").await[0]["identifier"].clone();
    let path = format!("/conversation/{id}/acknowledge-entries");
    let receipt = |kind: &str, about: &Json| json!({ "acks": [{ "id": uuid(), "entryType": kind, "conversationEntryId": about }] });
    for kind in ["Delivery", "Read", "DeliveryAcknowledgement", "ReadAcknowledgement"] {
        assert_eq!(guest.post(&path, receipt(kind, &about)).await.0, 202, "{kind}");
    }
    let told = events.next().await;
    assert_eq!(told.name, "CONVERSATION_DELIVERY_ACKNOWLEDGEMENT");
    assert_eq!(told.payload()["acknowledgedConversationEntryIdentifier"], about);
    assert_eq!(told.data["conversationEntry"]["relatedRecords"][0], about);
    assert_eq!(guest.post(&path, receipt("Seen", &about)).await.0, 400);
    assert_eq!(guest.post(&path, receipt("Read", &json!(uuid()))).await.0, 400);
    for (names, short, long) in [("short", 202, 400), ("long", 400, 202)] {
        stage.switch(json!({ "receipts": names })).await;
        assert_eq!(guest.post(&path, receipt("Read", &about)).await.0, short);
        assert_eq!(guest.post(&path, receipt("ReadAcknowledgement", &about)).await.0, long);
    }
}

#[tokio::test]
async fn chats_work_in_an_org_made_from_anothers_metadata() {
    let built_in = Stage::new().await;
    let mut describes = Vec::new();
    for object in ["Case", "MessagingSession", "QueueSobject"] {
        let path = format!("/sobjects/{object}/describe");
        let mut describe: Json = built_in.get(&path).await.json().await.expect("JSON");
        let fields = describe["fields"].as_array_mut().expect("fields");
        // What a program does not ask for is not pulled.
        fields.retain(|field| {
            !["StartTime", "Status", "OwnerId"].iter().any(|its| field["name"] == *its)
        });
        describes.push(describe);
    }
    let metadata = Metadata::Told(Told { describes, ..Told::default() });
    let stage = Stage::from(metadata, None, ConnectedApp::INTEGRATION_USER).await;
    let (guest, id) = stage.waiting().await;
    assert_eq!(guest.say(&id, "Hello").await.0, 202);
    stage.act(&id, "accept", json!({})).await;
    let row = stage.query("SELECT Status, Owner.Name FROM MessagingSession").await.1;
    let row = &row["records"][0];
    assert_eq!((&row["Status"], &row["Owner"]["Name"]), (&json!("Active"), &json!("Jonas Weber")));
}
