//! `kill -9` of the runtime in the middle of conversations: each ends as exactly one Case.
//!
//! The org is a process of its own, outside the fault domain; its ledger is the truth. Some of its
//! creates are saved and their answers lost. The twin takes the protection away, and must fail.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_plan::model::{Plan, Requirement};
use tidegate_plan::requirements;
use tidegate_tests::process::Process;
use tidegate_tests::visitor::Visitor;

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
    conversation.order_number required label "Order number" matches '[0-9]{6}'
  }
  create case using open_case
  defaults {
    idle 15m => end because "the customer fell silent"
  }
}
"#;

/// Kills in the test itself; every third create's answer gets lost.
const KILLS: usize = 20;
/// How long the org may take to have what it is owed.
const PATIENCE: Duration = Duration::from_secs(40);

struct World {
    folder: tempfile::TempDir,
    org: String,
    _org: Process,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("org");
        let arguments = ["org", "--port", "0", "--data", text(&data)];
        let (process, org) = Process::start(&arguments, &[], "the org answers at");
        let manifest = format!(
            "[project]\nname = \"crash\"\norg = \"local\"\n\n[org.local]\nlogin_url = \"{org}\"\n\
             login = {{ flow = \"client-credentials\", consumer_key_env = \"CRASH_KEY\", \
             consumer_secret_env = \"CRASH_SECRET\" }}\n\n[messenger.web]\n\n\
             [server]\nstore = \"sqlite:tidegate.db\"\noperator_listen = \"off\"\n\n\
             [server.limits]\nconversations_per_minute = 100000\nmessages_per_minute = 100000\n"
        );
        std::fs::write(folder.path().join("tidegate.toml"), manifest).unwrap();
        std::fs::write(folder.path().join("support.tide"), PROGRAM).unwrap();
        let world = Self { folder, org, _org: process };
        world.run(&["pull", text(world.folder.path())]);
        world.run(&["build", text(world.folder.path())]);
        world
    }

    fn run(&self, arguments: &[&str]) {
        let done = std::process::Command::new(tidegate_tests::process::binary())
            .args(arguments)
            .envs(Self::variables())
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn variables() -> [(&'static str, &'static str); 3] {
        [
            ("CRASH_KEY", "tidegate-local"),
            ("CRASH_SECRET", "tidegate-local-secret"),
            ("RUST_LOG", "off"),
        ]
    }

    fn plan(&self) -> std::path::PathBuf {
        self.folder.path().join("crash.plan")
    }

    /// Starts the runtime on a free port.
    fn start(&self) -> (Process, String) {
        let (plan, project) = (self.plan(), self.folder.path());
        let arguments = ["run", text(&plan), "--project", text(project), "--listen", "127.0.0.1:0"];
        Process::start(&arguments, &Self::variables(), "listening on")
    }

    async fn lose_answers(&self, creates: u32) {
        let faults = json!({"next": {"drop_after_commit": creates}});
        let path = format!("{}/__org/faults", self.org);
        let sent = reqwest::Client::new().post(path).json(&faults).send().await.unwrap();
        assert!(sent.status().is_success());
    }

    /// How many Cases hold each order number, once the ledger has at least so many.
    async fn cases(&self, at_least: usize) -> Vec<String> {
        let deadline = std::time::Instant::now() + PATIENCE;
        loop {
            let orders = self.saved_orders().await;
            if orders.len() >= at_least || std::time::Instant::now() > deadline {
                return orders;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn saved_orders(&self) -> Vec<String> {
        let answer = reqwest::get(format!("{}/__org/ledger", self.org)).await.unwrap();
        let ledger: Value = answer.json().await.unwrap();
        let entries = ledger.as_array().or_else(|| ledger["entries"].as_array()).unwrap();
        entries
            .iter()
            .filter(|entry| entry["object"] == "Case" && entry["action"] == "create")
            .filter(|entry| entry["outcome"]["saved"].is_array())
            .filter_map(|entry| entry["values"]["Order_Number__c"].as_str())
            .map(str::to_owned)
            .collect()
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// An order number that names its conversation.
fn order(round: usize) -> String {
    format!("{:06}", 100_000 + round)
}

/// Takes one conversation to its acknowledged end, killing the runtime at a point that the round
/// chooses. Requests that a kill cut off are sent again under the same id.
async fn converse(world: &World, round: usize, server: &mut Option<Process>, base: &mut String) {
    let mut visitor = Visitor::open(base, None).await.unwrap();
    let first = uuid(round, 1);
    let second = uuid(round, 2);
    if round.is_multiple_of(4) {
        restart(world, server, base, &mut visitor);
    }
    let (status, answer) = visitor.say(&first, "The heater stopped.").await.unwrap();
    assert_eq!(status, 200, "{answer}");
    if round % 4 == 1 {
        restart(world, server, base, &mut visitor);
    }
    let entries = visitor.read_until(|entry| entry["kind"] == "form").await.unwrap();
    let wait = entries.last().and_then(|form| form["wait"].as_u64()).unwrap();
    let values = json!({"conversation.order_number": order(round)});
    if round % 4 == 2 {
        let (sent, ()) = tokio::join!(visitor.submit(&second, wait, &values), async {
            tokio::time::sleep(Duration::from_millis(round as u64 % 5)).await;
            drop(server.take());
        });
        drop(sent);
        restart(world, server, base, &mut visitor);
    }
    let (status, answer) = visitor.submit(&second, wait, &values).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    if round % 4 == 3 {
        tokio::time::sleep(Duration::from_millis(4 * (round as u64 % 8))).await;
        restart(world, server, base, &mut visitor);
    }
}

fn restart(world: &World, server: &mut Option<Process>, base: &mut String, visitor: &mut Visitor) {
    drop(server.take());
    let (process, address) = world.start();
    *server = Some(process);
    visitor.move_to(&address);
    *base = address;
}

fn uuid(round: usize, message: usize) -> String {
    format!("7de00000-0000-4000-8000-{round:06}{message:06}")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_conversation_has_exactly_one_case_through_twenty_kills() {
    let world = World::new();
    let (process, mut base) = world.start();
    let mut server = Some(process);
    for round in 0..KILLS {
        if round.is_multiple_of(3) {
            world.lose_answers(1).await;
        }
        converse(&world, round, &mut server, &mut base).await;
    }
    let mut cases = world.cases(KILLS).await;
    // A double would come late: whatever is still to be repeated is repeated by then.
    tokio::time::sleep(Duration::from_secs(3)).await;
    cases = world.cases(cases.len()).await;
    cases.sort();
    let expected: Vec<String> = (0..KILLS).map(order).collect();
    assert_eq!(cases, expected, "one Case for each conversation, and no other");
}

/// The sabotage twin: the key goes into a field that is not unique, so nothing tells the org that
/// it has the Case already. If this found no double, the test above could not either.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_unique_key_a_lost_answer_doubles_the_case() {
    let world = World::new();
    let mut plan = Plan::decode(&std::fs::read(world.plan()).unwrap()).unwrap();
    for push in &mut plan.pushes {
        push.key_field = "SuppliedCompany".to_owned();
    }
    let lines: Vec<_> = plan.requirements.iter().map(|required| required.span).collect();
    plan.requirements = requirements::of(&plan)
        .into_iter()
        .map(|what| Requirement { what, span: lines[0] })
        .collect();
    std::fs::write(world.plan(), plan.encode()).unwrap();
    let (process, mut base) = world.start();
    let mut server = Some(process);
    world.lose_answers(1).await;
    converse(&world, 4, &mut server, &mut base).await;
    assert_eq!(world.cases(2).await, [order(4), order(4)]);
}
