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

pub(crate) fn run(report: &mut Report) {
    let folder = folder();
    let small = folder.path().join("small.plan");
    std::fs::write(&small, plan(&EXAMPLE).encode()).expect("a file");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let ours = Role::start("tidegate", &[&small, &folder.path().join("tidegate.db")]);
    let bare = Role::start("events", &[]);

    let mut ready: Vec<(Client, String)> = runtime.block_on(async {
        let mut ready = Vec::new();
        let mut client = Client::connect(ours.address).await;
        for _ in 0..WARM + STREAMS {
            client.token.clear();
            let path = opened(&mut client).await.replace("/messages", "/events");
            ready.push((client.token.clone(), path));
        }
        let mut clients = Vec::new();
        for (token, path) in ready {
            let mut client = Client::connect(ours.address).await;
            client.token = token;
            clients.push((client, path));
        }
        clients
    });
    let measured = ready.split_off(WARM);
    let warm = runtime.block_on(followed(ready));
    let our_part = each(&ours, || runtime.block_on(followed(measured)));
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

async fn followed(ready: Vec<(Client, String)>) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for (client, path) in ready {
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
