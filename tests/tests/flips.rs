//! A plan that somebody changed and hashed again: refused, or as harmless as any other plan.
//!
//! Every bit of the contents of a plan that uses all of Tide is flipped, the hash is made right, and
//! the file goes through the door that the server has. What is accepted plays random lists of
//! events, half of them sensible, half made up; none may panic, run longer than the plan's own
//! bound, come to a state that the plan cannot lead to, or say without end.
//!
//! Plans that differ only in what no step looks at (sources, places, requirements, names that are
//! hashed, words that are shown as they are) play together: one of them plays for all.
//!
//! `TIDEGATE_FLIPS=10000` plays so many lists with each.

#[path = "soundness/dice.rs"]
mod dice;
#[allow(dead_code, reason = "it serves other tests too")]
mod program;
#[allow(dead_code, reason = "it serves other tests too")]
#[path = "soundness/talk.rs"]
mod talk;

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use dice::Dice;
use sha2::{Digest, Sha256};
use talk::Manner;
use tidegate_diagnostics::{SourceId, Span};
use tidegate_engine::message::Message;
use tidegate_engine::state::{Conversation, MAX_INBOX, MAX_SAID, Said};
use tidegate_engine::transition::Transition;
use tidegate_plan::codec::{CodecError, FORMAT, OLDEST, PlanFile};
use tidegate_plan::model::{Attribute, Owner, Plan, Space};
use tidegate_plan::value::salesforce_length;
use tidegate_plan::verify::{VerifiedPlan, VerifyError};

/// Bytes before the contents.
const HEADER: usize = 48;
/// Lists of events that each accepted plan plays in an ordinary run.
const LISTS: u64 = 1;
/// Bytes at most of one text, as the engine says.
const MAX_TEXT: usize = 1 << 20;

/// Events at most in a list.
const EVENTS: usize = 16;

/// A plan that uses all of Tide, as its file.
fn rich() -> Vec<u8> {
    let catalog = program::catalog(None);
    let text = include_str!("flips/rich.tide");
    let analysis = program::check_alone(&catalog, "r.tide", text);
    let found: Vec<String> = analysis
        .diagnostics
        .iter()
        .map(|found| tidegate_diagnostics::render_short(found, &analysis.sources))
        .collect();
    let checked = analysis.checked().unwrap_or_else(|_| panic!("{}", found.join("\n")));
    checked.emit().encode()
}

/// Why the server's door stays shut.
#[derive(Debug)]
enum Refused {
    Unreadable(CodecError),
    Unsound(VerifyError),
}

impl Refused {
    fn name(&self) -> &'static str {
        match self {
            Self::Unreadable(error) => error.name(),
            Self::Unsound(error) => error.name,
        }
    }
}

/// What the server does with a file: read it, verify it.
fn load(file: &[u8]) -> Result<VerifiedPlan, Refused> {
    PlanFile::read(file).map_err(Refused::Unreadable)?.verify().map_err(Refused::Unsound)
}

/// The file of some contents, in the format that they need.
fn rehashed(contents: &[u8]) -> Vec<u8> {
    let mut files = (OLDEST..=FORMAT).map(|format| file_in(format, contents));
    let read = files.find(|file| Plan::decode(file).is_ok());
    read.unwrap_or_else(|| file_in(FORMAT, contents))
}

fn file_in(format: u32, contents: &[u8]) -> Vec<u8> {
    let mut file = b"TIDEPLAN".to_vec();
    file.extend_from_slice(&format.to_be_bytes());
    file.extend_from_slice(&u32::try_from(contents.len()).unwrap().to_be_bytes());
    file.extend_from_slice(&Sha256::digest(contents));
    file.extend_from_slice(contents);
    file
}

#[derive(Default)]
struct Tally {
    refused: BTreeMap<&'static str, u64>,
    accepted: u64,
    played: u64,
    lists: u64,
    events: u64,
    failures: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        for (name, count) in other.refused {
            *self.refused.entry(name).or_default() += count;
        }
        self.accepted += other.accepted;
        self.played += other.played;
        self.lists += other.lists;
        self.events += other.events;
        self.failures.extend(other.failures);
    }
}

/// What is wrong with a transition.
fn look(plan: &VerifiedPlan, before: &Conversation, seen: &Transition) -> Result<(), String> {
    let must = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
    if let Some(fault) = seen.fault {
        return Err(fault.name().to_owned());
    }
    let next = &seen.next;
    // A wait for words may be passed, and the end says something too.
    let most = usize::try_from(plan.bound()).unwrap_or(usize::MAX).saturating_mul(2) + 8;
    must(seen.messages.len() <= most, "too many messages")?;
    must(seen.effects.len() <= most, "too many effects")?;
    must(seen.trace.len() <= 4 * most + plan.attributes.len(), "too long a trace")?;
    must(next.messages == before.messages + seen.messages.len() as u64, "messages miscounted")?;
    must(next.frames.len() <= 2 * plan.workflows.len() + 2, "too many frames")?;
    must(next.inbox.len() <= MAX_INBOX, "too large an inbox")?;
    must(next.slots.is_empty() || next.slots.len() == plan.attributes.len(), "other slots")?;
    let said: usize = next.said.iter().map(Said::text).map(salesforce_length).sum();
    must(said <= MAX_SAID, "too much is remembered")?;
    let longest = seen.messages.iter().map(|message| match message {
        Message::Said { text, .. } | Message::Noted { text } => text.len(),
        Message::Choices { prompt, choices, .. } => {
            prompt.len() + choices.iter().map(String::len).sum::<usize>()
        }
        Message::Form { title, .. } => title.as_ref().map_or(0, String::len),
        _ => 0,
    });
    must(longest.max().unwrap_or(0) <= MAX_TEXT * 4, "too long a text")
}

/// The name of a plan without what no step looks at: it is copied, hashed or not read at all.
fn class(plan: &VerifiedPlan) -> String {
    let mut plan: Plan = Plan::clone(plan);
    let nowhere = Span { source: SourceId(0), start: 0, end: 0 };
    plan.compiler.clear();
    plan.org_id.clear();
    plan.sources.clear();
    plan.requirements.clear();
    for (at, step) in plan.steps.iter_mut().enumerate() {
        step.span = nowhere;
        step.id = at.to_string();
    }
    plan.workflows.iter_mut().for_each(|workflow| workflow.name.clear());
    for push in &mut plan.pushes {
        push.name.clear();
        push.object.clear();
        push.key_field.clear();
        push.record_type = None;
        push.fields.iter_mut().for_each(|line| line.span = nowhere);
        push.owner.iter_mut().for_each(|choice| choice.owner = Owner::AssignmentRules);
    }
    let paths: HashSet<String> = plan.attributes.iter().map(Attribute::path).collect();
    let distinct = paths.len() == plan.attributes.len();
    for (at, attribute) in plan.attributes.iter_mut().enumerate() {
        attribute.label.clear();
        // Forms are keyed by it, and some of the session's are looked up by it.
        if distinct && attribute.space != Space::Session {
            attribute.name = at.to_string();
        }
    }
    for field in plan.forms.iter_mut().flat_map(|form| &mut form.fields) {
        field.label.clear();
        field.help = None;
        field.matches.iter_mut().for_each(|(_, message)| message.clear());
    }
    plan.hash()
}

/// Plays lists of events; what goes wrong is a failure with the seed.
fn play(plan: &VerifiedPlan, what: &str, seed: u64, lists: u64, tally: &mut Tally) {
    for list in 0..lists {
        tally.lists += 1;
        let seed = seed.wrapping_mul(1 << 20).wrapping_add(list);
        let mut events = 0;
        let mut dice = Dice::new(seed);
        let manner =
            Manner { events: 2 + dice.below(EVENTS - 1), garbage: 40, longest: 60, tries: 1 };
        let played = catch_unwind(AssertUnwindSafe(|| {
            talk::play(plan, manner, &mut dice, &mut |before, event, seen| {
                events += 1;
                look(plan, before, seen).map_err(|what| format!("{what} at {event:?}"))
            })
        }));
        tally.events += events;
        match played {
            Ok(Ok(())) => {}
            Ok(Err(why)) => return tally.failures.push(format!("{what}, seed {seed}: {why}")),
            Err(_) => return tally.failures.push(format!("{what}, seed {seed}: a panic")),
        }
    }
}

fn flip(contents: &[u8], bit: usize, lists: u64, classes: &Classes, tally: &mut Tally) {
    let mut spoiled = contents.to_vec();
    spoiled[bit / 8] ^= 1 << (bit % 8);
    let file = rehashed(&spoiled);
    match catch_unwind(AssertUnwindSafe(|| load(&file))) {
        Ok(Ok(plan)) => {
            tally.accepted += 1;
            if plan.encode() != file {
                tally.failures.push(format!("bit {bit}: written otherwise than read"));
            }
            if classes.lock().unwrap().insert(class(&plan)) {
                tally.played += 1;
                play(&plan, &format!("bit {bit}"), bit as u64, lists, tally);
            }
        }
        Ok(Err(refused)) => *tally.refused.entry(refused.name()).or_default() += 1,
        Err(_) => tally.failures.push(format!("bit {bit}: a panic while it is loaded")),
    }
}

type Classes = Mutex<HashSet<String>>;

/// All bits, on as many threads as there are.
fn flip_all(contents: &[u8], lists: u64) -> Tally {
    let next = AtomicUsize::new(0);
    let whole = Mutex::new(Tally::default());
    let classes = Classes::default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut tally = Tally::default();
                loop {
                    let bit = next.fetch_add(1, Ordering::Relaxed);
                    if bit >= contents.len() * 8 {
                        return whole.lock().unwrap().add(tally);
                    }
                    flip(contents, bit, lists, &classes, &mut tally);
                }
            });
        }
    });
    whole.into_inner().unwrap()
}

#[test]
fn every_bit_flipped_and_hashed_again_is_refused_or_harmless() {
    let lists = std::env::var("TIDEGATE_FLIPS").ok().and_then(|text| text.parse().ok());
    let lists = lists.unwrap_or(LISTS);
    let file = rich();
    let contents = &file[HEADER..];
    let Tally { refused, accepted, played, lists, events, failures } = flip_all(contents, lists);
    let total: u64 = refused.values().sum();
    println!("{} bytes, {} bits flipped one by one", contents.len(), contents.len() * 8);
    println!("{total} refused: {refused:?}");
    println!("{accepted} accepted, {played} that differ in what a step looks at");
    println!("{lists} lists of events, {events} events");
    println!("{} failures", failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(total + accepted, contents.len() as u64 * 8);
    assert!(accepted > 0 && refused.len() > 5, "too little was tried");
}

/// Each check of the verifier off in turn. A release build has no way to do that.
#[cfg(debug_assertions)]
mod twins {
    use tidegate_plan::model::Expr;
    use tidegate_plan::verify::Check;

    use super::*;

    /// Plays what only one check refuses, until the same look finds a failure.
    fn without(check: Check) {
        let file = rich();
        let contents = &file[HEADER..];
        let mut tally = Tally::default();
        let mut bits = 0;
        for bit in 0..contents.len() * 8 {
            let Some(plan) =
                catch_unwind(|| let_through(contents, bit, check)).unwrap_or_else(|_| {
                    tally.failures.push(format!("bit {bit}: a panic while it is loaded"));
                    None
                })
            else {
                continue;
            };
            bits += 1;
            play(&plan, &format!("bit {bit}"), bit as u64, 4, &mut tally);
            if let [failure, ..] = &tally.failures[..] {
                return println!("without {check:?}: {failure}, the {bits}th that it lets through");
            }
        }
        panic!("without {check:?} nothing goes wrong in {bits} plans");
    }

    /// The plan with a bit flipped, where this check alone would have refused it.
    fn let_through(contents: &[u8], bit: usize, check: Check) -> Option<VerifiedPlan> {
        let mut spoiled = contents.to_vec();
        spoiled[bit / 8] ^= 1 << (bit % 8);
        let plan = Plan::decode(&rehashed(&spoiled)).ok()?;
        VerifiedPlan::new(plan.clone()).err()?;
        // An expression that is its own operand would take the whole process with it.
        let in_order = |(at, expression): (usize, &Expr)| {
            expression.operands().all(|operand| operand.index() < at)
        };
        let ends = plan.expressions.iter().enumerate().all(in_order);
        ends.then(|| VerifiedPlan::without(check, plan).ok()).flatten()
    }

    #[test]
    fn without_the_check_of_tables_something_goes_wrong() {
        without(Check::Tables);
    }

    #[test]
    fn without_the_check_of_expressions_something_goes_wrong() {
        without(Check::Expressions);
    }

    #[test]
    fn without_the_check_of_forms_something_goes_wrong() {
        without(Check::Forms);
    }

    #[test]
    fn without_the_check_of_flow_something_goes_wrong() {
        without(Check::Flow);
    }
}
