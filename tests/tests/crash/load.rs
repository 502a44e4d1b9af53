//! The load: visitors that come whether or not the runtime is there, and repeat what a kill cut
//! off under the same id, until it is acknowledged. What they were told is the truth.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tidegate_tests::visitor::Visitor;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use super::dice::Dice;
use super::naive::{self, Answer, Turn};
use super::program::{Entry, Line, Program};

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Before what failed is tried again.
const PAUSE: Duration = Duration::from_millis(15);

/// An acknowledged submit, a line of the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Acknowledged {
    pub(crate) conversation: Uuid,
    /// Six digits that stand in what was submitted, but for a button.
    pub(crate) nonce: Option<u32>,
    pub(crate) answer: Answer,
    /// How often it was sent.
    pub(crate) sent: u32,
}

/// Where the runtime is, and since which of its starts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub(crate) base: String,
    pub(crate) start: u64,
    /// Whether no further visitors come.
    pub(crate) closed: bool,
}

/// What visitors and killer share.
pub(crate) struct Load {
    program: Program,
    http: reqwest::Client,
    pub(crate) place: watch::Sender<Place>,
    /// Submits that wait for their answer.
    pub(crate) in_flight: AtomicUsize,
    pub(crate) sent: watch::Sender<u64>,
    /// The end of each start of the runtime.
    killed: Mutex<BTreeMap<u64, Instant>>,
    /// Submits that each kill cut off.
    cut: Mutex<BTreeMap<u64, u64>>,
    log: Mutex<std::fs::File>,
    /// The nonces whose acknowledgement was the last of its conversation, when a Case follows.
    last: mpsc::UnboundedSender<u32>,
    nonces: AtomicU64,
    /// What each visitor who is there waits for.
    pub(crate) there: Mutex<BTreeMap<Uuid, String>>,
    /// What no visitor should meet.
    pub(crate) surprises: Mutex<Vec<String>>,
}

impl Load {
    pub(crate) fn new(program: Program, log: &Path) -> (Arc<Self>, mpsc::UnboundedReceiver<u32>) {
        let (last, finals) = mpsc::unbounded_channel();
        let load = Self {
            program,
            http: reqwest::Client::builder().timeout(PATIENCE).build().unwrap(),
            place: watch::Sender::default(),
            in_flight: AtomicUsize::new(0),
            sent: watch::Sender::default(),
            killed: Mutex::default(),
            cut: Mutex::default(),
            log: Mutex::new(std::fs::File::create(log).unwrap()),
            last,
            nonces: AtomicU64::new(100_000),
            there: Mutex::default(),
            surprises: Mutex::default(),
        };
        (Arc::new(load), finals)
    }

    pub(crate) fn program(&self) -> &Program {
        &self.program
    }

    /// To be called right before the runtime is killed.
    pub(crate) fn dies(&self) {
        let start = self.place.borrow().start;
        self.killed.lock().unwrap().insert(start, Instant::now());
    }

    /// To be called when it is there again.
    pub(crate) fn is_at(&self, base: String) {
        self.place.send_modify(|place| {
            place.base = base;
            place.start += 1;
        });
    }

    /// How many submits were cut off by the kill that ended each start.
    pub(crate) fn cut(&self) -> BTreeMap<u64, u64> {
        self.cut.lock().unwrap().clone()
    }

    fn nonce(&self) -> u32 {
        u32::try_from(self.nonces.fetch_add(1, Ordering::Relaxed)).unwrap()
    }

    /// One visitor's conversation, from its opening until its end was shown.
    pub(crate) async fn visit(self: Arc<Self>, seed: u64) {
        let mut visitor = self.open().await;
        let conversation: Uuid = visitor.conversation.parse().unwrap();
        if let Err(told) = self.converse(&mut visitor, conversation, Dice::new(seed)).await {
            self.surprises.lock().unwrap().push(format!("{conversation}: {told}"));
        }
        self.there.lock().unwrap().remove(&conversation);
    }

    async fn converse(
        &self,
        visitor: &mut Visitor,
        conversation: Uuid,
        mut dice: Dice,
    ) -> Result<(), String> {
        let mut answers = Vec::new();
        let mut last_wait = 0;
        loop {
            let wait = naive::turn(&self.program, &answers);
            let done = format!("has done {answers:?}");
            self.there.lock().unwrap().insert(conversation, done);
            let shown = self.shown(visitor, last_wait).await?;
            let due = match &wait {
                Turn::Asks => "asked",
                Turn::Chooses(_) => "choices",
                Turn::Collects(_) => "form",
                Turn::Ended(_) => "ended",
            };
            if shown["kind"] != due {
                return Err(format!("{due} was due, not {shown}"));
            }
            let Some((answer, nonce)) = self.choose(&wait, &mut dice) else { return Ok(()) };
            last_wait = shown["wait"].as_u64().unwrap();
            let sent = self.submit(visitor, last_wait, &answer).await?;
            answers.push(answer.clone());
            self.note(&Acknowledged { conversation, nonce, answer, sent });
            if let (Some(nonce), Turn::Ended(Some(_))) =
                (nonce, naive::turn(&self.program, &answers))
            {
                // Nobody listens any more at the end.
                let _ = self.last.send(nonce);
            }
        }
    }

    fn note(&self, line: &Acknowledged) {
        let mut text = serde_json::to_string(line).unwrap();
        text.push('\n');
        self.log.lock().unwrap().write_all(text.as_bytes()).unwrap();
    }

    async fn open(&self) -> Visitor {
        loop {
            let base = self.place.borrow().base.clone();
            match Visitor::open_through(self.http.clone(), &base, None).await {
                Ok(visitor) => return visitor,
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// The next wait, or the end; the status of a refusal, where the runtime knows nothing of it.
    async fn shown(&self, visitor: &mut Visitor, last_wait: u64) -> Result<Value, String> {
        loop {
            visitor.move_to(&self.place.borrow().base.clone());
            let fits = |entry: &Value| {
                let waits = ["asked", "choices", "form"].iter().any(|kind| entry["kind"] == *kind);
                entry["kind"] == "ended"
                    || waits && entry["wait"].as_u64().is_some_and(|wait| wait > last_wait)
            };
            let read = visitor.read_until(fits).await;
            if let Err(error) = &read
                && let Some(status) = error.status().filter(|status| status.is_client_error())
            {
                return Err(format!("{status}: its conversation is lost"));
            }
            match read.unwrap_or_default().into_iter().next_back().filter(fits) {
                Some(entry) => return Ok(entry),
                None => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// What this customer does, and the nonce in it; nothing where the conversation has ended.
    fn choose(&self, wait: &Turn<'_>, dice: &mut Dice) -> Option<(Answer, Option<u32>)> {
        let nonce = self.nonce();
        Some(match wait {
            Turn::Asks => {
                let text = format!("It is about {nonce}, since  {}", dice.word());
                (Answer::Words(text), Some(nonce))
            }
            Turn::Chooses(buttons) => {
                // The last button of four ends without a Case; it is pressed rarely.
                let unwanted = *buttons == 4 && !dice.one_in(20);
                (Answer::Pressed(dice.below(*buttons - usize::from(unwanted))), None)
            }
            Turn::Collects(lines) => (Answer::Filled(fill(lines, nonce, dice)), Some(nonce)),
            Turn::Ended(_) => return None,
        })
    }

    /// Sends until it is acknowledged; says how often it was sent.
    async fn submit(
        &self,
        visitor: &mut Visitor,
        wait: u64,
        answer: &Answer,
    ) -> Result<u32, String> {
        let id = Uuid::new_v4().to_string();
        for sent in 1.. {
            let place = self.place.borrow().clone();
            visitor.move_to(&place.base);
            let begun = Instant::now();
            self.in_flight.fetch_add(1, Ordering::SeqCst);
            self.sent.send_modify(|count| *count += 1);
            let told = match answer {
                Answer::Words(text) => visitor.say(&id, text).await,
                Answer::Pressed(at) => visitor.choose(&id, wait, *at as u64).await,
                Answer::Filled(texts) => {
                    let named =
                        texts.iter().map(|(name, text)| (format!("conversation.{name}"), text));
                    visitor.submit(&id, wait, &json!(named.collect::<BTreeMap<_, _>>())).await
                }
            };
            self.in_flight.fetch_sub(1, Ordering::SeqCst);
            match told {
                Ok((200, _)) => return Ok(sent),
                // Nothing of it was kept.
                Ok((503 | 429, _)) => {}
                Ok((status, body)) => return Err(format!("{status} {body} for {answer:?}")),
                Err(error) => self.count_cut(place.start, begun, &error).await,
            }
            tokio::time::sleep(PAUSE).await;
        }
        unreachable!("nobody sends that often")
    }

    /// Counts a request as cut off by a kill where it was under way when the kill came.
    async fn count_cut(&self, start: u64, begun: Instant, error: &reqwest::Error) {
        let killed = self.killed.lock().unwrap().get(&start).copied();
        if !error.is_connect() && killed.is_some_and(|killed| begun < killed) {
            *self.cut.lock().unwrap().entry(start).or_default() += 1;
        }
    }
}

fn fill(lines: &[Line], nonce: u32, dice: &mut Dice) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for line in lines {
        if !line.required && dice.one_in(3) {
            continue;
        }
        let text = match line.entry {
            Entry::Digits => nonce.to_string(),
            Entry::Words => format!("{} {nonce} {}", dice.word(), dice.word()),
            Entry::Email => format!("visitor{nonce}@example.com"),
            Entry::Money(max) => {
                let cents = dice.below(max as usize) + 1;
                format!("{}.{:02}", cents / 100, cents % 100)
            }
            Entry::Whole(max) => (dice.below(max as usize) + 1).to_string(),
            Entry::YesNo => dice.one_in(2).to_string(),
            Entry::OneOf(all) => all[dice.below(all.len())].0.to_owned(),
        };
        texts.insert(line.attribute.to_owned(), text);
    }
    texts
}

/// Reads the log again: the answers of each conversation, in order.
pub(crate) fn logged(path: &Path) -> BTreeMap<Uuid, Vec<Acknowledged>> {
    let mut all: BTreeMap<Uuid, Vec<Acknowledged>> = BTreeMap::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let line: Acknowledged = serde_json::from_str(line).unwrap();
        all.entry(line.conversation).or_default().push(line);
    }
    all
}

/// Now, as the org's ledger writes it.
pub(crate) fn clock() -> jiff::Timestamp {
    jiff::Timestamp::try_from(SystemTime::now()).unwrap()
}
