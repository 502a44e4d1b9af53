//! Entries of every kind, as events and lists bring them.

use serde_json::{Value, json};

use super::host::{Host, Reply, conversation};
use crate::chat::{Content, EntriesQuery, Entry, EntryKind, Identity};

/// What a list with these entries is read as.
async fn listed(entries: Value) -> Vec<Entry> {
    let body = json!({"conversationEntries": entries});
    let host = Host::answering(move |_| Reply::Json(200, body.clone())).await;
    let visitor = host.visitor(Identity::Guest, "t");
    visitor.entries(conversation(), &EntriesQuery::default()).await.expect("a list")
}

fn entry(kind: &str, mut payload: Value) -> Value {
    payload["entryType"] = kind.into();
    payload["id"] = "p-1".into();
    json!({
        "identifier": "e-1",
        "entryType": kind,
        "entryPayload": payload,
        "sender": {"role": "Agent", "appType": "agent", "subject": "0055e"},
        "senderDisplayName": "Grace",
        "clientTimestamp": 1760000000000_i64,
        "transcriptedTimestamp": 1760000000123_i64,
    })
}

fn message(mut message: Value) -> Value {
    message["id"] = "m-1".into();
    entry("Message", json!({"abstractMessage": message, "messageReason": null}))
}

async fn content(one: Value) -> Content {
    match listed(json!([message(one)])).await.pop().expect("an entry").kind {
        EntryKind::Message(message) => message.content,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_payload_is_an_object_or_a_text() {
    let object = message(json!({"messageType": "StaticContentMessage",
        "staticContent": {"formatType": "Text", "text": "Hello"}}));
    let mut text = object.clone();
    text["entryPayload"] = text["entryPayload"].to_string().into();
    let both = listed(json!([object, text])).await;
    assert_eq!(both[0], both[1]);
    insta::assert_debug_snapshot!(both[0]);
}

#[tokio::test]
async fn messages_of_every_format() {
    let formats = json!([
        {"messageType": "StaticContentMessage", "staticContent": {"formatType": "RichLink",
            "linkItem": {"itemType": "LinkItem", "titleItem": {"title": "Prices"}, "url": "https://acme.example/p"}}},
        {"messageType": "StaticContentMessage", "staticContent": {"formatType": "WebView",
            "title": {"title": "Our page"}, "url": "https://acme.example/w"}},
        {"messageType": "StaticContentMessage", "staticContent": {"formatType": "Attachments", "text": "here", "attachments": [
            {"id": "a1", "name": "a.pdf", "mimeType": "application/pdf", "url": "https://files.example/a?sig=1",
             "attachmentUploadResult": {"resultType": "Completed"}},
            {"id": "a2", "name": "b.pdf", "attachmentUploadResult": {"resultType": "ErrorAttachmentUploadResult", "errorType": "AttachmentTooLarge"}},
            {"id": "a3", "name": "c.pdf", "url": "javascript:alert(1)"},
            {"id": "a4", "name": "d.pdf", "attachmentUploadResult": {"resultType": "PendingAttachmentUploadResult"}}]}},
        {"messageType": "ChoicesMessage", "choices": {"formatType": "Buttons", "text": "Which?", "optionItems": [
            {"itemType": "TitleOptionItem", "titleItem": {"itemType": "TitleItem", "title": "Order", "subTitle": "of today"}, "optionIdentifier": "o1"},
            {"titleItem": {"title": "Return"}, "optionIdentifier": "o2"}]}},
        {"messageType": "ChoicesMessage", "choices": {"formatType": "Carousel", "items": [
            {"titleItem": {"title": "A card"}, "interactionItems": [{"titleItem": {"title": "Take it"}, "optionIdentifier": "o3"}]}]}},
        {"messageType": "FormMessage", "form": {"formatType": "Inputs", "formTitle": {"itemType": "TitleItem", "title": "Your data"}, "sections": [
            {"sectionType": "SingleInputSection", "input": {"inputType": "StaticTitle", "id": "s"}},
            {"sectionType": "SingleInputSection", "input": {"inputType": "TextInput", "id": "i1", "label": {"title": "Name"}, "required": true}},
            {"sectionType": "SingleInputSection", "input": {"inputType": "SelectInput", "id": "i2", "multipleSelection": true,
                "optionItems": [{"titleItem": {"title": "Red"}, "optionIdentifier": "r"}]}}]}},
        {"messageType": "StaticContentMessage", "staticContent": {"formatType": "RichLink", "url": "javascript:alert(1)"}},
        {"messageType": "NewKindOfMessage", "staticContent": {"formatType": "Hologram", "text": "look"}},
        {"messageType": "StaticContentMessage", "staticContent": 7},
    ]);
    let mut read = Vec::new();
    for format in formats.as_array().expect("formats") {
        read.push(content(format.clone()).await);
    }
    insta::assert_debug_snapshot!(read);
}

#[tokio::test]
async fn everything_else_that_happens() {
    let entries = json!([
        entry("RoutingResult", json!({"routingType": "Initial", "failureType": "None", "failureReason": "",
            "estimatedWaitTime": {"isEWTRequested": true, "estimatedWaitTimeInSeconds": 120}})),
        entry("RoutingResult", json!({"routingType": "Transfer", "failureType": "RoutingError", "failureReason": "no agent",
            "estimatedWaitTime": null})),
        entry("RoutingWorkResult", json!({"workType": "Accepted", "botId": null})),
        entry("RoutingWorkResult", json!({"workType": "Assigned", "botId": "0Xx"})),
        entry("ParticipantChanged", json!({"entries": [
            {"operation": "remove", "participant": {"role": "Chatbot", "subject": "b"}, "displayName": "Bot"},
            {"operation": "add", "participant": {"role": "Agent", "subject": "0055e"}, "displayName": "Grace"}]})),
        entry("SessionStatusChanged", json!({"sessionId": "0Mw", "sessionStatus": "Ended", "sessionEndedByRole": "Agent"})),
        entry("SessionStatusChanged", json!({"sessionId": "0Mw", "sessionStatus": "Active"})),
        entry("QueuePosition", json!({"position": 3})),
        entry("QueuePosition", json!({"position": -3})),
        entry("ReadAcknowledgement", json!({"acknowledgedConversationEntryIdentifier": "m-7"})),
        entry("TypingStartedIndicator", json!({})),
        entry("TypingStoppedIndicator", json!({})),
        entry("ClientMenu", json!({})),
        {"identifier": "d", "entryType": "DeliveryAcknowledgement", "entryPayload": "no JSON", "relatedRecords": ["m-8"]},
        {"identifier": "no kind"},
        {"entryType": "no id"},
        7,
    ]);
    let kinds: Vec<EntryKind> = listed(entries).await.into_iter().map(|entry| entry.kind).collect();
    insta::assert_debug_snapshot!(kinds);
}

#[tokio::test]
async fn deep_nests_and_great_numbers_are_bounded() {
    let mut deep = json!({"optionIdentifier": "o", "title": "deep"});
    for _ in 0..60 {
        deep = json!([deep]);
    }
    let read = content(json!({"messageType": "ChoicesMessage", "choices": {"items": deep}})).await;
    let Content::Choices { options, .. } = read else { panic!("{read:?}") };
    assert!(options.is_empty());
    let many: Vec<Value> =
        (0..1000).map(|n| json!({"optionIdentifier": "o", "title": format!("{n}")})).collect();
    let read = content(json!({"messageType": "ChoicesMessage", "choices": {"items": many}})).await;
    let Content::Choices { options, .. } = read else { panic!("{read:?}") };
    assert_eq!(options.len(), 200);
}
