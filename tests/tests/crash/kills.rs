//! Kills under load, each at a moment of its kind, and how many really were.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tidegate_tests::process::Process;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use super::check::{self, Found};
use super::dice::Dice;
use super::load::{Load, clock};
use super::program::Program;
use super::world::{Runtime, World};

/// Between two visitors, whatever becomes of those before.
const BETWEEN_VISITORS: Duration = Duration::from_millis(80);
/// How long a moment of its kind is waited for before another kind is tried.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long those who are there may take to end once nobody is killed any more.
pub(crate) const DRAIN: Duration = Duration::from_secs(180);
/// Of the creates that the org saves, this share is answered by a broken connection.
const LOST: f64 = 0.3;

/// What a campaign did, and what it found.
#[derive(Debug)]
pub(crate) struct Campaign {
    pub(crate) kills: u64,
    /// Kills that cut off at least one customer's request.
    pub(crate) in_flight: u64,
    /// Customers' requests that were cut off.
    pub(crate) cut: u64,
    /// Kills between the org's commit and its answer.
    pub(crate) held: u64,
    /// Kills behind an acknowledgement and before its Case was saved.
    pub(crate) before_effect: u64,
    /// Saved creates of the org whose answers it lost.
    pub(crate) lost: u64,
    /// Kills that were power cuts, and lost something that had been written and not synced.
    pub(crate) cuts: u64,
    pub(crate) found: Found,
}

/// For each kill that is wanted so many are tried at most.
const MOST_TRIES: usize = 2;

/// Of so many kills, one in two is to cut off a customer's request, and one in four to come between
/// the org's commit and its answer.
pub(crate) fn wanted(kills: u64) -> (u64, u64) {
    (kills.div_ceil(2), kills.div_ceil(4))
}

#[derive(Clone, Copy)]
enum Kind {
    InFlight,
    Held,
    BehindAck,
    Random,
}

const ROUND: [Kind; 10] = [
    Kind::InFlight,
    Kind::Held,
    Kind::InFlight,
    Kind::BehindAck,
    Kind::InFlight,
    Kind::Held,
    Kind::InFlight,
    Kind::Random,
    Kind::Held,
    Kind::InFlight,
];

struct Killer {
    world: World,
    runtime: Runtime,
    load: Arc<Load>,
    finals: UnboundedReceiver<u32>,
    server: Option<Process>,
    dice: Dice,
    kills: u64,
    held: u64,
    cuts: u64,
    /// The last submit before a kill, and when the kill was.
    behind_ack: Vec<(u32, Timestamp)>,
}

/// Kills a runtime so often under load, lets all that is owed be done, and checks it.
pub(crate) async fn campaign(
    world: World,
    program: Program,
    runtime: Runtime,
    kills: u64,
) -> Campaign {
    let log = world.folder.path().join("acknowledged.jsonl");
    let (load, finals) = Load::new(program, &log);
    let mut killer = Killer {
        world,
        runtime,
        load,
        finals,
        server: None,
        dice: Dice::new(kills),
        kills: 0,
        held: 0,
        cuts: 0,
        behind_ack: Vec::new(),
    };
    killer.lose_some(false).await;
    killer.start();
    let visitors = tokio::spawn(visitors(Arc::clone(&killer.load)));
    // Some moments don't come, and some kills miss theirs: it goes on until there are enough of each.
    for kind in ROUND.iter().cycle().take(MOST_TRIES * usize::try_from(kills).unwrap()) {
        match killer.lacks(kills) {
            Some(lacking) if killer.kills >= kills => killer.kill(lacking).await,
            None if killer.kills >= kills => break,
            _ => killer.kill(*kind).await,
        }
    }
    let end = visitors.abort_handle();
    killer.load.place.send_modify(|place| place.closed = true);
    let finished = tokio::time::timeout(DRAIN, visitors).await;
    end.abort();
    if finished.is_err() {
        let there = killer.load.there.lock().unwrap().clone();
        let stuck = there.iter().map(|(who, what)| format!("{who} never saw an end: {what}"));
        killer.load.surprises.lock().unwrap().extend(stuck);
    }
    killer.settle().await;
    let (cut, found) = (killer.load.cut(), check::all(&killer.world, &killer.load, &log).await);
    let struck = killer.world.ask_org("faults").await;
    let early = |(nonce, killed): &&(u32, Timestamp)| {
        found.saved_at.get(nonce).is_some_and(|saved| saved > killed)
    };
    Campaign {
        kills: killer.kills,
        in_flight: cut.len() as u64,
        cut: cut.values().sum(),
        held: killer.held,
        before_effect: killer.behind_ack.iter().filter(early).count() as u64,
        lost: struck["struck"]["drop_after_commit"].as_u64().unwrap_or(0),
        cuts: killer.cuts,
        found,
    }
}

/// Comes and goes as visitors do, until the place is closed; then lets those end that are there.
pub(crate) async fn visitors(load: Arc<Load>) {
    let mut there = JoinSet::new();
    let mut clock = tokio::time::interval(BETWEEN_VISITORS);
    for seed in 0.. {
        clock.tick().await;
        if load.place.borrow().closed {
            break;
        }
        there.spawn(Arc::clone(&load).visit(seed));
    }
    while let Some(ended) = there.join_next().await {
        ended.unwrap();
    }
}

impl Killer {
    fn start(&mut self) {
        let (process, base) = self.world.start(&self.runtime);
        self.server = Some(process);
        self.load.is_at(base);
    }

    /// The kind of which there are too few yet; a cut of the disk's power is to lose something as often
    /// as a kill is to come between commit and answer.
    fn lacks(&self, kills: u64) -> Option<Kind> {
        let (in_flight, held) = wanted(kills);
        match (self.load.cut().len() as u64, self.held) {
            (_, its) if its < held => Some(Kind::Held),
            (its, _) if its < in_flight => Some(Kind::InFlight),
            _ if self.world.disk.is_some() && self.cuts < held => Some(Kind::InFlight),
            _ => None,
        }
    }

    /// Lets the org lose answers, and hold the next one where asked to.
    async fn lose_some(&self, hold: bool) {
        let mut next = json!({ "drop_after_commit": { "rate": LOST, "seed": self.kills } });
        if hold {
            next["hold_after_commit"] = json!({ "count": 1, "object": "Case" });
        }
        self.world.faults(next).await;
    }

    async fn kill(&mut self, kind: Kind) {
        let come = match kind {
            Kind::InFlight => tokio::time::timeout(PATIENCE, self.a_request()).await.is_ok(),
            Kind::Held => return self.kill_while_held().await,
            Kind::BehindAck => {
                while self.finals.try_recv().is_ok() {}
                match tokio::time::timeout(PATIENCE, self.finals.recv()).await {
                    Ok(Some(nonce)) => {
                        self.behind_ack.push((nonce, clock()));
                        true
                    }
                    _ => false,
                }
            }
            Kind::Random => {
                tokio::time::sleep(Duration::from_millis(self.dice.next() % 120)).await;
                true
            }
        };
        if come {
            self.strike();
            self.start();
        }
    }

    fn strike(&mut self) {
        self.load.dies();
        drop(self.server.take());
        self.kills += 1;
        if let Some(disk) = &self.world.disk {
            let dice = self.kills.is_multiple_of(2).then_some(&mut self.dice);
            self.cuts += u64::from(disk.lose_power(dice) > 0);
        }
    }

    /// Waits until a customer's request is under way, and a little into it.
    async fn a_request(&mut self) {
        let mut sent = self.load.sent.subscribe();
        loop {
            sent.changed().await.unwrap();
            for _ in 0..self.dice.below(40) {
                tokio::task::yield_now().await;
            }
            if self.load.in_flight.load(Ordering::SeqCst) > 0 {
                return;
            }
        }
    }

    /// The org has saved a Case, and its answer is held back: the runtime dies in between.
    async fn kill_while_held(&mut self) {
        self.lose_some(true).await;
        let held = |told: &Value| told["held"].as_array().is_some_and(|held| !held.is_empty());
        let told = self.until_held(held).await;
        if held(&told) {
            self.strike();
            let before = told["abandoned"].as_u64().unwrap();
            let gone = move |told: &Value| told["abandoned"].as_u64() > Some(before);
            self.held += u64::from(gone(&self.until_held(gone).await));
            self.lose_some(false).await;
            self.start();
        } else {
            self.lose_some(false).await;
        }
        self.world.tell_org("release", json!({})).await;
    }

    async fn until_held(&self, enough: impl Fn(&Value) -> bool) -> Value {
        let begun = std::time::Instant::now();
        loop {
            let told = self.world.ask_org("held").await;
            if enough(&told) || begun.elapsed() > PATIENCE {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Waits until nothing is owed any more.
    async fn settle(&mut self) {
        let begun = std::time::Instant::now();
        while self.world.owed().0 > 0 && begun.elapsed() < DRAIN {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        drop(self.server.take());
    }
}
