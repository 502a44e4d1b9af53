//! Loading and verifying a large plan, beside checking its sources, and beside reading and hashing.

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use sha2::{Digest as _, Sha256};
use tidegate_compiler::analysis::Analyzer;
use tidegate_plan::codec::PlanFile;

use crate::generate::Project;
use crate::project::{catalog, emitted};
use crate::report::{Mark, Report, in_turns, number};

/// Lines of the project whose plan it is.
const LINES: usize = 20_000;

pub(crate) fn run(report: &mut Report) {
    let inputs = Project::new(LINES, catalog()).inputs();
    let bytes = emitted(&inputs).encode();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.plan");
    fs::write(&path, &bytes).expect("a file");
    let begun = Instant::now();
    black_box(Analyzer::new().check(&inputs));
    let check = begun.elapsed().as_secs_f64() * 1e9;
    let [ours, hashed] = in_turns([
        &mut || {
            let read = fs::read(&path).expect("the file");
            let plan = PlanFile::read(&read).expect("a plan");
            drop(black_box(plan.verify().expect("a sound plan")));
        },
        &mut || {
            let read = fs::read(&path).expect("the file");
            black_box(Sha256::digest(&read));
        },
    ]);
    let millis = |nanos: f64| format!("{} ms", number(nanos / 1e6));
    report.note("size", &format!("{} KiB", number(bytes.len() as f64 / 1024.0)));
    let check_name = format!("cold check {}", millis(check));
    report.ratio("load and verify", &millis(ours), &check_name, ours / check, Mark::AtMost(0.1));
    report.bound("load and verify", ours / 1e6, "ms", Mark::AtMost(5.0));
    report.note("  read and hash alone", &millis(hashed));
}
