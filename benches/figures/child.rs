//! Processes that a subject measures from outside: this program again, in a role.

use std::convert::Infallible;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::StreamExt as _;
use serde_json::Value;
use tidegate_server::Server;
use tidegate_server::clock::Clock;
use tidegate_server::config::{AiConfig, EdgeConfig, MessengerConfig, ServerConfig, StoreConfig};
use tokio::net::TcpListener;

use crate::durable;

/// What the first argument of such a process is.
pub(crate) const FLAG: &str = "--child";

/// A process in a role, ready. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Role {
    process: Child,
    output: BufReader<ChildStdout>,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From before it was started to when it was ready.
    pub(crate) starting: Duration,
    /// What it says of its own start, in nanoseconds.
    pub(crate) inside: f64,
}

impl Role {
    pub(crate) fn start(role: &str, arguments: &[&Path]) -> Self {
        let begun = Instant::now();
        let mut process = Command::new(std::env::current_exe().expect("this program"))
            .args([FLAG, role])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        let starting = begun.elapsed();
        let (address, inside) = line.trim().split_once(' ').expect("an address and a time");
        let (address, inside) = (address.parse().expect("an address"), inside.parse());
        Self { process, output, address, starting, inside: inside.expect("nanoseconds") }
    }

    /// Resident memory in KiB.
    pub(crate) fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// How many transactions the store made durable so far.
    pub(crate) fn transactions(&mut self) -> f64 {
        use std::io::Write as _;
        let input = self.process.stdin.as_mut().expect("its input");
        input.write_all(b"\n").and_then(|()| input.flush()).expect("it lives");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        line.trim().parse().expect("a number")
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// What such a process does.
pub(crate) fn run(role: &str, arguments: &[String]) -> ExitCode {
    let begun = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let kept = runtime.block_on(async {
        let (address, kept): (SocketAddr, Option<Box<dyn Send>>) = match (role, arguments) {
            ("tidegate", [plan, store]) => {
                let server = tidegate(Path::new(plan), Path::new(store)).await;
                (server.address(), Some(Box::new(server)))
            }
            ("echo", []) => (served(Router::new().route("/echo", post(echo))).await, None),
            ("insert", [store]) => (served(durable::router(Path::new(store))).await, None),
            ("events", []) => (served(Router::new().route("/events", get(events))).await, None),
            ("open and bind", [store]) => {
                let connection = durable::open(Path::new(store));
                let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
                (
                    listener.local_addr().expect("its address"),
                    Some(Box::new((connection, listener))),
                )
            }
            _ => panic!("no role `{role}`"),
        };
        println!("{address} {}", begun.elapsed().as_nanos());
        kept
    });
    let mut byte = [0];
    while matches!(std::io::stdin().read(&mut byte), Ok(1)) {
        println!("{}", tidegate_store::sqlite::transactions());
    }
    drop(kept);
    ExitCode::SUCCESS
}

async fn tidegate(plan: &Path, store: &Path) -> tidegate_server::RunningServer {
    Server::start(config(plan, store)).await.expect("a server")
}

/// A server without an org.
pub(crate) fn config(plan: &Path, store: &Path) -> ServerConfig {
    let messenger =
        MessengerConfig { name: "web".into(), origins: vec![], identity: vec![], max_file_mb: 10 };
    ServerConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        operator: None,
        edge: EdgeConfig::wide(),
        store: StoreConfig::Sqlite(store.to_owned()),
        plan: std::fs::read(plan).expect("a plan"),
        messengers: vec![messenger],
        users: Default::default(),
        org: Arc::new(durable::NoOrg),
        channels: Default::default(),
        ai: AiConfig::default(),
        clock: Clock::of_the_machine(),
        country_header: None,
        any_org: true,
        org_check: std::time::Duration::ZERO,
    }
}

async fn served(router: Router) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn echo(Json(body): Json<Value>) -> Json<Value> {
    Json(body)
}

async fn events() -> Sse<impl futures::Stream<Item = Result<Event, Infallible>>> {
    let one = futures::stream::iter([Ok(Event::default().data("hello"))]);
    Sse::new(one.chain(futures::stream::pending())).keep_alive(KeepAlive::new())
}
