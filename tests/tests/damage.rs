//! Damaged examples: each file cut off at a place, and each with one character lost. Nothing panics,
//! what the damage doesn't touch is understood as before, and what it changes is either reported or
//! changes what the program or its tests do.
//!
//! `TIDEGATE_DAMAGE=1` damages every place; else each so many are.

#![allow(clippy::expect_used, reason = "a test that can't read its files has failed")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tidegate_compiler::analysis::{Analysis, Analyzer, Inputs};
use tidegate_compiler::syntax::ast::Item;
use tidegate_diagnostics::{Diagnostic, SourceId, SourceMap, SourceText};
use tidegate_plan::diff::diff;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_project::manifest::Manifest;
use tidegate_project::{schema_folder, sources};

/// In an ordinary run, one place of so many.
const STEP: usize = 211;

/// What came of a damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    /// It is an error.
    Refused,
    /// Something else is told than of the file as it was.
    Told,
    /// The plan or the tests do something else.
    Different,
    /// Comments and blanks alone have changed.
    Layout,
}

struct Example {
    folder: PathBuf,
    inputs: Inputs,
    whole: Analysis,
}

impl Example {
    fn read(folder: PathBuf) -> Self {
        let manifest = std::fs::read_to_string(folder.join("tidegate.toml")).expect("a manifest");
        let manifest = Manifest::parse(&manifest).expect("a manifest that is right");
        let inputs = Inputs {
            sources: sources::read(&folder).expect("sources"),
            catalog: Arc::new(schema_folder::read(&folder).expect("a schema")),
            settings: manifest.settings(),
        };
        let whole = Analyzer::new().check(&inputs);
        assert!(!whole.has_errors(), "{}", folder.display());
        Self { folder, inputs, whole }
    }

    /// Damages every place of a file that is chosen, and counts what came of it.
    fn damage(&self, file: SourceId, step: usize, count: &mut BTreeMap<Seen, usize>) {
        let text = self.inputs.sources.get(file).expect("a file").text.clone();
        let mut analyzer = Analyzer::new();
        analyzer.check(&self.inputs);
        for (_, (at, letter)) in
            text.char_indices().enumerate().filter(|(place, _)| place % step == 0)
        {
            let end = at + letter.len_utf8();
            let cut = text[..at].to_owned();
            let lost = format!("{}{}", &text[..at], &text[end..]);
            for (damaged, to) in [(cut, text.len()), (lost, end)] {
                let analysis = analyzer.check(&self.with(file, &damaged));
                self.kept(file, (at, to), &analysis);
                let seen = self.seen(analysis, (&text, &damaged));
                let seen = seen.unwrap_or_else(|| {
                    panic!("nothing is said of {file:?} of {}, {at}", self.folder.display())
                });
                *count.entry(seen).or_default() += 1;
            }
        }
    }

    fn with(&self, file: SourceId, damaged: &str) -> Inputs {
        let source = |(id, source): (SourceId, &SourceText)| {
            let text = if id == file { damaged.to_owned() } else { source.text.clone() };
            SourceText { name: source.name.clone(), text }
        };
        let sources = SourceMap::new(self.inputs.sources.iter().map(source).collect());
        Inputs { sources, ..self.inputs.clone() }
    }

    /// Every item that the damage doesn't touch is there as it was.
    fn kept(&self, file: SourceId, (from, to): (usize, usize), damaged: &Analysis) {
        let of_file = |analysis: &Analysis| {
            let items = analysis.written().filter(|its| its.source == file);
            items.map(|its| (its.start as usize, its.parsed.item.clone())).collect::<Vec<_>>()
        };
        let rest = of_file(damaged);
        let items = of_file(&self.whole);
        for (at, (start, item)) in items.iter().enumerate() {
            let end = items.get(at + 1).map_or(usize::MAX, |(next, _)| *next);
            // The comments above an item are its own: a line more or less among them moves it.
            let touched = *start <= to + 2 && from <= end;
            if !touched && *item != Item::Nothing {
                let kept = rest.iter().any(|(_, other)| other == item);
                assert!(kept, "an item of {file:?} at {start} is lost by damage at {from}");
            }
        }
    }

    fn seen(&self, damaged: Analysis, (before, after): (&str, &str)) -> Option<Seen> {
        if damaged.has_errors() {
            return Some(Seen::Refused);
        }
        let told = |its: &Diagnostic| (its.code.id(), its.message.clone());
        let before_it: Vec<_> = self.whole.diagnostics.iter().map(told).collect();
        if damaged.diagnostics.iter().map(told).collect::<Vec<_>>() != before_it {
            return Some(Seen::Told);
        }
        let (plan, tests) = emitted(&self.whole);
        let (other, other_tests) = emitted(&damaged);
        if !diff(&plan, &other).equal || tests != other_tests {
            return Some(Seen::Different);
        }
        (bare(before) == bare(after)).then_some(Seen::Layout)
    }
}

/// The plan, and what the tests do by their names and lines.
fn emitted(analysis: &Analysis) -> (VerifiedPlan, Vec<String>) {
    let checked = analysis.clone().checked().unwrap_or_else(|_| panic!("it has no errors"));
    let (plan, rehearsals) = checked.emit_with_tests();
    let tests = rehearsals.tests.iter().map(|test| {
        let acts: Vec<_> = test.lines.iter().map(|line| &line.act).collect();
        format!("{} {acts:?}", test.name)
    });
    (VerifiedPlan::new(plan).expect("our own plans verify"), tests.collect())
}

/// A text without comments, blanks and commas, which lines may end with or not.
fn bare(text: &str) -> String {
    let mut bare = String::new();
    for line in text.lines() {
        let mut quoted = false;
        let code = line.char_indices().find(|(at, letter)| {
            quoted ^= *letter == '"';
            !quoted && line[*at..].starts_with("//")
        });
        let code = code.map_or(line, |(at, _)| &line[..at]);
        bare.extend(code.chars().filter(|letter| !letter.is_whitespace() && *letter != ','));
    }
    bare
}

#[test]
fn damaged_examples_are_reported_and_the_rest_is_kept() {
    let step = if std::env::var_os("TIDEGATE_DAMAGE").is_some() { 1 } else { STEP };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let entries = std::fs::read_dir(folder).expect("the examples");
    let mut count = BTreeMap::new();
    for entry in entries {
        let example = Example::read(entry.expect("an entry").path());
        let files = example.inputs.sources.iter();
        for (file, _) in files.filter(|(_, source)| source.name.ends_with(".tide")) {
            example.damage(file, step, &mut count);
        }
    }
    println!("{count:?}");
    let share = |seen| count.get(&seen).copied().unwrap_or(0);
    assert!(share(Seen::Refused) > share(Seen::Different), "{count:?}");
}
