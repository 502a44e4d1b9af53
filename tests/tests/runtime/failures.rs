//! Each class of failure once: what the customer saw, what the operator saw, what reached the org.
//! Hours pass on a clock that the test moves.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use serde_json::{Value, json};
use tidegate_server::clock::{Clock, Steering};
use tidegate_store::contract::{Decision, What};

use crate::meddled::Meddling;
use crate::world::{Visitor, World, identity};
use crate::{seeded, write_and_submit};

/// More than any test lets pass.
const ALWAYS: u32 = 1_000_000;

/// A world whose time the test moves, and what its server logs.
pub(crate) struct Simulated {
    pub(crate) world: World,
    clock: Steering,
    log: Log,
    cases: usize,
    files: usize,
}

/// What the operator reads in the log, from `info` on.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Kept for this thread, on which all of a test runs.
    fn keep(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter("tidegate_server=info")
            .with_ansi(false)
            .without_time()
            .with_target(false)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Simulated {
    pub(crate) async fn new(meddling: Meddling) -> Self {
        let log = Log::default();
        // As long as the test's thread lives.
        std::mem::forget(log.keep());
        let mut world = World::with(meddling).await;
        world.stop().await;
        let (clock, steering) = Clock::steered();
        world.clock = clock;
        log.0.lock().unwrap().clear();
        world.start().await;
        let (cases, files) = seeded(&world);
        Self { world, clock: steering, log, cases, files }
    }

    /// Waits until something holds. Time passes only while the server has nothing to do.
    pub(crate) async fn until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        for _ in 0..15_000 {
            if holds().await {
                return;
            }
            if self.is_idle().await {
                self.clock.advance(SignedDuration::from_millis(500));
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        let server = self.world.server.as_ref().unwrap();
        let store = server.store();
        panic!(
            "{what} has not come by {}: {:?}, next effect {:?}, next timer {:?}, {:?}\n{}",
            self.clock.now(),
            store.backlog().await,
            store.next_effect().await,
            store.next_timer().await,
            server.org_standing(),
            self.log.text()
        );
    }

    async fn is_idle(&self) -> bool {
        let server = self.world.server.as_ref().unwrap();
        let (store, now) = (server.store(), self.clock.now());
        let later = |at: Option<jiff::Timestamp>| at.is_none_or(|at| at > now);
        let backlog = store.backlog().await.unwrap();
        let looks = backlog.held == 0 || later(server.org_standing().next_look);
        looks
            && backlog.under_way == 0
            && later(store.next_effect().await.unwrap())
            && later(store.next_timer().await.unwrap())
    }

    /// Lets hours pass; every look at the org that is due in them is made.
    pub(crate) async fn hours(&self, hours: i64) {
        for _ in 0..hours * 12 {
            self.clock.advance(SignedDuration::from_mins(5));
            let server = self.world.server.as_ref().unwrap();
            let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
            while server.org_standing().next_look.is_none_or(|at| at <= self.clock.now()) {
                assert!(tokio::time::Instant::now() < deadline, "{:?}", server.org_standing());
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        }
    }

    /// A conversation up to where its Case is asked for, with the org as `faults` say.
    pub(crate) async fn begins(&self, faults: Value) -> Visitor {
        let visitor = self.world.open(json!({ "messenger": "web" })).await;
        self.world.until(&visitor, "asked").await;
        self.world.faults(faults).await;
        write_and_submit(&self.world, &visitor).await;
        visitor
    }

    pub(crate) async fn ends(&self, visitor: &Visitor) {
        let conversation = visitor.conversation.parse().unwrap();
        let store = self.world.server.as_ref().unwrap().store();
        self.until("the end", async || {
            let entries = store.entries(conversation, 0, 100).await.unwrap();
            entries.iter().any(|e| e.message == tidegate_engine::message::Message::Ended)
        })
        .await;
    }

    /// Waits until nothing waits any more.
    pub(crate) async fn drains(&self) {
        let store = self.world.server.as_ref().unwrap().store();
        self.until("an empty outbox", async || store.backlog().await.unwrap().effects == 0).await;
    }

    /// Cases since the beginning.
    pub(crate) fn new_cases(&self) -> usize {
        self.new_rows("Case", self.cases)
    }

    fn new_rows(&self, object: &str, before: usize) -> usize {
        let state = self.world.org.org().state();
        state.records.rows(object).count() - before
    }

    /// What `/readyz` says, without the time.
    async fn ready(&self) -> String {
        let url = self.world.operator_url("/readyz");
        let answer = self.world.http.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let text = answer.text().await.unwrap();
        match text.split_once(" since ") {
            Some((what, rest)) => {
                let (since, rest) = rest.split_once(',').unwrap();
                assert!(since.parse::<jiff::Timestamp>().is_ok(), "{since}");
                format!("{what} since …,{rest}")
            }
            None => text,
        }
    }

    /// The three columns.
    pub(crate) async fn told(&self, visitor: &Visitor) -> String {
        let store = self.world.server.as_ref().unwrap().store();
        let conversation = visitor.conversation.parse().unwrap();
        let mut text = "the customer\n".to_owned();
        for entry in store.entries(conversation, 0, 100).await.unwrap() {
            let json = serde_json::to_value(&entry).unwrap();
            match json["kind"].as_str().unwrap() {
                "said" if json["from"] == "assistant" => {
                    let _ = writeln!(text, "  {}", json["text"].as_str().unwrap());
                }
                kind @ ("case_created" | "ended") => {
                    let _ = writeln!(text, "  ({kind})");
                }
                _ => {}
            }
        }
        text += "the operator\n";
        for line in self.log.text().lines().filter(|line| !line.contains("listening")) {
            let _ = writeln!(text, "  {}", masked(line.trim()));
        }
        for letter in store.dead_letters().await.unwrap() {
            let status = letter.status.map_or("none".to_owned(), |status| status.to_string());
            let _ = writeln!(
                text,
                "  dead letter: {} status {status} fields {:?} at {} after {} tries",
                letter.code,
                letter.fields,
                letter.source.unwrap_or_default(),
                if letter.attempts > 1 { "several" } else { "1" },
            );
        }
        let cases = self.new_cases();
        let files = self.new_rows("ContentVersion", self.files);
        let _ = writeln!(text, "the org\n  {cases} Case, {files} transcript");
        text
    }
}

/// Without what differs from run to run: ids, times and how long something took.
fn masked(line: &str) -> String {
    let word = |word: &str| {
        let (name, value) = word.split_once('=').unwrap_or(("", word));
        let shown = match name {
            "conversation" | "effect" | "next_look" | "waited" | "looks" | "org" | "used" => "…",
            _ => value,
        };
        let bare = value.trim_matches('"');
        let is_id = bare.len() == 36 && bare.matches('-').count() == 4;
        let shown = if name.is_empty() && is_id { "…" } else { shown };
        if name.is_empty() { shown.to_owned() } else { format!("{name}={shown}") }
    };
    line.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

/// Faults that pass by themselves or that only the attempt of this request meets.
async fn passes(faults: Value) -> String {
    let simulated = Simulated::new(Meddling::Not).await;
    let visitor = simulated.begins(faults).await;
    simulated.ends(&visitor).await;
    simulated.drains().await;
    simulated.told(&visitor).await
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle() {
    insta::assert_snapshot!(passes(json!({ "session_expired": 1 })).await);
}

#[tokio::test]
async fn a_row_that_is_locked() {
    insta::assert_snapshot!(passes(json!({ "row_lock": { "count": 1, "object": "Case" } })).await);
}

#[tokio::test]
async fn an_answer_that_was_lost() {
    insta::assert_snapshot!(passes(json!({ "drop_after_commit": 1 })).await);
}

#[tokio::test]
async fn a_page_instead_of_an_answer() {
    let faults = json!({ "html_ok": { "count": 2, "method": "POST", "object": "Case" } });
    insta::assert_snapshot!(passes(faults).await);
}

#[tokio::test]
async fn a_rule_that_refuses() {
    let code = "FIELD_CUSTOM_VALIDATION_EXCEPTION";
    let faults =
        json!({ "refused": { "count": 1, "method": "POST", "object": "Case", "code": code } });
    insta::assert_snapshot!(passes(faults).await);
}

#[tokio::test]
async fn a_right_that_was_taken_away() {
    let faults = json!({ "forbidden": { "count": 1, "method": "POST", "object": "Case", "code": "INSUFFICIENT_ACCESS_OR_READONLY" } });
    insta::assert_snapshot!(passes(faults).await);
}

#[tokio::test]
async fn a_value_that_another_record_has() {
    let faults = json!({ "refused": { "count": 1, "method": "POST", "object": "Case", "code": "DUPLICATE_VALUE" } });
    insta::assert_snapshot!(passes(faults).await);
}

#[tokio::test]
async fn an_org_that_fails_without_end() {
    let faults =
        json!({ "unknown_exception": { "count": ALWAYS, "method": "POST", "object": "Case" } });
    insta::assert_snapshot!(passes(faults).await);
}

/// What lasts for hours, and then is over.
async fn lasts(hours: i64, faults: Value) -> String {
    let simulated = Simulated::new(Meddling::Not).await;
    let visitor = simulated.begins(faults).await;
    simulated.ends(&visitor).await;
    let server = simulated.world.server.as_ref().unwrap();
    simulated
        .until("a state of waiting", async || server.org_standing().waiting_for.is_some())
        .await;
    simulated.hours(hours).await;
    let ready = simulated.ready().await;
    let before = format!("{}readiness\n  {ready}", simulated.told(&visitor).await);
    simulated.world.faults(json!({})).await;
    simulated.drains().await;
    assert_eq!(simulated.ready().await, "ready\n");
    format!("{before}--- and when it is over\n{}", simulated.told(&visitor).await)
}

#[tokio::test]
async fn a_day_of_503() {
    insta::assert_snapshot!(lasts(24, json!({ "unavailable": ALWAYS })).await);
}

#[tokio::test]
async fn a_daily_limit_for_hours() {
    insta::assert_snapshot!(lasts(10, json!({ "daily_limit": ALWAYS })).await);
}

#[tokio::test]
async fn a_login_that_nobody_mends_for_hours() {
    insta::assert_snapshot!(lasts(10, json!({ "session_expired": ALWAYS })).await);
}

#[tokio::test]
async fn an_org_without_room_for_hours() {
    let faults = json!({ "refused": { "count": ALWAYS, "method": "POST", "code": "STORAGE_LIMIT_EXCEEDED" } });
    insta::assert_snapshot!(lasts(3, faults).await);
}

#[tokio::test]
async fn what_waits_for_a_login_goes_once_somebody_has_mended_it() {
    let mut simulated = Simulated::new(Meddling::LockedOut).await;
    let visitor = simulated.begins(json!({})).await;
    let server = simulated.world.server.as_ref().unwrap();
    simulated
        .until("a state of waiting", async || server.org_standing().waiting_for.is_some())
        .await;
    simulated.hours(1).await;
    assert_eq!(server.store().dead_letters().await.unwrap(), []);
    assert_eq!(simulated.world.creates("Case"), 0);
    simulated.world.stop().await;
    simulated.world.meddling = Meddling::Not;
    simulated.world.start().await;
    simulated.ends(&visitor).await;
    simulated.drains().await;
    assert_eq!((simulated.new_cases(), simulated.world.creates("Case")), (1, 1));
    assert_eq!(simulated.new_rows("ContentVersion", simulated.files), 1);
}

/// What the org has of a conversation's Case, or why it is not what was promised.
fn once(world: &World, before: usize, owed: usize) -> Result<(), String> {
    let state = world.org.org().state();
    let mut orders: Vec<String> = Vec::new();
    for row in state.records.rows("Case").skip(before) {
        orders.push(format!("{:?}", row.get("Order_Number__c")));
    }
    let there = orders.len();
    orders.sort();
    orders.dedup();
    match (there, orders.len()) {
        (there, distinct) if there == owed && distinct == owed => Ok(()),
        (there, distinct) => Err(format!("{there} Cases, {distinct} distinct, {owed} owed")),
    }
}

/// Many customers during an outage; gives whether each has one Case when it is over.
async fn after_an_outage(meddling: Meddling) -> Result<(), String> {
    const MANY: usize = 12;
    let simulated = Simulated::new(meddling).await;
    let world = &simulated.world;
    let mut visitors = Vec::new();
    for _ in 0..MANY {
        let visitor = world.open(json!({ "messenger": "web" })).await;
        world.until(&visitor, "asked").await;
        visitors.push(visitor);
    }
    world.faults(json!({ "unavailable": ALWAYS })).await;
    for (n, visitor) in visitors.iter().enumerate() {
        crate::write_and_submit_order(world, visitor, &format!("{:06}", 100_000 + n)).await;
    }
    for visitor in &visitors {
        simulated.ends(visitor).await;
    }
    let store = world.server.as_ref().unwrap().store();
    simulated.until("waiting", async || store.backlog().await.unwrap().held == MANY as u64).await;
    simulated.hours(2).await;
    // The first answers are lost, too.
    world.faults(json!({ "drop_after_commit": 4 })).await;
    simulated.drains().await;
    assert_eq!(store.dead_letters().await.unwrap(), []);
    once(world, simulated.cases, MANY)
}

#[tokio::test]
async fn after_an_outage_everybody_has_one_case() {
    assert_eq!(after_an_outage(Meddling::Not).await, Ok(()));
}

#[tokio::test]
async fn without_the_key_some_would_have_two() {
    let doubled = after_an_outage(Meddling::WithoutKey).await.unwrap_err();
    assert!(doubled.starts_with("16 Cases, 12 distinct"), "{doubled}");
}

#[tokio::test]
async fn what_is_mended_and_sent_again_becomes_one_case_and_is_told() {
    let simulated = Simulated::new(Meddling::Not).await;
    let faults = json!({ "refused": { "count": 2, "method": "POST", "object": "Case", "code": "STRING_TOO_LONG" } });
    let visitor = simulated.begins(faults).await;
    simulated.ends(&visitor).await;
    let store = simulated.world.server.as_ref().unwrap().store();
    let dead = async || !store.dead_letters().await.unwrap().is_empty();
    simulated.until("a dead letter", dead).await;
    let resend = async || {
        let letters = store.dead_letters().await.unwrap();
        let [letter] = letters.as_slice() else { panic!("{letters:?}") };
        let (key, at) = (letter.effect.key, simulated.clock.now());
        let decision = Decision { key, at, by: "a test".into(), what: What::Resend };
        assert!(store.decide(decision).await.unwrap());
    };
    resend().await;
    // Refused once more, it comes back.
    simulated
        .until("a dead letter", async || !store.dead_letters().await.unwrap().is_empty())
        .await;
    resend().await;
    simulated.drains().await;
    insta::assert_snapshot!(simulated.told(&visitor).await);
}

#[tokio::test]
async fn a_case_whose_answers_never_came_is_found_before_it_is_given_up() {
    let simulated = Simulated::new(Meddling::LoseAlways).await;
    let visitor = simulated.begins(json!({})).await;
    simulated.ends(&visitor).await;
    // Silence is taken for the network's for a day.
    simulated.clock.advance(SignedDuration::from_hours(25));
    simulated.drains().await;
    insta::assert_snapshot!(simulated.told(&visitor).await);
}

#[tokio::test]
async fn in_the_last_tenth_of_the_allowance_nobody_is_looked_up() {
    let simulated = Simulated::new(Meddling::NearlyUsedUp).await;
    let world = &simulated.world;
    // Somebody has to ask the org before it is known.
    let first = simulated.begins(json!({})).await;
    simulated.ends(&first).await;
    simulated.drains().await;
    let contact = world.org.contacts().into_iter().find(|it| it.email.is_some()).unwrap();
    let signed = identity(&contact.email.unwrap());
    let visitor = world.open(json!({ "messenger": "web", "identity": signed })).await;
    let entries = world.until(&visitor, "asked").await;
    assert_eq!(entries[0]["text"], "Hi there. What can we do for you?");
    write_and_submit(world, &visitor).await;
    simulated.ends(&visitor).await;
    simulated.drains().await;
    assert_eq!(world.server.as_ref().unwrap().org_standing().people_shed, 1);
    insta::assert_snapshot!(simulated.told(&visitor).await);
}

/// The answer before the customer would be told that it comes later, and behind.
#[tokio::test]
async fn an_answer_before_and_after_the_deadline() {
    let mut both = String::new();
    // A lock's first pause is two seconds at most, and the customer's patience eight; so many
    // pauses are longer than that however short each is.
    for (when, locks) in [("in time", 1), ("late", 25)] {
        let simulated = Simulated::new(Meddling::Not).await;
        let faults = json!({ "row_lock": { "count": locks, "object": "Case" } });
        let visitor = simulated.begins(faults).await;
        simulated.ends(&visitor).await;
        simulated.drains().await;
        let _ = writeln!(both, "{when}\n{}", simulated.told(&visitor).await);
    }
    insta::assert_snapshot!(both);
}
