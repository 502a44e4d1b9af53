//! However streams are cut, told again and mixed up: what the customer sees in the end is what happened.
//!
//! `TIDEGATE_CHATS=100000` plays so many conversations.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::host::conversation;
use super::truth::{Fact, Truth, View};
use crate::chat::{Author, Content, Entry, EntryId, Feed, Happening, Incoming, Item, Protection};

/// What an org does for who comes back with the last id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replay {
    /// It tells all behind it.
    Behind,
    /// It tells everything, whatever the id.
    Everything,
    /// It tells nothing.
    Nothing,
}

/// What a customer sees, made of items. Kept together with the feed.
#[derive(Debug, Clone, Default)]
struct Screen {
    /// With their times.
    messages: Vec<(i64, (String, String))>,
    seen: View,
}

impl Screen {
    fn show(&mut self, item: Item) {
        let at = item.at.map_or(0, |at| at.as_millisecond());
        let view = &mut self.seen;
        match item.what {
            Happening::Message { from, content, .. } => {
                let from = match from {
                    Author::Agent => "Agent",
                    Author::Bot => "Chatbot",
                    Author::System => "System",
                };
                let (Content::Text(text) | Content::Link { url: text, .. }) = content else {
                    panic!("{content:?}");
                };
                let place = match item.late {
                    true => self.messages.iter().position(|(other, _)| *other > at),
                    false => None,
                };
                let place = place.unwrap_or(self.messages.len());
                self.messages.insert(place, (at, (from.to_owned(), text)));
            }
            Happening::Echo { message } => {
                *view.echoes.entry(message.to_string()).or_default() += 1;
            }
            Happening::Joined { name, .. } => drop(view.present.insert(name.unwrap_or_default())),
            Happening::Left { name, .. } => drop(view.present.remove(&name.unwrap_or_default())),
            Happening::Transferred => view.routed[0] += 1,
            Happening::TransferFailed(_) => view.routed[1] += 1,
            Happening::RoutingFailed(_) => view.routed[2] += 1,
            Happening::QueuePosition(position) => view.positions.push(position),
            Happening::Accepted => self.count(format!("accepted {}", number(&item.entry))),
            Happening::SessionEnded { session, .. } => {
                self.count(format!("ended {}", session.unwrap_or_default()));
            }
            Happening::Closed => self.count("closed".to_owned()),
            Happening::Receipt { message, .. } => self.count(format!("read {message}")),
            Happening::Typing { .. } | Happening::EstimatedWait { .. } => {}
        }
    }

    fn count(&mut self, what: String) {
        *self.seen.fleeting.entry(what).or_default() += 1;
    }

    fn view(&self) -> View {
        let messages = self.messages.iter().map(|(_, message)| message.clone()).collect();
        View { messages, ..self.seen.clone() }
    }
}

fn number(entry: &EntryId) -> &str {
    entry.as_str().trim_start_matches("e-")
}

/// A relay that hears of a conversation in a bad way.
struct Relay<'a> {
    facts: &'a [Fact],
    chance: StdRng,
    replay: Replay,
    feed: Feed,
    screen: Screen,
    /// What would be there after a crash.
    kept: (String, Screen),
    without: Option<Protection>,
    /// Whether what was missed is listed.
    fills: bool,
    /// A piece that was mixed up is under way; it was when what is kept was kept; and that was needed.
    /// What such a piece still owes is not behind the last id, so a stream does not tell it again.
    torn: [bool; 3],
}

impl<'a> Relay<'a> {
    fn new(facts: &'a [Fact], seed: u64, without: Option<Protection>) -> Self {
        let mut chance = StdRng::seed_from_u64(seed);
        let replay = match chance.random_range(0..3) {
            0 => Replay::Behind,
            1 => Replay::Everything,
            _ => Replay::Nothing,
        };
        let mut feed = Feed::new(conversation());
        let kept = (serde_json::to_string(&feed).expect("JSON"), Screen::default());
        feed.without = without;
        let screen = Screen::default();
        Relay { facts, chance, replay, feed, screen, kept, without, fills: true, torn: [false; 3] }
    }

    fn show(&mut self, items: Vec<Item>) {
        items.into_iter().for_each(|item| self.screen.show(item));
        if self.chance.random_bool(0.3) {
            let feed = serde_json::to_string(&self.feed).expect("JSON");
            self.kept = (feed, self.screen.clone());
            self.torn[1] = self.torn[0];
        }
    }

    fn hear(&mut self, indices: &[usize]) {
        let heard: Vec<Incoming> =
            indices.iter().map(|index| self.facts[*index].event.clone()).collect();
        let items = self.feed.hear(heard);
        self.show(items);
    }

    /// A stream breaks, and perhaps the whole relay; `now` facts are there when another stream opens.
    fn come_back(&mut self, now: usize) {
        if self.chance.random_bool(0.2) {
            self.feed = serde_json::from_str(&self.kept.0).expect("a feed");
            self.feed.without = self.without;
            self.screen = self.kept.1.clone();
            self.torn[2] |= self.torn[1];
        }
        let from = self.feed.fill_from();
        let listed = self.facts[..now].iter().filter_map(|fact| fact.entry.clone());
        let mut listed: Vec<Entry> = listed.filter(|entry| entry.at >= from).collect();
        if self.chance.random_bool(0.5) {
            listed.reverse();
        }
        let last = self.feed.last_event_id().and_then(|id| id.parse::<u64>().ok()).unwrap_or(0);
        if self.fills {
            let items = self.feed.fill(listed);
            self.show(items);
        }
        let again: Vec<usize> = match self.replay {
            Replay::Nothing => Vec::new(),
            Replay::Everything => (0..now).collect(),
            Replay::Behind => {
                (0..now).filter(|index| event_id(&self.facts[*index]) > last).collect()
            }
        };
        let mut rest = again.as_slice();
        while !rest.is_empty() {
            let (some, others) = rest.split_at(self.chance.random_range(1..=rest.len()));
            self.hear(some);
            rest = others;
        }
    }

    /// Plays the whole conversation.
    fn play(&mut self) {
        let mut next = 0;
        while next < self.facts.len() {
            if self.chance.random_bool(0.15) {
                // Broken while some things happen.
                next = (next + self.chance.random_range(0..6)).min(self.facts.len());
                self.come_back(next);
                continue;
            }
            let count = self.chance.random_range(1..5).min(self.facts.len() - next);
            let mut some: Vec<usize> = (next..next + count).collect();
            next += count;
            // Told again.
            if self.chance.random_bool(0.2) {
                some.push(self.chance.random_range(0..next));
            }
            let mixed = self.mix(&mut some);
            // In one piece or in several.
            let (last, others) = some.split_last().expect("something");
            if self.chance.random_bool(0.5) {
                self.hear(&some);
            } else {
                self.torn[0] = mixed;
                others.iter().for_each(|index| self.hear(&[*index]));
                self.torn[0] = false;
                self.hear(&[*last]);
            }
        }
        self.come_back(self.facts.len());
    }

    /// Out of order, as far as a host may be that is several machines.
    fn mix(&mut self, some: &mut [usize]) -> bool {
        let mixed = some.len() > 1 && self.chance.random_bool(0.3);
        if mixed {
            let at = self.chance.random_range(1..some.len());
            some.swap(at - 1, at);
        }
        mixed
    }
}

fn event_id(fact: &Fact) -> u64 {
    fact.event.last_event_id.as_ref().and_then(|id| id.parse().ok()).unwrap_or(0)
}

/// What is wrong with what the customer sees in the end.
fn wrong(truth: &Truth, relay: &Relay<'_>) -> Option<String> {
    let (expected, seen) = (&truth.view, relay.screen.view());
    let durable = |view: &View| {
        (view.messages.clone(), view.echoes.clone(), view.present.clone(), view.routed)
    };
    if durable(expected) != durable(&seen) {
        return Some(format!("expected {:#?}\nseen {:#?}", durable(expected), durable(&seen)));
    }
    for (what, count) in &seen.fleeting {
        if *count != 1 || !expected.fleeting.contains_key(what) {
            return Some(format!("{what}: {count} times"));
        }
    }
    if relay.replay == Replay::Everything || (relay.replay == Replay::Behind && !relay.torn[2]) {
        let missing = expected.fleeting.keys().find(|what| !seen.fleeting.contains_key(*what));
        if let Some(what) = missing {
            return Some(format!("{what} is missing"));
        }
    }
    let mut positions = expected.positions.iter();
    let in_order = seen.positions.iter().all(|one| positions.any(|other| other == one));
    (!in_order).then(|| format!("positions {:?} of {:?}", seen.positions, expected.positions))
}

fn played(seed: u64, without: Option<Protection>) -> Result<(), String> {
    played_with(seed, without, true)
}

fn played_with(seed: u64, without: Option<Protection>, fills: bool) -> Result<(), String> {
    let truth = Truth::of(seed);
    let mut relay = Relay::new(&truth.facts, seed ^ 0x5eed, without);
    relay.fills = fills;
    relay.play();
    match wrong(&truth, &relay) {
        Some(what) => Err(format!("conversation {seed} ({:?}): {what}", relay.replay)),
        None => Ok(()),
    }
}

fn conversations() -> u64 {
    let set = std::env::var("TIDEGATE_CHATS").ok().and_then(|text| text.parse().ok());
    set.unwrap_or(1000)
}

#[test]
fn what_the_customer_sees_is_what_happened() {
    for seed in 0..conversations() {
        if let Err(what) = played(seed, None) {
            panic!("{what}");
        }
    }
}

/// The sabotage twins: without any one of its protections, the feed is found out.
#[test]
fn without_a_protection_the_customer_sees_something_else() {
    for without in [Protection::Once, Protection::Order, Protection::Standing] {
        let wrong = (0..200).filter(|seed| played(*seed, Some(without)).is_err()).count();
        assert!(wrong > 20, "{without:?}: {wrong} of 200");
    }
    let wrong = (0..200).filter(|seed| played_with(*seed, None, false).is_err()).count();
    assert!(wrong > 20, "gaps stay: {wrong} of 200");
}
