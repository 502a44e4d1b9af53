//! The fuzz targets' corpora, replayed: what was found once stays mended.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

#[expect(unreachable_pub, reason = "they are a library for the fuzz targets")]
#[path = "../../fuzz/src/lib.rs"]
mod targets;

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 8] = [
    ("grammar", targets::grammar::run),
    ("format", targets::format::run),
    ("check", targets::check::run),
    ("plan", targets::plan::run),
    ("describe", targets::describe::run),
    ("soql", targets::soql::run),
    ("http", targets::http::run),
    ("sse", targets::sse::run),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus")
}

fn inputs(target: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder().join(target)).expect("a corpus");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

#[test]
fn every_input_of_every_corpus_is_survived() {
    for (name, run) in TARGETS {
        let files = inputs(name);
        assert!(files.len() > 2, "the corpus of `{name}` is empty");
        for file in files {
            let data = fs::read(&file).expect("an input");
            let survived = catch_unwind(AssertUnwindSafe(|| run(&data)));
            assert!(survived.is_ok(), "`{name}` breaks on {}", file.display());
        }
    }
}

/// A corpus that never gets past the first look of what it is for would show nothing.
#[test]
fn corpora_reach_what_they_are_for() {
    let taken = |target: &str, is: fn(&[u8]) -> bool| {
        inputs(target).iter().filter(|file| is(&fs::read(file).expect("an input"))).count()
    };
    assert!(taken("plan", targets::plan::is_taken) >= 3, "no plan is taken");
    assert!(taken("soql", targets::soql::is_answered) >= 10, "no query is answered");
    assert!(taken("http", targets::http::is_taken) >= 4, "no request is taken");
    assert!(taken("describe", targets::describe::is_read) >= 20, "no describe is read");
    assert!(taken("format", targets::format::is_changed) >= 4, "nothing sound is changed");
    assert!(taken("check", targets::check::passes) >= 5, "no program passes");
}

#[test]
fn every_target_has_a_corpus_and_a_replay() {
    let entries = fs::read_dir(folder()).expect("the corpora");
    let mut corpora: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    corpora.sort();
    let mut names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(corpora, names);
}
