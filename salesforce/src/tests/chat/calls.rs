//! The calls as they go over the wire.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::org::Seen;
use super::host::{Host, Reply, conversation};
use crate::chat::{
    ChatClass, ChatClient, ChatError, ChatSettings, ChosenOption, Deployment, Direction,
    EntriesQuery, FileMessage, FormAnswer, FormValue, Identity, MessageId, Outgoing,
    OutgoingContent, ReceiptKind, Routing, RoutingStatus, Sent,
};

fn message_id() -> MessageId {
    "b2c40000-0c5e-4c5b-9a0c-7f4f6a9c1d11".parse().expect("an id")
}

fn routing() -> Routing {
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    Routing {
        attributes: BTreeMap::from([pair("_email", "ada@example.test"), pair("topic", "billing")]),
        language: "en-US".parse().ok(),
    }
}

fn outgoing(content: OutgoingContent) -> Outgoing {
    Outgoing { id: message_id(), content, new_session: false, routing: Routing::default() }
}

fn text(text: &str) -> OutgoingContent {
    OutgoingContent::Text { text: text.to_owned(), in_reply_to: None }
}

fn taken() -> Reply {
    let entry = json!({"id": message_id().to_string(), "clientTimestamp": 1760000000123_i64});
    Reply::Json(202, json!({"conversationEntries": [entry]}))
}

#[tokio::test]
async fn a_conversation_from_its_beginning_to_its_end() {
    let host = Host::answering(|seen| match (seen.method.as_str(), seen.target.as_str()) {
        ("POST", target) if target.ends_with("/conversation") => Reply::Json(201, Value::Null),
        ("POST", target) if target.ends_with("/message") => taken(),
        ("POST", _) => Reply::Json(202, json!({})),
        ("GET", _) => Reply::Json(200, json!({"routingStatus": "NEEDS_ROUTING"})),
        _ => Reply::Json(204, Value::Null),
    })
    .await;
    let visitor = host.visitor(Identity::Guest, "t");
    let id = conversation();
    assert_eq!(visitor.create(id, &routing()).await, Ok(Sent::default()));
    assert_eq!(visitor.routing_status(id).await, Ok(RoutingStatus::NeedsRouting));
    let first = Outgoing { new_session: true, routing: routing(), ..outgoing(text("Hello")) };
    let sent = visitor.send(id, &first).await.expect("taken");
    assert_eq!(sent.at.map(|at| at.as_millisecond()), Some(1760000000123));
    let question: crate::chat::EntryId = "9d-1".parse().expect("an id");
    let options = vec![ChosenOption { id: "o1".to_owned(), title: "Order".to_owned() }];
    let choices = OutgoingContent::Choices { question: question.clone(), options };
    visitor.send(id, &outgoing(choices)).await.expect("taken");
    let answer = |input: &str, value: FormValue| FormAnswer {
        input: input.to_owned(),
        shown: "shown".to_owned(),
        value,
    };
    let answers = vec![
        answer("i1", FormValue::Text("Ada".to_owned())),
        answer("i2", FormValue::Boolean(true)),
        answer("i3", FormValue::Date("2026-11-23".to_owned())),
    ];
    let form = OutgoingContent::Form { form: question.clone(), answers };
    visitor.send(id, &outgoing(form)).await.expect("taken");
    let reply =
        OutgoingContent::Text { text: "yes".to_owned(), in_reply_to: Some(question.clone()) };
    visitor.send(id, &outgoing(reply)).await.expect("taken");
    visitor.typing(id, true).await.expect("taken");
    let receipts = [(question.clone(), ReceiptKind::Delivered), (question, ReceiptKind::Read)];
    visitor.acknowledge(id, &receipts).await.expect("taken");
    visitor.end_session(id).await.expect("ended");
    visitor.close(id).await.expect("closed");
    insta::assert_snapshot!(without_chance(&host.told()));
}

/// Ids that are made by chance, as one word each.
fn without_chance(told: &str) -> String {
    let mut pieces = told.split("\"id\":\"");
    let mut without = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (id, rest) = piece.split_once('"').expect("an id's end");
        let id: MessageId = id.parse().expect("an id as the API wants it");
        let shown = if id == message_id() { "MESSAGE" } else { "CHANCE" };
        without.push_str(&format!("\"id\":\"{shown}\"{rest}"));
    }
    without
}

#[tokio::test]
async fn a_file_goes_in_two_parts() {
    let host = Host::answering(|_| taken()).await;
    let file = FileMessage {
        id: message_id(),
        file: MessageId::of_key(uuid::Uuid::from_u128(7)),
        name: "photo.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: b"\x89PNG".to_vec(),
        text: "see photo".to_owned(),
        in_reply_to: None,
        new_session: true,
        routing: routing(),
    };
    let visitor = host.visitor(Identity::Guest, "t");
    visitor.send_file(conversation(), &file).await.expect("taken");
    let seen = &host.seen()[0];
    let kind = seen.header("content-type");
    let (kind, boundary) = kind.split_once("; boundary=").expect("a boundary");
    let body = String::from_utf8_lossy(&seen.body).replace(boundary, "B").replace('\r', "");
    insta::assert_snapshot!(format!("{kind} {}\n{body}", seen.target));
}

fn refusing(status: u16) -> impl Fn(&Seen) -> Reply {
    move |_| Reply::Json(status, json!({"message": "no", "errorCode": "X"}))
}

#[tokio::test]
async fn each_refusal_has_its_class() {
    let classes = [
        (400, ChatClass::Refused),
        (403, ChatClass::Foreign),
        (404, ChatClass::Unknown),
        (413, ChatClass::TooLarge),
        (417, ChatClass::Session),
        (429, ChatClass::Throttled),
        (500, ChatClass::Ambiguous),
        (503, ChatClass::Outage),
    ];
    for (status, class) in classes {
        let host = Host::answering(refusing(status)).await;
        let visitor = host.visitor(Identity::Guest, "t");
        let error = visitor.send(conversation(), &outgoing(text("x"))).await.expect_err("refused");
        assert_eq!(error.class(), class, "{status}");
        // The call alone: none of these is for another token.
        assert_eq!(host.seen().len(), 1, "{status}");
    }
    let nowhere = Host::answering(refusing(400)).await;
    let mut gone = nowhere.client().deployment().clone();
    gone.scrt = "http://127.0.0.1:1".parse().expect("a host");
    let client = crate::chat::ChatClient::new(crate::chat::ChatSettings::new(gone));
    let error = client.expect("a client").guest_token(None).await.expect_err("nobody there");
    assert_eq!(error.class(), ChatClass::Outage);
}

#[tokio::test]
async fn what_is_over_needs_no_ending() {
    for status in [404, 417] {
        let host = Host::answering(refusing(status)).await;
        let visitor = host.visitor(Identity::Guest, "t");
        assert_eq!(visitor.end_session(conversation()).await, Ok(()));
        assert_eq!(visitor.close(conversation()).await, Ok(()));
    }
}

#[tokio::test]
async fn what_was_there_before_is_found() {
    let entry = json!({
        "identifier": message_id().to_string(), "entryType": "Message", "entryPayload": {},
        "transcriptedTimestamp": 1760000000456_i64,
    });
    let host = Host::answering(move |seen| match seen.method.as_str() {
        "POST" => Reply::Json(409, json!({"message": "duplicate"})),
        _ => Reply::Json(200, json!({"conversationEntries": [entry], "routingStatus": "ROUTED"})),
    })
    .await;
    let visitor = host.visitor(Identity::Guest, "t");
    let created = visitor.create(conversation(), &routing()).await.expect("there");
    assert!(created.before);
    let sent = visitor.send(conversation(), &outgoing(text("x"))).await.expect("there");
    assert!(sent.before && sent.at.is_some());
    let other = Outgoing { id: MessageId::fresh(), ..outgoing(text("x")) };
    let error = visitor.send(conversation(), &other).await.expect_err("not ours");
    assert_eq!(error.class(), ChatClass::Conflict);
}

#[tokio::test]
async fn a_conversation_of_somebody_else_is_not_taken_for_ours() {
    let host = Host::answering(|seen| match seen.method.as_str() {
        "POST" => Reply::Json(409, json!({})),
        _ => Reply::Json(403, json!({})),
    })
    .await;
    let visitor = host.visitor(Identity::Guest, "t");
    let error = visitor.create(conversation(), &routing()).await.expect_err("not ours");
    assert_eq!(error.class(), ChatClass::Foreign);
}

#[tokio::test]
async fn lists_say_which_page_they_want() {
    let summary = |id: &str, end: i64| json!({"conversationId": id, "startTimestamp": 1760000000000_i64, "endTimestamp": end});
    let body = json!({"openConversationsFound": 1, "conversations": [
        summary(&conversation().to_string(), 0), summary("not an id", 5)]});
    let host = Host::answering(move |_| Reply::Json(200, body.clone())).await;
    let visitor = host.visitor(Identity::Guest, "t");
    let listed = visitor.conversations(true).await.expect("a list");
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].id, listed[0].end), (conversation(), None));
    let at = |millis| jiff::Timestamp::from_millisecond(millis).ok();
    let query = EntriesQuery {
        start: at(1760000000000),
        end: at(1760000009999),
        direction: Direction::FromStart,
        limit: Some(200),
    };
    let id = conversation();
    assert_eq!(visitor.entries(id, &query).await, Ok(Vec::new()));
    assert_eq!(visitor.entries(id, &EntriesQuery::default()).await, Ok(Vec::new()));
    insta::assert_snapshot!(host.told());
}

/// However much was said since, what was sent before is found; what never was stays a conflict.
#[tokio::test]
async fn an_id_that_is_taken_is_looked_for_behind_all_that_came_since() {
    const ALL: i64 = 130;
    let host = Host::answering(|seen| {
        let query = seen.target.split_once('?').map_or("", |(_, query)| query);
        let end = query.split('&').find_map(|pair| pair.strip_prefix("endTimestamp="));
        let end: i64 = end.map_or(ALL, |end| end.parse().expect("milliseconds"));
        let entry = |number: i64| {
            json!({"identifier": format!("{number:08}-0c5e-4c5b-9a0c-7f4f6a9c1d11"),
                "entryType": "Message", "entryPayload": {}, "transcriptedTimestamp": number})
        };
        match seen.method.as_str() {
            "POST" => Reply::Json(409, json!({"message": "taken"})),
            _ => {
                let page: Vec<Value> = (1..=end).rev().take(50).map(entry).collect();
                Reply::Json(200, json!({ "conversationEntries": page }))
            }
        }
    })
    .await;
    let visitor = host.visitor(Identity::Guest, "t");
    let message = |id: &str| Outgoing {
        id: id.parse().expect("an id"),
        content: OutgoingContent::Text { text: "Hello".into(), in_reply_to: None },
        new_session: false,
        routing: Routing::default(),
    };
    let before = message("00000003-0c5e-4c5b-9a0c-7f4f6a9c1d11");
    let sent = visitor.send(conversation(), &before).await.expect("it was sent before");
    assert!(sent.before);
    let never = message("0b0f6a52-0c5e-4c5b-9a0c-7f4f6a9c1d12");
    let taken = visitor.send(conversation(), &never).await;
    assert!(matches!(taken, Err(ChatError::Conflict(_))), "{taken:?}");
}

#[tokio::test]
async fn a_file_is_fetched_within_bounds_and_from_nowhere_else() {
    let host = Host::answering(|seen| match seen.target.as_str() {
        "/file" => Reply::Page(200, "content"),
        "/gone" => Reply::Page(403, "The address has expired"),
        "/moved" => Reply::Moved("/file"),
        "/away" => Reply::Moved("http://files.example.test/file"),
        _ => Reply::Moved("/round"),
    })
    .await;
    let client = host.client();
    let at = |path: &str| format!("{}{path}", host.url);
    assert_eq!(client.download(&at("/file"), 7).await.as_deref(), Ok(&b"content"[..]));
    assert_eq!(client.download(&at("/moved"), 7).await.as_deref(), Ok(&b"content"[..]));
    let too_large = client.download(&at("/file"), 6).await;
    assert!(matches!(too_large, Err(ChatError::TooLarge { .. })), "{too_large:?}");
    let gone = client.download(&at("/gone"), 7).await;
    assert!(matches!(gone, Err(ChatError::Foreign(_))), "{gone:?}");
    let strange = ["http://files.example.test/file", "file:///etc/passwd", "ftp://a.example", "x"];
    for address in strange.map(str::to_owned).into_iter().chain([at("/away"), at("/round")]) {
        let refused = client.download(&address, 7).await;
        assert!(matches!(refused, Err(ChatError::Unaskable { .. })), "{address}: {refused:?}");
    }
    // A token is for the org's calls alone.
    assert!(host.seen().iter().all(|seen| seen.header("authorization").is_empty()));
}

/// An org elsewhere can't make a server look at its own machine.
#[tokio::test]
async fn an_org_elsewhere_leads_to_no_file_of_this_machine() {
    let host = Host::answering(|_| Reply::Page(200, "secret")).await;
    let deployment = Deployment {
        scrt: "https://acme.my.salesforce-scrt.com".parse().expect("a host"),
        ..host.client().deployment().clone()
    };
    let client = ChatClient::new(ChatSettings::new(deployment)).expect("a client");
    for address in [format!("{}/file", host.url), host.url.replace("http:", "https:")] {
        let refused = client.download(&address, 7).await;
        assert!(matches!(refused, Err(ChatError::Unaskable { .. })), "{refused:?}");
    }
    assert_eq!(host.seen().len(), 0);
}
