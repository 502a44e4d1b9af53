//! What an open chat costs that nobody writes in, beside a bare axum stream of events.

use std::net::SocketAddr;

use tokio::net::TcpStream;

use crate::child::Role;
use crate::http::Client;
use crate::project::{EXAMPLE, plan};
use crate::report::{Mark, Report, number};
use crate::steps::{folder, opened};

/// Streams that are opened first, and take what memory a process had let go of before.
const WARM: usize = 1_000;
/// Streams that are measured.
const STREAMS: usize = 2_000;

/// A conversation whose stream can be opened.
#[derive(Debug)]
struct Chat {
    token: String,
    path: String,
}

pub(crate) fn run(report: &mut Report) {
    let folder = folder();
    let small = folder.path().join("small.plan");
    std::fs::write(&small, plan(&EXAMPLE).encode()).expect("a file");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let store = folder.path().join("tidegate.db");
    let first = Role::start("tidegate", &[&small, &store]);
    let mut ready: Vec<Chat> = runtime.block_on(chats(first.address));
    // What opening them took and let go of would be taken again, and would not be seen.
    drop(first);
    let ours = Role::start("tidegate", &[&small, &store]);
    let bare = Role::start("events", &[]);
    let measured = ready.split_off(WARM);
    let warm = runtime.block_on(followed(ours.address, ready));
    let our_part = each(&ours, || runtime.block_on(followed(ours.address, measured)));
    let bare_warm = runtime.block_on(bare_streams(bare.address, WARM));
    let bare_part = each(&bare, || runtime.block_on(bare_streams(bare.address, STREAMS)));
    drop((warm, bare_warm));
    let (figure, name) = (number(our_part), number(bare_part));
    report.ratio(
        &format!("an idle stream, of {}", number(STREAMS as f64)),
        &format!("{figure} KiB"),
        &format!("bare axum stream {name} KiB"),
        our_part / bare_part,
        Mark::AtMost(1.5),
    );
}

/// KiB that a process grows by for each stream.
fn each(role: &Role, open: impl FnOnce() -> Vec<TcpStream>) -> f64 {
    let before = role.memory();
    let streams = open();
    let grown = role.memory() - before;
    grown / streams.len() as f64
}

/// Opens the Messenger as many visitors.
async fn chats(address: SocketAddr) -> Vec<Chat> {
    let mut ready = Vec::new();
    let mut client = Client::connect(address).await;
    for _ in 0..WARM + STREAMS {
        client.token.clear();
        let path = opened(&mut client).await.replace("/messages", "/events");
        ready.push(Chat { token: client.token.clone(), path });
    }
    ready
}

async fn followed(address: SocketAddr, chats: Vec<Chat>) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for Chat { token, path } in chats {
        let mut client = Client::connect(address).await;
        client.token = token;
        streams.push(client.follow(&path).await);
    }
    streams
}

async fn bare_streams(address: SocketAddr, count: usize) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for _ in 0..count {
        streams.push(Client::connect(address).await.follow("/events").await);
    }
    streams
}
