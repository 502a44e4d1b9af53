//! The thread on which projects are checked, one snapshot after another.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use tidegate_compiler::analysis::{Analysis, Analyzer, Inputs};

use crate::diagnostics::{Found, Shown};

/// The parser goes as deep as a source is nested; this is what the main thread of a process has.
const STACK: usize = 8 * 1024 * 1024;

/// A project as it stands at one moment.
#[derive(Debug)]
pub(crate) struct Job {
    /// Its folder.
    pub(crate) root: PathBuf,
    /// How many changes it has seen.
    pub(crate) revision: u64,
    /// What is checked.
    pub(crate) inputs: Inputs,
    /// How what is found is to be shown.
    pub(crate) shown: Shown,
}

/// What came of one.
#[derive(Debug)]
pub(crate) struct Checked {
    /// The project's folder.
    pub(crate) root: PathBuf,
    /// How many changes it had seen.
    pub(crate) revision: u64,
    /// Everything known; `None` where the check itself failed.
    pub(crate) known: Option<Known>,
}

/// Everything known about a project.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) analysis: Analysis,
    /// How it is shown.
    pub(crate) shown: Shown,
    /// What was found, in the order of the sources.
    pub(crate) found: Vec<Found>,
}

/// Begins the thread. It ends when nobody has a job for it any more.
pub(crate) fn begin() -> io::Result<(Sender<Job>, Receiver<Checked>)> {
    let (jobs, todo) = bounded::<Job>(1);
    let (done, results) = unbounded();
    thread::Builder::new().name("check".to_owned()).stack_size(STACK).spawn(move || {
        let mut analyzers: BTreeMap<PathBuf, Analyzer> = BTreeMap::new();
        for job in todo {
            let analyzer = analyzers.remove(&job.root).unwrap_or_default();
            let (checked, analyzer) = check(job, analyzer);
            analyzers.extend(analyzer.map(|analyzer| (checked.root.clone(), analyzer)));
            if done.send(checked).is_err() {
                return;
            }
        }
    })?;
    Ok((jobs, results))
}

/// A check that panics loses what its analyzer knew, and nothing else.
fn check(job: Job, mut analyzer: Analyzer) -> (Checked, Option<Analyzer>) {
    let Job { root, revision, inputs, shown } = job;
    let known = catch_unwind(AssertUnwindSafe(|| {
        let analysis = analyzer.check(&inputs);
        let found = shown.found(&analysis.diagnostics, &analysis.sources);
        Known { analysis, shown, found }
    }));
    match known {
        Ok(known) => (Checked { root, revision, known: Some(known) }, Some(analyzer)),
        Err(_) => (Checked { root, revision, known: None }, None),
    }
}
