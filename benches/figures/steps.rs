//! Durable steps over HTTP: a customer's message, acknowledged once it and all it did are on disk.
//! Beside an axum that only echoes, and one that inserts a row.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use uuid::Uuid;

use crate::child::Role;
use crate::http::Client;
use crate::project::with_declarations;
use crate::report::{Mark, Report, number, quantile};

const ROUNDS: usize = 3;
const PART: Duration = Duration::from_secs(2);
const MANY: usize = 64;
/// Messages of one conversation; the next one begins another, to which the client goes over, as the
/// Messenger does.
const TURNS: usize = 20;

/// What clients got done.
#[derive(Debug, Default, Clone, Copy)]
struct Done {
    /// Requests a second.
    rate: f64,
    /// Milliseconds.
    p50: f64,
    p99: f64,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Echo,
    Insert,
    Step,
}

pub(crate) fn run(report: &mut Report) {
    let folder = folder();
    let plan = folder.path().join("steps.plan");
    std::fs::write(&plan, with_declarations(&workflow()).encode()).expect("a file");
    let store = folder.path().join("tidegate.db");
    let mut ours = Role::start("tidegate", &[&plan, &store]);
    let echo = Role::start("echo", &[]);
    let insert = Role::start("insert", &[&folder.path().join("insert.db")]);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");

    let mut sync = Vec::new();
    let mut one = Done::default();
    for _ in 0..ROUNDS {
        sync.extend(syncs(folder.path()));
        one = better(one, runtime.block_on(drive(Kind::Step, ours.address, 1)));
    }
    let sync = quantile(&mut sync, 0.5);
    let raw = format!("raw fdatasync p50 {} ms", number(sync));
    let figure = format!("{} ms", number(one.p50));
    report.ratio("one client, p50", &figure, &raw, one.p50 / sync, Mark::AtMost(3.0));

    let (mut steps, mut echoes, mut inserts) = (Done::default(), Done::default(), Done::default());
    let mut batched: f64 = 0.0;
    for _ in 0..ROUNDS {
        echoes = better(echoes, runtime.block_on(drive(Kind::Echo, echo.address, MANY)));
        inserts = better(inserts, runtime.block_on(drive(Kind::Insert, insert.address, MANY)));
        let before = ours.transactions();
        let done = runtime.block_on(drive(Kind::Step, ours.address, MANY));
        batched = batched.max(done.rate * PART.as_secs_f64() / (ours.transactions() - before));
        steps = better(steps, done);
    }
    let rate = |done: Done| format!("{}/s", number(done.rate));
    let name = format!("axum echo {}", rate(echoes));
    let share = steps.rate / echoes.rate;
    report.ratio("64 clients", &rate(steps), &name, share, Mark::AtLeast(0.3));
    let name = format!("axum and one insert {}", rate(inserts));
    report.beside("64 clients", &rate(steps), &name, steps.rate / inserts.rate);
    report.bound("  steps a sync", batched, "", Mark::AtLeast(10.0));
    report.note("  p50, p99", &format!("{}, {} ms", number(steps.p50), number(steps.p99)));
}

/// A folder on the disk of the build, for a temporary one may lie in memory.
pub(crate) fn folder() -> tempfile::TempDir {
    let program = std::env::current_exe().expect("this program");
    tempfile::tempdir_in(program.parent().expect("its folder")).expect("a folder")
}

/// A conversation of many turns.
fn workflow() -> String {
    let mut text = String::from("workflow start {\n  on open\n");
    for turn in 0..TURNS {
        let _ = write!(
            text,
            "  say \"{{person.FirstName ?? \"You\"}}, what is next, after {turn}?\"\n  ask\n"
        );
    }
    text + "  end because \"it is enough\"\n  defaults {\n    idle 1h => end because \"silence\"\n  }\n}\n"
}

/// Milliseconds of syncs of a file that grew by a page.
pub(crate) fn syncs(folder: &Path) -> Vec<f64> {
    let mut file = File::create(folder.join("synced")).expect("a file");
    let one = |_| {
        file.write_all(&[7; 4096]).expect("written");
        let begun = Instant::now();
        file.sync_data().expect("synced");
        begun.elapsed().as_secs_f64() * 1e3
    };
    (0..200).map(one).collect()
}

fn better(one: Done, other: Done) -> Done {
    if other.rate > one.rate { other } else { one }
}

/// So many clients, each with one request under way at a time.
async fn drive(kind: Kind, address: SocketAddr, clients: usize) -> Done {
    let mut ready = Vec::new();
    for _ in 0..clients {
        let mut client = Client::connect(address).await;
        let path = match kind {
            Kind::Echo => "/echo".to_owned(),
            Kind::Insert => "/said".to_owned(),
            Kind::Step => opened(&mut client).await,
        };
        ready.push((client, path));
    }
    let begun = Instant::now();
    let tasks: Vec<_> = ready
        .into_iter()
        .map(|(client, path)| tokio::spawn(requests(client, path, begun + PART)))
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a client"));
    }
    let rate = times.len() as f64 / begun.elapsed().as_secs_f64();
    let (p50, p99) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
    Done { rate, p50, p99 }
}

/// Opens the Messenger as a new visitor; gives the path of its conversation's messages.
pub(crate) async fn opened(client: &mut Client) -> String {
    let opened = client.json("/v1/open", r#"{"messenger":"web"}"#).await;
    opened["token"].as_str().expect("a token").clone_into(&mut client.token);
    messages(&opened).expect("a conversation")
}

/// The path of the messages of the conversation that an answer names.
fn messages(answer: &Value) -> Option<String> {
    Some(format!("/v1/conversations/{}/messages", answer["conversation"].as_str()?))
}

/// Milliseconds of each request until the end.
async fn requests(mut client: Client, mut path: String, end: Instant) -> Vec<f64> {
    let mut times = Vec::new();
    while Instant::now() < end {
        let id = Uuid::new_v4();
        let body =
            format!(r#"{{"id":"{id}","text":"My thermostat shows nothing since this morning"}}"#);
        let begun = Instant::now();
        let answer = client.json(&path, &body).await;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        path = messages(&answer).unwrap_or(path);
    }
    times
}
