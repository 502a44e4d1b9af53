//! Peers that are slow, many, ambiguous or not who they say they are.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_server::config::{Deadlines, Proxies};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::{Visitor, World, identity, raw};

const ID: &str = "7de00000-0000-4000-8000-000000000001";
/// Nothing that a test waits for takes so long.
const PATIENCE: Duration = Duration::from_secs(20);

async fn again(world: &mut World) {
    world.stop().await;
    world.start().await;
}

async fn connect(world: &World) -> TcpStream {
    TcpStream::connect(world.server.as_ref().unwrap().address()).await.unwrap()
}

/// What comes until the connection is closed.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    drop(read.expect("the connection is closed"));
    String::from_utf8(answer).unwrap()
}

async fn is_open(stream: &mut TcpStream) -> bool {
    let mut byte = [0];
    let read = tokio::time::timeout(Duration::from_millis(50), stream.read(&mut byte)).await;
    read.is_err()
}

/// Feeds a head byte by byte until the connection is closed; true where an answer came.
async fn dribble(mut stream: TcpStream, head: String) -> bool {
    let (mut from, mut to) = stream.split();
    let feed = async {
        for byte in head.bytes().chain(std::iter::repeat(b'x')) {
            if to.write_all(&[byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let mut answer = Vec::new();
    tokio::select! {
        read = tokio::time::timeout(PATIENCE, from.read_to_end(&mut answer)) => {
            drop(read.expect("a dribbler is closed"));
        }
        () = feed => {}
    }
    !answer.is_empty()
}

#[tokio::test]
async fn dribblers_are_closed_and_nobody_else_waits_for_them() {
    let mut world = World::new().await;
    world.edge.deadlines.header = Duration::from_millis(400);
    again(&mut world).await;
    let mut dribblers = tokio::task::JoinSet::new();
    for number in 0..200 {
        let stream = connect(&world).await;
        // Some never say a word, some stop in the middle, some go on for ever.
        let head = match number % 3 {
            0 => String::new(),
            1 => "GET /healthz HTTP/1.1\r\nHost: a\r\n".to_owned(),
            _ => "GET /healthz HTTP/1.1\r\nX-Long: ".to_owned(),
        };
        dribblers.spawn(async move {
            match number % 3 {
                2 => dribble(stream, head).await,
                _ => {
                    let mut stream = stream;
                    stream.write_all(head.as_bytes()).await.unwrap();
                    !until_closed(&mut stream).await.is_empty()
                }
            }
        });
    }
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    let message = json!({ "id": ID, "text": "The heater stopped." });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    let mut answered = 0;
    while let Some(dribbler) = dribblers.join_next().await {
        answered += usize::from(dribbler.unwrap());
    }
    assert_eq!(answered, 0, "a head that never ends gets no answer");
    assert_eq!(world.http.get(world.url("/healthz")).send().await.unwrap().status(), 200);
}

/// The sabotage twin: without a deadline, a dribbler outlasts one who came later to a server that has
/// one.
#[tokio::test]
async fn without_a_deadline_a_dribbler_stays() {
    let (mut world, mut strict) = (World::new().await, World::new().await);
    world.edge.deadlines = Deadlines { header: PATIENCE, ..Deadlines::default() };
    strict.edge.deadlines.header = Duration::from_millis(400);
    again(&mut world).await;
    again(&mut strict).await;
    let mut streams = [connect(&world).await, connect(&strict).await];
    for stream in &mut streams {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n").await.unwrap();
    }
    assert_eq!(until_closed(&mut streams[1]).await, "");
    assert!(is_open(&mut streams[0]).await);
}

/// A stream of events has no head to wait for: the deadline is nothing to it.
#[tokio::test]
async fn a_stream_outlasts_the_deadlines() {
    let mut world = World::new().await;
    world.edge.deadlines.header = Duration::from_millis(200);
    world.edge.deadlines.idle = Duration::from_millis(200);
    again(&mut world).await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let url = world.url(&format!("/v1/conversations/{}/events", visitor.conversation));
    let request = world.http.get(url).bearer_auth(&visitor.token);
    let mut stream = request.send().await.unwrap();
    let mut text = String::new();
    let mut sent = false;
    while !text.contains("The heater") {
        let chunk = tokio::time::timeout(PATIENCE, stream.chunk()).await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&chunk.expect("the stream goes on")).unwrap());
        if !sent && text.contains("asked") {
            sent = true;
            // Each of these has been there as long as the deadlines let it.
            for _ in 0..3 {
                assert_eq!(until_closed(&mut connect(&world).await).await, "");
            }
            let message = json!({ "id": ID, "text": "The heater stopped." });
            assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
        }
    }
}

#[tokio::test]
async fn a_connection_that_rests_is_closed_and_one_in_use_is_not() {
    let mut world = World::new().await;
    world.edge.deadlines.idle = Duration::from_millis(400);
    again(&mut world).await;
    let mut stream = connect(&world).await;
    let mut answers = String::new();
    for _ in 0..4 {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        while !answers.ends_with("alive\n") {
            let mut bytes = [0; 1024];
            let read = stream.read(&mut bytes).await.unwrap();
            assert_ne!(read, 0, "a connection in use is kept");
            answers.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
        }
        answers.clear();
    }
    assert_eq!(until_closed(&mut stream).await, "");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_awaited() {
    let mut world = World::new().await;
    world.edge.deadlines.body = Duration::from_millis(200);
    again(&mut world).await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let request = format!(
        "POST /v1/conversations/{}/messages HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"id\":",
        visitor.conversation, visitor.token
    );
    let answer = raw(&world, &request).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn two_lengths_are_no_length() {
    let world = World::new().await;
    let smuggled = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    let heads = [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        "Content-Length: 4, 5\r\n\r\nabcd",
        "Content-Length: +4\r\n\r\nabcd",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    ];
    for head in heads {
        let request = format!("POST /v1/open HTTP/1.1\r\nHost: a\r\n{head}{smuggled}");
        let answer = raw(&world, &request).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{head}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "what follows is no request: {answer}");
    }
    // Nor where they stand behind another request, in what is read at once.
    for head in heads {
        let request = format!("{smuggled}POST /v1/open HTTP/1.1\r\nHost: a\r\n{head}{smuggled}");
        let answer = raw(&world, &request).await;
        let told: Vec<&str> =
            answer.lines().filter_map(|line| line.strip_prefix("HTTP/1.1 ")).collect();
        let [first, second] = told.as_slice() else { panic!("{head}: {answer}") };
        assert!(first.starts_with("200 ") && second.starts_with("400 "), "{head}: {answer}");
    }
    // A body in chunks is good, and the last thing on its connection.
    let chunked = format!(
        "POST /v1/open HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n13\r\n{{\"messenger\":\"web\"}}\r\n0\r\n\r\n{smuggled}"
    );
    let answer = raw(&world, &chunked).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
}

#[tokio::test]
async fn a_head_has_a_size() {
    let world = World::new().await;
    let long =
        format!("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n\r\n", "x".repeat(20 << 10));
    assert!(raw(&world, &long).await.starts_with("HTTP/1.1 431 "));
    let many = format!("GET /healthz HTTP/1.1\r\nHost: a\r\n{}\r\n", "X-Many: 1\r\n".repeat(100));
    assert!(raw(&world, &many).await.starts_with("HTTP/1.1 431 "));
}

#[tokio::test]
async fn one_address_has_so_many_connections_and_another_its_own() {
    let mut world = World::new().await;
    world.edge.connections_per_address = 3;
    again(&mut world).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = connect(&world).await;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        assert_ne!(stream.read(&mut [0; 1024]).await.unwrap(), 0);
        held.push(stream);
    }
    let refused = until_closed(&mut connect(&world).await).await;
    assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("Retry-After: "), "{refused}");
    // Somewhere else on this machine: all of 127.0.0.0/8 is here.
    let address = world.server.as_ref().unwrap().address();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut elsewhere = socket.connect(address).await.unwrap();
    elsewhere.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    assert_ne!(elsewhere.read(&mut [0; 1024]).await.unwrap(), 0);
    // Who leaves makes room.
    drop(held.pop());
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let mut stream = connect(&world).await;
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            .await
            .unwrap();
        if until_closed(&mut stream).await.starts_with("HTTP/1.1 200 ") {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline);
    }
}

/// Opens as somebody new; the status, and how long to wait.
async fn open(world: &World, forwarded: &str) -> (u16, Option<u64>) {
    let request = world.http.post(world.url("/v1/open")).header("x-forwarded-for", forwarded);
    let answer = request.json(&json!({ "messenger": "web" })).send().await.unwrap();
    let wait = answer.headers().get("retry-after");
    let wait = wait.map(|wait| wait.to_str().unwrap().parse().unwrap());
    (answer.status().as_u16(), wait)
}

#[tokio::test]
async fn one_address_begins_so_many_conversations_a_minute() {
    let mut world = World::new().await;
    world.edge.conversations_per_minute = 3.try_into().unwrap();
    again(&mut world).await;
    let early = world.open(json!({ "messenger": "web" })).await;
    // What a client says of itself changes nothing.
    assert_eq!(open(&world, "198.51.100.1").await.0, 200);
    assert_eq!(open(&world, "198.51.100.2").await.0, 200);
    for forged in ["198.51.100.3", "::1", "nonsense"] {
        let (status, wait) = open(&world, forged).await;
        assert_eq!(status, 429);
        assert!(wait.is_some_and(|wait| (1..=20).contains(&wait)), "{wait:?}");
    }
    // Who signs in takes their conversation along, which begins none.
    let message = json!({ "id": ID, "text": "The heater stopped." });
    assert_eq!(world.post(&early, "messages", message).await.0, 200);
    let signs_in = json!({ "messenger": "web", "identity": identity("ada@example.com") });
    let (status, signed) = world.reopen(&early.token, signs_in).await;
    assert_eq!((status, &signed["resumed"]), (200, &json!(true)), "{signed}");
    let early = Visitor { token: signed["token"].as_str().unwrap().into(), ..early };
    // Whoever is here goes on.
    let resumed = world.http.post(world.url("/v1/open")).bearer_auth(&early.token);
    let resumed = resumed.json(&json!({ "messenger": "web" })).send().await.unwrap();
    assert_eq!(resumed.status(), 200);
    assert_eq!(resumed.json::<Value>().await.unwrap()["resumed"], true);
}

#[tokio::test]
async fn one_visitor_comes_back_so_often_a_minute() {
    let mut world = World::new().await;
    world.edge.messages_per_minute = 2.try_into().unwrap();
    again(&mut world).await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let again = async || world.reopen(&visitor.token, json!({ "messenger": "web" })).await.0;
    assert_eq!([again().await, again().await, again().await], [200, 200, 429]);
    // Others, and what this one says, have rates of their own.
    world.open(json!({ "messenger": "web" })).await;
    let message = json!({ "id": ID, "text": "The heater stopped." });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
}

#[tokio::test]
async fn a_trusted_proxy_says_whom_it_asks_for() {
    let mut world = World::new().await;
    world.edge.conversations_per_minute = 2.try_into().unwrap();
    world.edge.trusted_proxies = Proxies::from_iter(["127.0.0.0/8".parse().unwrap()]);
    again(&mut world).await;
    for client in ["198.51.100.1", "198.51.100.2", "2001:db8:0:1::1", "2001:db8:0:2::1"] {
        assert_eq!(open(&world, client).await.0, 200);
        assert_eq!(open(&world, &format!("203.0.113.9, {client}")).await.0, 200);
        assert_eq!(open(&world, &format!("203.0.113.10, {client}")).await.0, 429, "{client}");
    }
    assert_eq!(open(&world, "2001:db8:0:1:ffff::1").await.0, 429, "the same /64");
}

#[tokio::test]
async fn one_visitor_sends_so_much_a_minute_and_loses_nothing() {
    let mut world = World::new().await;
    world.edge.messages_per_minute = 2.try_into().unwrap();
    again(&mut world).await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let other = world.open(json!({ "messenger": "web" })).await;
    let message = |number: u32| {
        let id = format!("7de00000-0000-4000-8000-{number:012}");
        json!({ "id": id, "text": format!("words {number}") })
    };
    for number in 1..=2 {
        assert_eq!(world.post(&visitor, "messages", message(number)).await.0, 200);
    }
    let (status, problem) = world.post(&visitor, "messages", message(3)).await;
    assert_eq!(status, 429, "{problem}");
    assert_eq!(world.post(&visitor, "human", json!({ "id": ID })).await.0, 429);
    assert_eq!(world.post(&other, "messages", message(3)).await.0, 200);
    // Reading is no sending.
    world.until(&visitor, "form").await;
}
