//! Streams that break, end, fall silent and are not opened.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use serde_json::{Value, json};

use super::host::{Host, Reply, Writer, conversation, jwt, token};
use crate::chat::{
    ChatClass, Clock as _, Content, Feed, Happening, Identity, Item, Live, Reconnect,
};

/// A host whose streams are opened one after another, and whose list grows.
struct Script {
    host: Host,
    streams: Arc<Mutex<VecDeque<Reply>>>,
    listed: Arc<Mutex<Vec<Value>>>,
}

impl Script {
    async fn new() -> Self {
        let streams: Arc<Mutex<VecDeque<Reply>>> = Arc::default();
        let listed: Arc<Mutex<Vec<Value>>> = Arc::default();
        let (next, list) = (Arc::clone(&streams), Arc::clone(&listed));
        let host = Host::answering(move |seen| {
            let path = seen.target.split('?').next().unwrap_or_default();
            if path.ends_with("/sse") {
                next.lock().expect("streams").pop_front().unwrap_or(Reply::Page(503, "away"))
            } else if path.ends_with("/entries") {
                let entries = list.lock().expect("entries").clone();
                if entries.is_empty() {
                    return Reply::Json(404, json!({"message": "no such conversation"}));
                }
                Reply::Json(200, json!({"conversationEntries": entries}))
            } else {
                token("second", "v2/iamessage/UNAUTH/NA/uid:6d")
            }
        })
        .await;
        Script { host, streams, listed }
    }

    /// The next stream.
    fn stream(&self) -> Writer {
        let (writer, reply) = Writer::new();
        self.then(reply);
        writer
    }

    fn then(&self, reply: Reply) {
        self.streams.lock().expect("streams").push_back(reply);
    }

    fn list(&self, number: u32, text: &str) {
        self.listed.lock().expect("entries").push(entry(number, text));
    }

    fn live(&self) -> Live {
        let visitor = self.host.visitor(Identity::Guest, "first");
        Live::new(visitor, Feed::new(conversation()), Reconnect::default())
    }

    /// What was asked of a kind, by a header.
    fn asked(&self, path: &str, header: &str) -> Vec<String> {
        let seen = self.host.seen();
        let of_kind = seen.iter().filter(|seen| seen.target.contains(path));
        of_kind.map(|seen| seen.header(header).to_owned()).collect()
    }
}

fn entry(number: u32, text: &str) -> Value {
    let payload = json!({"abstractMessage": {"id": format!("m-{number}"),
        "messageType": "StaticContentMessage", "staticContent": {"formatType": "Text", "text": text}}});
    json!({"identifier": format!("m-{number}"), "entryType": "Message", "entryPayload": payload,
        "sender": {"role": "Agent"}, "senderDisplayName": "Grace",
        "transcriptedTimestamp": 1_760_000_000_000_i64 + i64::from(number) * 1000})
}

/// An event with the number among its ids.
fn event(number: u32, text: &str) -> String {
    let mut entry = entry(number, text);
    entry["entryPayload"] = entry["entryPayload"].to_string().into();
    let data = json!({"conversationId": conversation(), "conversationEntry": entry});
    format!("id: {}\nevent: CONVERSATION_MESSAGE\ndata: {data}\n\n", 100 + number)
}

const MOMENT: Duration = Duration::from_millis(1);
const PING: &str = "event: ping\ndata: 0\n\n";

fn texts(items: &[Item]) -> Vec<String> {
    let text = |item: &Item| match &item.what {
        Happening::Message { content: Content::Text(text), .. } => text.clone(),
        other => panic!("{other:?}"),
    };
    items.iter().map(text).collect()
}

async fn next(live: &mut Live) -> Vec<String> {
    texts(&live.next().await.expect("items"))
}

/// Waits for what is next while the clock goes on to wherever somebody waits for, but not to silence.
async fn next_in_time(script: &Script, live: &mut Live) -> Vec<String> {
    let going = async {
        loop {
            script.host.clock.skip(MOMENT, Duration::from_secs(60)).await;
        }
    };
    tokio::select! {
        texts = next(live) => texts,
        () = going => unreachable!("it goes on"),
    }
}

#[tokio::test]
async fn what_is_missed_while_a_stream_is_broken_comes_in_its_place_and_once() {
    let script = Script::new().await;
    let first = script.stream();
    let mut live = script.live();
    assert_eq!(live.open().await, Ok(Vec::new()), "before the conversation is there");
    first.write(&event(1, "one"));
    assert_eq!(next(&mut live).await, ["one"]);
    for (number, text) in [(1, "one"), (2, "two"), (3, "three")] {
        script.list(number, text);
    }
    let second = script.stream();
    first.break_off();
    // The second stream tells some of it again.
    second.write(&event(2, "two"));
    second.write(&event(3, "three"));
    assert_eq!(next_in_time(&script, &mut live).await, ["two", "three"]);
    second.write(&event(4, "four"));
    assert_eq!(next(&mut live).await, ["four"]);
    assert_eq!(script.asked("/sse", "last-event-id"), ["100", "101"]);
    assert_eq!(live.feed().last_event_id(), Some("104"));
    let list = script.host.seen().into_iter().rfind(|seen| seen.target.contains("/entries"));
    let list = list.expect("a list").target;
    assert!(list.ends_with("startTimestamp=1759999971000"), "{list}");
}

#[tokio::test]
async fn a_feed_that_was_kept_goes_on_where_it_was() {
    let script = Script::new().await;
    let first = script.stream();
    let mut live = script.live();
    first.write(&event(1, "one"));
    assert_eq!(next(&mut live).await, ["one"]);
    let kept = serde_json::to_string(live.feed()).expect("JSON");
    first.write(&event(2, "two"));
    assert_eq!(next(&mut live).await, ["two"]);
    let visitor = live.visitor().clone();
    // A crash before that was kept.
    drop(live);
    for (number, text) in [(1, "one"), (2, "two"), (3, "three")] {
        script.list(number, text);
    }
    let second = script.stream();
    let feed: Feed = serde_json::from_str(&kept).expect("a feed");
    let mut live = Live::new(visitor, feed, Reconnect::default());
    assert_eq!(texts(&live.open().await.expect("items")), ["two", "three"]);
    second.write(&event(2, "two"));
    second.write(&event(4, "four"));
    assert_eq!(next(&mut live).await, ["four"]);
    assert_eq!(script.asked("/sse", "last-event-id"), ["100", "101"]);
}

#[tokio::test]
async fn a_stream_that_a_token_does_not_open_is_opened_with_another() {
    let script = Script::new().await;
    script.then(Reply::Json(401, json!({"message": "expired"})));
    let writer = script.stream();
    writer.write(&event(1, "one"));
    let mut live = script.live();
    assert_eq!(next(&mut live).await, ["one"]);
    assert_eq!(script.asked("/sse", "authorization"), ["Bearer first", "Bearer second"]);
    assert_eq!(script.asked("/continuation-access-token", "authorization"), ["Bearer first"]);
}

#[tokio::test]
async fn silence_is_a_broken_stream_and_pings_are_none() {
    let script = Script::new().await;
    let first = script.stream();
    let mut live = script.live();
    live.open().await.expect("open");
    let clock = Arc::clone(&script.host.clock);
    clock.advance(Duration::from_secs(80));
    first.write(&event(1, "one"));
    assert_eq!(next(&mut live).await, ["one"]);
    clock.advance(Duration::from_secs(80));
    first.write(PING);
    let second = script.stream();
    second.write(&event(2, "two"));
    let moving = async {
        // Nobody waits for so long before the ping is heard.
        clock.skip(Duration::from_secs(90), Duration::from_secs(90)).await;
        assert_eq!(script.asked("/sse", "accept").len(), 1);
        clock.skip(MOMENT, Duration::from_secs(1)).await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        came = next(&mut live) => assert_eq!(came, ["two"]),
        () = moving => unreachable!("it goes on"),
    }
    assert_eq!(script.asked("/sse", "accept").len(), 2);
}

#[tokio::test]
async fn a_host_that_stays_away_is_given_up_in_the_end() {
    let script = Script::new().await;
    let mut live = script.live();
    let start = script.host.clock.now();
    let going = async {
        loop {
            script.host.clock.skip(MOMENT, Duration::from_secs(60)).await;
        }
    };
    let error = tokio::select! {
        came = live.next() => came.expect_err("nobody there"),
        () = going => unreachable!("it goes on"),
    };
    assert_eq!(error.class(), ChatClass::Outage);
    assert_eq!(script.asked("/sse", "accept").len(), 11);
    let waited = script.host.clock.now().duration_since(start).as_secs();
    assert!((52..=105).contains(&waited), "{waited}");
    // Asking again begins anew.
    let writer = script.stream();
    writer.write(&event(1, "one"));
    assert_eq!(next(&mut live).await, ["one"]);
}

#[tokio::test]
async fn a_guest_whose_token_is_over_is_told_so_at_once() {
    let host = Host::answering(|_| Reply::Json(401, json!({"message": "expired"}))).await;
    let feed = Feed::new(conversation());
    let live = Live::new(host.visitor(Identity::Guest, "first"), feed, Reconnect::default());
    let came: Vec<_> = live.into_stream().collect().await;
    let classes: Vec<_> = came.iter().map(|one| one.as_ref().map_err(|it| it.class())).collect();
    assert_eq!(classes, [Err(ChatClass::Token)]);
    assert_eq!(host.seen().len(), 2);
}

#[tokio::test]
async fn a_token_is_renewed_though_nothing_happens() {
    let script = Script::new().await;
    let writer = script.stream();
    let exp = script.host.clock.now().checked_add(Duration::from_secs(360)).expect("a time");
    let visitor = script.host.visitor(Identity::Guest, &jwt("first", exp));
    let mut live = Live::new(
        visitor,
        Feed::new(conversation()),
        Reconnect { heartbeat: Duration::from_secs(1000), ..Reconnect::default() },
    );
    live.open().await.expect("open");
    let mut waiting = Box::pin(live.next());
    assert!((&mut waiting).now_or_never().is_none());
    script.host.clock.advance(Duration::from_secs(287));
    assert!((&mut waiting).now_or_never().is_none());
    assert!(script.asked("/continuation-access-token", "accept").is_empty());
    script.host.clock.advance(Duration::from_secs(1));
    let renewed = async {
        while script.asked("/continuation-access-token", "accept").is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = &mut waiting => panic!("nothing happens"),
        () = renewed => {}
    }
    writer.write(&event(1, "one"));
    assert_eq!(texts(&waiting.await.expect("items")), ["one"]);
    assert!(live.visitor().token().await.expires().is_none(), "another token");
    assert_eq!(script.asked("/sse", "accept").len(), 1);
}

#[tokio::test]
async fn what_cannot_be_read_is_listed() {
    let script = Script::new().await;
    let writer = script.stream();
    let mut live = script.live();
    live.open().await.expect("open");
    script.list(1, "one");
    let long = "x".repeat(2 << 20);
    writer.write(&format!("id: 101\nevent: CONVERSATION_MESSAGE\ndata: {long}\n\n"));
    assert_eq!(next(&mut live).await, ["one"]);
    assert_eq!(live.feed().last_event_id(), Some("101"));
}

#[tokio::test]
async fn giving_up_waiting_loses_nothing() {
    let script = Script::new().await;
    let writer = script.stream();
    let mut live = script.live();
    live.open().await.expect("open");
    for number in 1..=50 {
        writer.write(&event(number, &number.to_string()));
    }
    let mut came = Vec::new();
    while came.len() < 50 {
        // Given up as soon as it waits.
        match live.next().now_or_never() {
            Some(items) => came.extend(texts(&items.expect("items"))),
            None => tokio::task::yield_now().await,
        }
    }
    let expected: Vec<String> = (1..=50).map(|number| number.to_string()).collect();
    assert_eq!(came, expected);
}
