//! Fuzz targets, with what each is to be run with.

use std::fs;

use crate::run::{root, step, works};

/// A target, its dictionary, and bytes at most of one input.
const TARGETS: &[(&str, Option<&str>, u32)] = &[
    ("grammar", Some("tide"), 256),
    ("format", Some("tide"), 256),
    ("check", Some("tide"), 512),
    ("plan", None, 4096),
    ("describe", Some("describe"), 1024),
    ("soql", Some("soql"), 256),
    ("http", Some("http"), 512),
    ("sse", Some("sse"), 128),
];

/// Runs one target so many times. What is new goes below `target/`; a crash lies in
/// `fuzz/artifacts/` and is printed with the command that repeats it.
pub(crate) fn run(target: &str, runs: &str) -> Result<(), String> {
    let names: Vec<&str> = TARGETS.iter().map(|(name, ..)| *name).collect();
    let found = TARGETS.iter().find(|(name, ..)| *name == target);
    let (name, dictionary, longest) =
        found.ok_or_else(|| format!("no target `{target}`; there are {}", names.join(", ")))?;
    runs.parse::<u64>().map_err(|_| format!("`{runs}` is no number of executions"))?;
    if !works(&["cargo", "+nightly", "fuzz", "--version"]) {
        return Err("run `rustup toolchain install nightly` and `cargo install cargo-fuzz` first"
            .to_owned());
    }
    let fresh = format!("target/fuzz/{name}");
    fs::create_dir_all(root().join(&fresh)).map_err(|error| format!("{fresh}: {error}"))?;
    let committed = format!("fuzz/corpus/{name}");
    let runs = format!("-runs={runs}");
    let longest = format!("-max_len={longest}");
    let words = dictionary.map(|words| format!("-dict=fuzz/dictionaries/{words}.dict"));
    // Nothing here is `unsafe`, so there is nothing for a sanitizer to find.
    let fuzz = ["cargo", "+nightly", "fuzz", "run", "-s", "none", name, &fresh, &committed, "--"];
    let flags = [&runs, &longest, "-rss_limit_mb=2048", "-timeout=10", "-print_final_stats=1"];
    let mut command = [&fuzz[..], &flags].concat();
    command.extend(words.as_deref());
    step(&format!("Fuzz: {name}"), ".", &command)
}
