//! Words of customers, tokens and secrets that must be told to nobody but whom they are for: marked
//! ones are sent through everything that takes anything, and looked for wherever others look.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use serde_json::{Value, json};
use tidegate_server::{Guard, Listener, routes};
use tracing_subscriber::EnvFilter;

use crate::meddled::Meddling;
use crate::world::{self, OPERATOR, PROGRAM, Visitor, World, raw};

/// Everything that was logged in this process, and the words of every panic.
static TOLD: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static LISTENING: Once = Once::new();

fn told() -> MutexGuard<'static, Vec<u8>> {
    TOLD.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Told;

impl io::Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        told().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Hears all that our crates say, on whichever thread.
pub(crate) fn listen() {
    LISTENING.call_once(|| {
        let ours = ["server", "store", "engine", "salesforce", "ai", "plan", "project"];
        let filter: Vec<String> =
            ours.iter().map(|name| format!("tidegate_{name}=trace")).collect();
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(filter.join(",")))
            .with_ansi(false)
            .with_writer(|| Told)
            .init();
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            told().extend_from_slice(format!("{panic}\n").as_bytes());
            usual(panic);
        }));
    });
}

/// The lines of what was told in which one of these stands.
fn leaks(told: &str, canaries: &[&str]) -> BTreeSet<String> {
    let leaks = |line: &&str| canaries.iter().any(|canary| line.contains(canary));
    told.lines().filter(leaks).map(str::to_owned).collect()
}

pub(crate) fn log_leaks(canaries: &[&str]) -> BTreeSet<String> {
    leaks(&String::from_utf8_lossy(&told()), canaries)
}

/// A world in which a form takes any text.
async fn stage(meddling: Meddling) -> World {
    listen();
    let mut world = World::with(meddling).await;
    world.stop().await;
    let program = PROGRAM.replace(r#" matches '[0-9]{6}' else "Six digits, please""#, "");
    world.plan = world::compile(&world.client, &program).await;
    world.start().await;
    world
}

/// Opens with everything that a page can say, marked.
async fn open(world: &World, mark: &str) -> Visitor {
    let said = json!({
        "messenger": "web",
        "page": format!("https://{mark}-page.example/?q={mark}"),
        "referrer": format!("https://{mark}-referrer.example/"),
        "language": format!("{mark}-language"),
        "email": format!("{mark}@example.com"),
        "name": format!("{mark} Name"),
    });
    let request = world
        .http
        .post(world.url("/v1/open"))
        .header("user-agent", format!("{mark}-agent Firefox/1"))
        .header("x-forwarded-for", format!("{mark}-address"))
        .header("cookie", format!("{mark}=1"))
        .header("referer", format!("https://{mark}.example/"))
        .json(&said);
    let opened: Value = request.send().await.unwrap().json().await.unwrap();
    let text = |key: &str| opened[key].as_str().unwrap().to_owned();
    Visitor { token: text("token"), conversation: text("conversation") }
}

/// A conversation whose Case holds marked words.
async fn converse(world: &World, visitor: &Visitor, mark: &str) {
    let id = || uuid::Uuid::new_v4().to_string();
    let message = json!({ "id": id(), "text": format!("{mark} said") });
    assert_eq!(world.post(visitor, "messages", message).await.0, 200);
    let entries = world.until(visitor, "form").await;
    let wait = entries.iter().find(|entry| entry["kind"] == "form").unwrap()["wait"].clone();
    let long = json!({ "conversation.order_number": format!("{mark} far longer than a field") });
    let (status, _) =
        world.post(visitor, "forms", json!({ "id": id(), "wait": wait, "values": long })).await;
    assert_eq!(status, 422);
    let values = json!({ "conversation.order_number": format!("{mark} form") });
    let form = json!({ "id": id(), "wait": wait, "values": values });
    assert_eq!(world.post(visitor, "forms", form).await.0, 200);
}

/// What each route says to marked nonsense; bodies, for none of them may quote it.
async fn nonsense(world: &World, visitor: &Visitor, mark: &str) -> String {
    let mut answers = String::new();
    for route in routes() {
        for id in [visitor.conversation.as_str(), mark] {
            let path = route.path.replace("{id}", id).replace("{file}", mark);
            let path = format!("{path}?messenger={mark}");
            let url = match route.listener {
                Listener::Public => world.url(&path),
                Listener::Operator => world.operator_url(&path),
            };
            let bearers = [visitor.token.as_str(), mark];
            for (bearer, kind) in
                bearers.iter().flat_map(|bearer| [(bearer, "application/json"), (bearer, mark)])
            {
                let body = json!({ "id": mark, "text": { mark: mark }, mark: [mark] });
                let method = reqwest::Method::from_bytes(route.method.as_bytes()).unwrap();
                let mut request = world.http.request(method, &url).bearer_auth(bearer);
                request = request.header("content-type", kind).header("last-event-id", mark);
                request = request.header("accept", mark).header("x-forwarded-for", mark);
                if route.method == "POST" {
                    request = request.body(body.to_string());
                }
                let answer = request.send().await.unwrap();
                // A stream that may be read is the visitor's own.
                if answer.status() != 200 || route.guard != Guard::Owner {
                    writeln!(answers, "{}", answer.text().await.unwrap()).unwrap();
                }
            }
            let foreign = world.http.post(&url).header("origin", format!("https://{mark}.example"));
            writeln!(answers, "{}", foreign.send().await.unwrap().text().await.unwrap()).unwrap();
        }
    }
    for request in [
        format!("{mark} /{mark} HTTP/1.1\r\nHost: {mark}\r\nConnection: close\r\n\r\n"),
        format!("GET /{mark} HTTP/1.1\r\n{mark}\r\n\r\n"),
        format!("GET /{mark} {mark}\r\n\r\n"),
    ] {
        writeln!(answers, "{}", raw(world, &request).await).unwrap();
    }
    answers
}

async fn identities(world: &World, mark: &str) -> String {
    let mut answers = String::new();
    let good = world::identity(&format!("{mark}@example.com"));
    let forged = format!("{}.{mark}", good.rsplit_once('.').unwrap().0);
    for identity in [mark, &forged, &good] {
        let body = json!({ "messenger": "web", "identity": identity });
        let request = world.http.post(world.url("/v1/open")).json(&body);
        let answer = request.send().await.unwrap();
        writeln!(answers, "{}", answer.text().await.unwrap()).unwrap();
    }
    let elsewhere = json!({ "messenger": mark });
    let answer = world.http.post(world.url("/v1/open")).json(&elsewhere).send().await.unwrap();
    answers + &answer.text().await.unwrap()
}

async fn metrics(world: &World) -> String {
    let request = world.http.get(world.operator_url("/metrics")).bearer_auth(OPERATOR);
    request.send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn no_route_tells_what_it_was_given() {
    const MARK: &str = "kanari-a";
    let world = stage(Meddling::Not).await;
    let visitor = open(&world, MARK).await;
    converse(&world, &visitor, MARK).await;
    world.until(&visitor, "ended").await;
    let answers = nonsense(&world, &visitor, MARK).await + &identities(&world, MARK).await;
    let metrics = metrics(&world).await;
    let token = visitor.token.clone();
    world.server.unwrap().shutdown().await;
    let canaries = [MARK, token.as_str(), OPERATOR];
    let nobody = BTreeSet::new();
    assert_eq!(leaks(&answers, &canaries), nobody);
    assert_eq!(leaks(&metrics, &canaries), nobody);
    assert_eq!(log_leaks(&canaries), nobody);
    // And something was heard at all.
    assert_ne!(log_leaks(&["/v1/conversations/{id}/messages"]), nobody);
    assert!(metrics.contains("/v1/conversations/{id}/messages"));
}

#[tokio::test]
async fn no_fault_of_the_org_makes_the_log_tell() {
    const MARK: &str = "kanari-b";
    let mut world = stage(Meddling::Not).await;
    let kinds = [
        "session_expired",
        "forbidden",
        "too_many_requests",
        "refused",
        "unknown_exception",
        "unavailable",
        "html_ok",
        "html_unavailable",
        "row_lock",
        "drop_before_commit",
        "drop_after_commit",
        "daily_limit",
    ];
    for kind in kinds {
        world.faults(json!({ kind: { "count": 1, "object": "Case", "method": "POST" } })).await;
        let visitor = open(&world, MARK).await;
        converse(&world, &visitor, MARK).await;
        struck(&world, kind).await;
        world.stop().await;
        world.start().await;
    }
    world.stop().await;
    assert_eq!(log_leaks(&[MARK]), BTreeSet::new());
}

/// Waits until no strike of this fault is left.
async fn struck(world: &World, kind: &str) {
    let url = format!("{}/__org/faults", world.org.url());
    let struck = async {
        loop {
            let faults: Value = world.http.get(&url).send().await.unwrap().json().await.unwrap();
            let left = &faults["next"][kind];
            if left.is_null() || *left == 0 || left["count"] == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let patience = std::time::Duration::from_secs(20);
    tokio::time::timeout(patience, struck).await.unwrap_or_else(|_| panic!("no {kind} struck"));
}

/// What the org says may quote what it was sent; so may what panics.
#[tokio::test]
async fn an_org_that_quotes_is_not_quoted() {
    const MARK: &str = "kanari-c";
    for meddling in [Meddling::Echo, Meddling::Panic, Meddling::LoseAndChange] {
        let world = stage(meddling).await;
        let visitor = open(&world, MARK).await;
        converse(&world, &visitor, MARK).await;
        world.until(&visitor, "ended").await;
        world.server.unwrap().shutdown().await;
    }
    assert_eq!(log_leaks(&[MARK]), BTreeSet::new());
}

/// The sabotage twin: one line that tells, and it is found.
#[tokio::test]
async fn a_line_that_tells_is_found() {
    const MARK: &str = "kanari-d";
    let world = stage(Meddling::Leak).await;
    let visitor = open(&world, MARK).await;
    converse(&world, &visitor, MARK).await;
    world.until(&visitor, "ended").await;
    world.server.unwrap().shutdown().await;
    let found = log_leaks(&[MARK]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found.iter().all(|line| line.contains("a deliberate leak")), "{found:#?}");
}
