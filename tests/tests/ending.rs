//! A runtime that is asked to end, by real signals: what was acknowledged is kept, and who asks
//! twice need not wait.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tidegate_tests::process::{Process, binary};
use tidegate_tests::visitor::Visitor;
use tokio::sync::watch;

const PROGRAM: &str = r#"
map Case to conversation {
  sync Order_Number__c as order_number
}

push open_case to Case type Support {
  owner queue Tier_1
  Origin = "Chat"
  Channel__c = "web_chat"
}

workflow support {
  on open
  ask
  collect "Which order is it?" {
    conversation.order_number required label "Order number"
  }
  create case using open_case
  defaults {
    idle 15m => end because "the customer fell silent"
  }
}
"#;
/// What is promised; the runtime's own grace and a little.
const PATIENCE: Duration = Duration::from_secs(12);
const ROUNDS: usize = 4;
const VISITORS: usize = 6;

struct Stage {
    folder: tempfile::TempDir,
    org: String,
    _org: Process,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("org");
        let arguments = ["org", "--port", "0", "--data", text(&data)];
        let (process, org) = Process::start(&arguments, &[], "the org answers at");
        let manifest = format!(
            "[project]\nname = \"ending\"\norg = \"local\"\n\n[org.local]\nlogin_url = \"{org}\"\n\
             login = {{ flow = \"client-credentials\", consumer_key_env = \"ENDING_KEY\", \
             consumer_secret_env = \"ENDING_SECRET\" }}\n\n[messenger.web]\n\n\
             [server]\nstore = \"sqlite:tidegate.db\"\noperator_listen = \"off\"\n\n\
             [server.limits]\nconversations_per_minute = 100000\nmessages_per_minute = 100000\n"
        );
        std::fs::write(folder.path().join("tidegate.toml"), manifest).unwrap();
        std::fs::write(folder.path().join("support.tide"), PROGRAM).unwrap();
        let stage = Self { folder, org, _org: process };
        for verb in ["pull", "build"] {
            let mut command = stage.command();
            let done = command.args([verb, text(stage.folder.path())]).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        stage
    }

    fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command.env("ENDING_KEY", "tidegate-local").env("ENDING_SECRET", "tidegate-local-secret");
        command.env("RUST_LOG", "warn");
        command
    }

    /// Starts the runtime on a free port.
    fn start(&self) -> Running {
        let mut command = self.command();
        command.arg("run").arg(self.folder.path().join("ending.plan"));
        command.args(["--listen", "127.0.0.1:0", "--project"]).arg(self.folder.path());
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the runtime");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let base = first.strip_prefix("listening on ").unwrap().to_owned();
        Running { child, base }
    }

    async fn faults(&self, next: Value) {
        let path = format!("{}/__org/faults", self.org);
        let body = json!({ "next": next });
        let sent = reqwest::Client::new().post(path).json(&body).send().await.unwrap();
        assert!(sent.status().is_success());
    }

    /// Whether the org has met a request for a Case that it has not answered.
    async fn until_the_fault_has_struck(&self) {
        let path = format!("{}/__org/faults", self.org);
        let deadline = Instant::now() + PATIENCE;
        loop {
            let told: Value = reqwest::get(&path).await.unwrap().json().await.unwrap();
            let left = &told["next"]["delay"];
            if left.is_null() || left["count"] == 0 || *left == json!(0) {
                return;
            }
            assert!(Instant::now() < deadline, "{told}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

struct Running {
    child: Child,
    base: String,
}

impl Running {
    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    async fn ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it has not ended in time");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Says one thing after the other until nobody answers; gives what was acknowledged, by its id.
async fn chatter(
    visitor: Visitor,
    name: String,
    asked: Arc<AtomicBool>,
    heard: watch::Sender<usize>,
) -> BTreeMap<String, u64> {
    let mut taken = BTreeMap::new();
    for number in 0.. {
        let id = format!("7de00000-0000-4000-8000-{name}{number:06}");
        match visitor.say(&id, &format!("words {name} {number}")).await {
            Ok((200, answer)) => {
                taken.insert(id, answer["sequence"].as_u64().unwrap());
                heard.send_modify(|heard| *heard += 1);
            }
            Ok((status, answer)) => panic!("{status}: {answer}"),
            Err(_) => {
                assert!(asked.load(Ordering::SeqCst), "it went away before it was asked to");
                break;
            }
        }
    }
    taken
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_the_end_is_there_after_it() {
    let stage = Stage::new();
    let mut all = 0;
    for round in 0..ROUNDS {
        let mut running = stage.start();
        let asked = Arc::new(AtomicBool::new(false));
        let heard = watch::Sender::new(0);
        let mut visitors = Vec::new();
        let mut chatting = Vec::new();
        for number in 0..VISITORS {
            let visitor = Visitor::open(&running.base, None).await.unwrap();
            let name = format!("{round:03}{number:03}");
            visitors.push(visitor.clone());
            let chatter = chatter(visitor, name, Arc::clone(&asked), heard.clone());
            chatting.push(tokio::spawn(chatter));
        }
        let stream = tokio::spawn(visitors[0].stream().await.unwrap().text());
        // Each visitor is in the middle of it, and each end comes at another number of words.
        let enough = VISITORS * 3 + 7 * round;
        let talking = heard.subscribe().wait_for(|heard| *heard >= enough).await.map(|_| ());
        talking.unwrap();
        asked.store(true, Ordering::SeqCst);
        running.signal(["-TERM", "-INT"][round % 2]);
        assert_eq!(running.ended().await.code(), Some(0));
        let text = stream.await.unwrap().expect("a stream ends whole");
        let parting = text.trim_end().rsplit("\n\n").next().unwrap();
        assert!(parting.starts_with("retry: "), "{parting}");

        let mut running = stage.start();
        for (visitor, chatter) in visitors.iter_mut().zip(chatting) {
            let taken = chatter.await.unwrap();
            visitor.move_to(&running.base);
            let count = taken.len();
            let entries = visitor.read_until(|entry| said(entry, count - 1)).await.unwrap();
            for (number, (id, sequence)) in taken.into_iter().enumerate() {
                let mut heard = entries.iter().filter(|entry| said(entry, number));
                assert_eq!(heard.next().unwrap()["sequence"], sequence);
                assert!(heard.next().is_none(), "twice");
                let name = &id[24..30];
                let (status, again) =
                    visitor.say(&id, &format!("words {name} {number}")).await.unwrap();
                assert_eq!((status, again["sequence"].as_u64()), (200, Some(sequence)));
                all += 1;
            }
        }
        running.signal("-TERM");
        assert_eq!(running.ended().await.code(), Some(0));
    }
    assert!(all >= ROUNDS * VISITORS * 3, "{all}");
    eprintln!("{all} acknowledged messages, none lost, through {ROUNDS} ends under load");
}

/// Whether this is what a chatter said as its nth.
fn said(entry: &Value, number: usize) -> bool {
    let text = entry["text"].as_str().unwrap_or_default();
    entry["from"] == "customer" && text.ends_with(&format!(" {number}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_twice_need_not_wait() {
    let stage = Stage::new();
    stage
        .faults(json!({ "delay": { "count": 1, "method": "POST", "object": "Case", "milliseconds": 60_000 } }))
        .await;
    let mut running = stage.start();
    let visitor = Visitor::open(&running.base, None).await.unwrap();
    let id = "7de00000-0000-4000-8000-000000000001";
    assert_eq!(visitor.say(id, "The heater stopped.").await.unwrap().0, 200);
    let entries = visitor.read_until(|entry| entry["kind"] == "form").await.unwrap();
    let wait = entries.last().unwrap()["wait"].as_u64().unwrap();
    let values = json!({ "conversation.order_number": "123456" });
    let id = "7de00000-0000-4000-8000-000000000002";
    assert_eq!(visitor.submit(id, wait, &values).await.unwrap().0, 200);
    stage.until_the_fault_has_struck().await;
    running.signal("-TERM");
    // It listens no more, and waits for the org.
    let deadline = Instant::now() + PATIENCE;
    while reqwest::get(format!("{}/healthz", running.base)).await.is_ok() {
        assert!(Instant::now() < deadline);
    }
    assert!(running.child.try_wait().unwrap().is_none());
    running.signal("-TERM");
    assert_eq!(running.ended().await.code(), Some(3));
    let mut again = stage.start();
    assert_eq!(reqwest::get(format!("{}/readyz", again.base)).await.unwrap().status(), 200);
    again.signal("-TERM");
    again.ended().await;
}
