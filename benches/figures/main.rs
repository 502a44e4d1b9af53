//! How fast, beside what could be: every figure with its baseline, taken in turns in one run.
//!
//! `cargo bench -p tidegate-benches` runs all subjects, `-- SUBJECT…` some of them. No time is
//! compared with a mark by itself: ratios are, and counts.

mod check;
mod child;
mod durable;
mod editor;
mod expressions;
mod format;
mod generate;
mod http;
mod plan;
mod project;
mod rehearse;
mod relay;
mod report;
mod start;
mod steps;
mod streams;

use std::process::ExitCode;

use report::Report;

type Subject = fn(&mut Report);

const SUBJECTS: [(&str, Subject); 10] = [
    ("expressions", expressions::run),
    ("check", check::run),
    ("editor", editor::run),
    ("format", format::run),
    ("plan", plan::run),
    ("start", start::run),
    ("steps", steps::run),
    ("streams", streams::run),
    ("relay", relay::run),
    ("rehearse", rehearse::run),
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, role, arguments @ ..] = words.as_slice()
        && flag == child::FLAG
    {
        return child::run(role, arguments);
    }
    // `cargo bench` adds `--bench`.
    let wanted: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    if let Some(unknown) =
        wanted.iter().find(|word| !SUBJECTS.iter().any(|(name, _)| name == **word))
    {
        let names: Vec<&str> = SUBJECTS.iter().map(|(name, _)| *name).collect();
        eprintln!("no subject `{unknown}`; there are {}", names.join(", "));
        return ExitCode::from(2);
    }
    for (name, run) in SUBJECTS {
        if wanted.is_empty() || wanted.iter().any(|word| *word == name) {
            let mut report = Report::begin(name);
            run(&mut report);
        }
    }
    ExitCode::SUCCESS
}
