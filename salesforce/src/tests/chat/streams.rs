//! One stream of events.

use std::sync::Mutex;

use serde_json::json;

use super::host::{Host, Reply, Writer, conversation};
use crate::chat::{ChatClass, Heard, Identity, Incoming};

fn event(id: u32, name: &str, data: &str) -> String {
    format!("id: {id}\nevent: {name}\ndata: {data}\n\n")
}

async fn streaming() -> (Host, Writer) {
    let (writer, reply) = Writer::new();
    let reply = Mutex::new(Some(reply));
    let host = Host::answering(move |_| {
        let reply = reply.lock().expect("a reply").take();
        reply.unwrap_or(Reply::Json(503, json!({})))
    })
    .await;
    (host, writer)
}

fn told(incoming: &Incoming) -> String {
    let id = incoming.last_event_id.as_deref().unwrap_or("-");
    let what = match &incoming.what {
        Heard::Entry { conversation: of, entry } => {
            assert_eq!(*of, conversation());
            format!("{} {:?}", entry.id, entry.kind)
        }
        other => format!("{other:?}"),
    };
    format!("{id} {what}")
}

#[tokio::test]
async fn what_comes_is_read_whatever_it_is() {
    let (host, writer) = streaming().await;
    let visitor = host.visitor(Identity::Guest, "t");
    let mut stream = visitor.events(None).await.expect("a stream");
    let of = conversation();
    let typing = json!({"conversationId": of, "conversationEntry": {"identifier": "e-1",
        "entryPayload": "{\"entryType\":\"TypingStartedIndicator\",\"id\":\"p\"}"}});
    writer.write(&event(101, "CONVERSATION_TYPING_STARTED_INDICATOR", &typing.to_string()));
    writer.write("event: ping\ndata: 0\n\n");
    writer.write(&event(
        102,
        "CONVERSATION_CLOSE_CONVERSATION",
        &json!({"conversationId": of}).to_string(),
    ));
    writer.write(&event(103, "CONVERSATION_MESSAGE", "no JSON"));
    writer.write(&event(104, "SOMETHING_NEW", "{}"));
    writer.write(&event(
        105,
        "CONVERSATION_STREAMING_TOKEN",
        &json!({"conversationId": of, "conversationEntry": {"identifier": "e-2"}}).to_string(),
    ));
    writer.write("id: 106\n\n");
    drop(writer);
    let mut lines = Vec::new();
    while let Some(incoming) = stream.next().await.expect("a piece") {
        lines.extend(incoming.iter().map(told));
    }
    insta::assert_snapshot!(lines.join("\n"));
    assert_eq!(stream.last_event_id(), Some("106"));
    let seen = &host.seen()[0];
    let headers =
        ["accept", "authorization", "x-org-id", "last-event-id"].map(|name| seen.header(name));
    assert_eq!(headers, ["text/event-stream", "Bearer t", "00D5e000000Abcd", "100"]);
    assert_eq!(seen.target, "/eventrouter/v1/sse");
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_an_error() {
    let (host, writer) = streaming().await;
    let visitor = host.visitor(Identity::Guest, "t");
    let mut stream = visitor.events(Some("55")).await.expect("a stream");
    assert_eq!(host.seen()[0].header("last-event-id"), "55");
    writer.write("event: ping\ndata: 0\n\n");
    let mut heard = Vec::new();
    while heard.is_empty() {
        heard = stream.next().await.expect("a piece").expect("a sign of life");
    }
    assert_eq!(heard[0].what, Heard::Ping);
    writer.write("event: ping\nda");
    writer.break_off();
    let error = loop {
        match stream.next().await {
            Ok(piece) => assert_eq!(piece, Some(Vec::new())),
            Err(error) => break error,
        }
    };
    assert_eq!(error.class(), ChatClass::Ambiguous);
}

#[tokio::test]
async fn what_is_no_stream_is_none() {
    let host = Host::answering(|_| Reply::Json(200, json!({}))).await;
    let visitor = host.visitor(Identity::Guest, "t");
    let error = visitor.events(None).await.expect_err("no stream");
    insta::assert_snapshot!(error);
    let host = Host::answering(|_| Reply::Page(502, "<html>")).await;
    let error = host.visitor(Identity::Guest, "t").events(None).await.expect_err("no stream");
    assert_eq!(error.class(), ChatClass::Outage);
}
