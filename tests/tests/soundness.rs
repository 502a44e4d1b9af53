//! What `check` calls proved does not happen: random programs that it accepts, in random
//! conversations, before an oracle that knows nothing of how it proves.
//!
//! `TIDEGATE_SOUNDNESS=20000` plays so many programs; `TIDEGATE_SOUNDNESS_SEED` begins elsewhere.

#![allow(clippy::expect_used, reason = "a test that can't read its files has failed")]

#[path = "soundness/dice.rs"]
mod dice;
#[path = "soundness/expr.rs"]
mod expr;
#[path = "soundness/oracle.rs"]
mod oracle;
#[path = "soundness/org.rs"]
mod org;
#[allow(dead_code, reason = "it serves other tests too")]
mod program;
#[path = "soundness/program.rs"]
mod random;
#[path = "soundness/rules.rs"]
mod rules;
#[path = "soundness/talk.rs"]
mod talk;

use std::collections::BTreeMap;

use dice::Dice;
use oracle::Oracle;
use random::{Draft, refuses};
use rules::Rule;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_schemas::catalog::Catalog;

/// Programs in an ordinary run.
const PROGRAMS: u64 = 100;
/// Conversations of each.
const TALKS: u64 = 12;
/// So often a program is mended at most.
const MENDED: usize = 40;

/// What came of some programs.
#[derive(Default)]
struct Tally {
    accepted: u64,
    talks: u64,
    events: u64,
    constructs: BTreeMap<&'static str, u64>,
    /// What could not be mended, by code.
    refused: BTreeMap<&'static str, u64>,
    failures: Vec<String>,
}

const CONSTRUCTS: &[&str] = &[
    "say ",
    "ask",
    "choose ",
    "collect ",
    "set ",
    "clear ",
    "let ",
    "if ",
    "else if ",
    "match ",
    "run ",
    "record case",
    "create case",
    "delayed =>",
    "human =>",
    "idle 2m",
    "end because",
    "??",
    "| first",
    "| upper",
    "| round",
    "| label",
    "| mask",
    " / ",
    " matches ",
    "person is known",
    "now",
    "then ",
    "summary to",
    "transcript to",
    "carry none",
    "always ",
    "required",
    "other =>",
];

/// A program, mended until it is accepted but for what is ignored.
fn accepted(base: &Catalog, seed: u64, ignored: &[&str], tally: &mut Tally) -> bool {
    let mut dice = Dice::new(seed);
    let catalog = org::catalog(base, &mut dice);
    let mut draft = Draft::random(&mut dice);
    let rules = Rule::some(&mut dice);
    for _ in 0..MENDED {
        let text = draft.text();
        let mut analysis = org::check(&catalog, &rules, &text);
        if analysis.diagnostics.iter().any(|found| refuses(found, ignored)) {
            if let Err(code) = draft.mend(&analysis, ignored) {
                *tally.refused.entry(code).or_default() += 1;
                return false;
            }
            continue;
        }
        // A twin is let through what it ignores.
        analysis.diagnostics.retain(|found| refuses(found, ignored));
        let sources = analysis.sources.clone();
        let checked = analysis.checked();
        let Ok(checked) = checked else { return false };
        let plan = VerifiedPlan::new(checked.emit());
        let Ok(plan) = plan else {
            tally.failures.push(format!("plan: seed {seed}: {plan:?}\n{text}"));
            return true;
        };
        tally.accepted += 1;
        for construct in CONSTRUCTS.iter().filter(|one| text.contains(**one)) {
            *tally.constructs.entry(construct).or_default() += 1;
        }
        *tally.constructs.entry("require").or_default() += u64::from(!rules.is_empty());
        let oracle = Oracle { plan: &plan, catalog: &catalog, rules: &rules, sources: &sources };
        converse(&oracle, (seed, &text), &mut dice, tally);
        return true;
    }
    false
}

fn converse(oracle: &Oracle<'_>, (seed, text): (u64, &str), dice: &mut Dice, tally: &mut Tally) {
    for _ in 0..TALKS {
        tally.talks += 1;
        let mut log = String::new();
        let played = talk::play(oracle.plan, dice, &mut |before, event, seen| {
            tally.events += 1;
            log += &format!("{event:?}\n");
            for entry in &seen.trace {
                log += &format!("    {}\n", entry.what);
            }
            oracle.look(before, event, seen)
        });
        if let Err(what) = played {
            return tally.failures.push(format!("{what}\nseed {seed}\n{log}\n{text}"));
        }
    }
}

fn variable(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn what_is_proved_does_not_happen() {
    let base = program::catalog(None);
    let mut tally = Tally::default();
    let first = variable("TIDEGATE_SOUNDNESS_SEED", 0);
    let programs = variable("TIDEGATE_SOUNDNESS", PROGRAMS);
    for seed in first..first + programs {
        accepted(&base, seed, &[], &mut tally);
    }
    let Tally { accepted, talks, events, constructs, refused, failures } = tally;
    println!("{accepted} of {programs} programs accepted, {talks} conversations, {events} events");
    for (construct, count) in &constructs {
        println!("{count:6} {construct}");
    }
    println!("refused for good: {refused:?}");
    println!("{} failures", failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n----------------\n"));
    assert!(accepted * 3 > programs, "too few programs are accepted to show anything");
}

/// Lets programs through whose only faults have these codes; the oracle must meet the failure.
fn without(ignored: &[&str], proof: &str) {
    let base = program::catalog(None);
    let mut tally = Tally::default();
    let met = (0..400).any(|seed| {
        accepted(&base, seed, ignored, &mut tally);
        tally.failures.iter().any(|failure| failure.starts_with(proof))
    });
    let other: Vec<&str> = tally.failures.iter().filter_map(|one| one.lines().next()).collect();
    assert!(met, "without {ignored:?} no {proof} in {} programs, but {other:?}", tally.accepted);
}

#[test]
fn without_the_proof_of_blanks_blanks_are_shown() {
    without(&["E0511"], "blank");
}

#[test]
fn without_the_proof_of_completeness_cases_lack_fields() {
    without(&["E0521"], "complete");
}

#[test]
fn without_the_proof_of_completeness_rules_refuse_cases() {
    without(&["E0521"], "complete: refused by a rule");
}

#[test]
fn without_the_proof_of_sizes_values_do_not_fit() {
    without(&["E0531", "E0532"], "size");
}

#[test]
fn without_the_proof_of_lists_values_are_refused() {
    without(&["E0541"], "list");
}

#[test]
fn without_the_proof_of_matches_no_arm_is_taken() {
    without(&["E0501"], "match");
}
