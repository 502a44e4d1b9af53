//! What the canonical style promises: for every source of the house, for damaged ones, and for random
//! programs laid out by chance.
//!
//! `TIDEGATE_FMT=10000` writes so many programs, and damages every byte of every source.

#[allow(dead_code, reason = "it serves other tests too")]
#[path = "soundness/constructs.rs"]
mod constructs;
#[path = "soundness/dice.rs"]
mod dice;
#[allow(dead_code, reason = "it serves other tests too")]
#[path = "soundness/expr.rs"]
mod expr;
#[path = "format/mess.rs"]
mod mess;
#[path = "soundness/org.rs"]
mod org;
#[allow(dead_code, reason = "it serves other tests too")]
mod program;
#[allow(dead_code, reason = "it serves other tests too")]
#[path = "soundness/program.rs"]
mod random;
#[allow(dead_code, reason = "it serves other tests too")]
#[path = "soundness/rules.rs"]
mod rules;
#[expect(unreachable_pub, reason = "it is a module of the fuzz targets' library")]
#[allow(dead_code, reason = "it serves the fuzz target too")]
#[path = "../../fuzz/src/format.rs"]
mod target;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use constructs::CONSTRUCTS;
use dice::Dice;
use mess::{Manner, mess};
use random::{Draft, refuses};
use rules::Rule;
use target::holds;
use tidegate_compiler::analysis::Analysis;
use tidegate_compiler::syntax::chunks;
use tidegate_compiler::syntax::format::format;
use tidegate_diagnostics::{SourceId, Span};
use tidegate_schemas::catalog::Catalog;

/// Programs in an ordinary run.
const PROGRAMS: u64 = 200;
/// So often a program is mended at most.
const MENDED: usize = 40;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

/// The `.tide` files below some folders.
fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut waiting: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "tide") {
                let text = fs::read_to_string(&path).expect("text");
                files.push((path, text));
            }
        }
    }
    assert!(files.len() >= folders.len(), "files below {folders:?}");
    files
}

/// What users see first, and what tests show as ordinary programs.
const IN_STYLE: [&str; 5] = [
    "examples",
    "project/templates",
    "tests/ui/prelude",
    "tests/tests/flips",
    "tests/tests/runtime",
];
/// How everything is written, and how nothing should be.
const PAIRS: &str = "compiler/src/syntax/format/tests/pairs";

#[test]
fn the_sources_of_the_house_are_in_the_style() {
    for (path, text) in sources(&IN_STYLE) {
        assert_eq!(format(&text).text, text, "run `tidegate fmt {}`", path.display());
    }
}

#[test]
fn every_fixture_keeps_what_it_is() {
    let all = sources(&["tests/ui", "compiler/src/syntax/tests", PAIRS]);
    for (path, text) in all {
        for text in [text.replace('\n', "\r\n"), text.trim_end().to_owned(), text] {
            holds(&text).unwrap_or_else(|what| panic!("{}: {what}", path.display()));
        }
    }
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Every truncation and every lost character of the items of some files, or each so many of them.
fn damage(folders: &[&str], step: usize) {
    let step = if variable("TIDEGATE_FMT").is_some() { 1 } else { step };
    for (path, text) in sources(folders) {
        for chunk in chunks(&text) {
            let places = chunk.text.char_indices().enumerate();
            for (_, (at, letter)) in places.filter(|(place, _)| place % step == 0) {
                let rest = &chunk.text[at + letter.len_utf8()..];
                for text in [chunk.text[..at].to_owned(), format!("{}{rest}", &chunk.text[..at])] {
                    holds(&text).unwrap_or_else(|what| panic!("{} {at}: {what}", path.display()));
                }
            }
        }
    }
}

#[test]
fn damaged_examples_keep_what_they_are() {
    damage(&["examples"], 17);
}

#[test]
fn damaged_files_in_no_style_keep_what_they_are() {
    damage(&["compiler/src/syntax/tests", PAIRS], 11);
}

/// What came of some programs.
#[derive(Default)]
struct Tally {
    programs: u64,
    accepted: u64,
    constructs: BTreeMap<&'static str, u64>,
    failures: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.programs += other.programs;
        self.accepted += other.accepted;
        for (construct, count) in other.constructs {
            *self.constructs.entry(construct).or_default() += count;
        }
        self.failures.extend(other.failures);
    }
}

/// A plan without the places in the sources.
fn plan(analysis: Analysis) -> Option<Vec<u8>> {
    let mut plan = analysis.checked().ok()?.emit();
    let nowhere = Span { source: SourceId(0), start: 0, end: 0 };
    plan.sources.clear();
    plan.steps.iter_mut().for_each(|step| step.span = nowhere);
    for push in &mut plan.pushes {
        push.fields.iter_mut().for_each(|line| line.span = nowhere);
    }
    for push in &mut plan.channels {
        push.entries.iter_mut().for_each(|line| line.span = nowhere);
    }
    plan.requirements.iter_mut().for_each(|requirement| requirement.span = nowhere);
    Some(plan.encode())
}

/// A random program and its org, mended until it is accepted, or can't be.
fn drafted(
    base: &Catalog,
    dice: &mut Dice,
) -> (String, Option<Vec<u8>>, impl Fn(&str) -> Analysis + use<>) {
    let catalog = org::catalog(base, dice);
    let mut draft = Draft::random(dice);
    let rules = Rule::some(dice);
    let check = move |text: &str| org::check(&catalog, &rules, text);
    for _ in 0..MENDED {
        let text = draft.text();
        let analysis = check(&text);
        if !analysis.diagnostics.iter().any(|found| refuses(found, &[])) {
            return (text, plan(analysis), check);
        }
        if draft.mend(&analysis, &[]).is_err() {
            break;
        }
    }
    (draft.text(), None, check)
}

/// What one program shows that does not hold.
fn look(base: &Catalog, seed: u64, tally: &mut Tally) -> Result<(), String> {
    let mut dice = Dice::new(seed);
    let (text, before, check) = drafted(base, &mut dice);
    tally.programs += 1;
    for construct in CONSTRUCTS.iter().filter(|one| text.contains(**one)) {
        *tally.constructs.entry(construct).or_default() += 1;
    }
    let once = holds(&text)?;
    let moved = mess(&text, Manner::Layout, &mut dice);
    let other = holds(&moved)?;
    if other != once {
        return Err(format!("the layout is seen\n---- one\n{once}\n---- other\n{moved}\n{other}"));
    }
    let full = mess(&text, Manner::Comments, &mut dice);
    let full = holds(&full)?;
    if let Some(before) = before {
        tally.accepted += 1;
        for text in [&once, &full] {
            if plan(check(text)).as_ref() != Some(&before) {
                return Err(format!("another plan\n{text}"));
            }
        }
    }
    Ok(())
}

#[test]
fn random_programs_keep_their_plans_however_they_are_laid_out() {
    let base = program::catalog(None);
    let wanted = variable("TIDEGATE_FMT").unwrap_or(PROGRAMS);
    let next = AtomicU64::new(0);
    let whole = Mutex::new(Tally::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut tally = Tally::default();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= wanted {
                        return whole.lock().expect("no panic").add(tally);
                    }
                    if let Err(what) = look(&base, seed, &mut tally) {
                        tally.failures.push(format!("seed {seed}: {what}"));
                    }
                }
            });
        }
    });
    let Tally { programs, accepted, constructs, failures } = whole.into_inner().expect("no panic");
    let percent = |count: u64| 100.0 * count as f64 / programs as f64;
    println!("{programs} programs, {:.1} % pass their check", percent(accepted));
    for construct in CONSTRUCTS.iter().filter(|one| !one.starts_with("map: ")) {
        let count = constructs.get(construct).copied().unwrap_or(0);
        println!("{:5.1} % {construct:?}", percent(count));
    }
    assert!(failures.is_empty(), "{} failures, {}", failures.len(), failures[0]);
    assert!(accepted * 2 > programs, "too few programs are accepted");
}
