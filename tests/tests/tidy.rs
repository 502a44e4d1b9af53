//! The shape of the house: who may know whom, how large a file and a function may grow, and what
//! the pure rooms must not touch.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const MAX_FILE_LINES: usize = 600;
const MAX_FUNCTION_LINES: usize = 70;

/// Every arrow between crates. A new one is a decision: it goes into ARCHITECTURE.md too.
const ARROWS: &[(&str, &[&str])] = &[
    ("schemas", &[]),
    ("diagnostics", &[]),
    ("plan", &["diagnostics"]),
    ("compiler", &["schemas", "diagnostics", "plan"]),
    ("salesforce", &["schemas"]),
    ("runtime/engine", &["plan"]),
    ("runtime/ai", &[]),
    ("package", &["plan", "schemas"]),
    ("project", &["compiler", "schemas", "diagnostics"]),
    ("lsp", &["compiler", "project", "schemas", "diagnostics"]),
    ("runtime/store", &["engine", "plan"]),
    ("simulator", &[]),
    ("runtime/server", &["engine", "ai", "store", "plan", "schemas", "diagnostics", "salesforce"]),
    (
        "cli",
        &[
            "schemas",
            "diagnostics",
            "plan",
            "compiler",
            "salesforce",
            "project",
            "lsp",
            "engine",
            "ai",
            "store",
            "server",
            "simulator",
            "package",
        ],
    ),
];

/// Rooms that must compile for a browser one day, and words that would forbid it.
const PURE: &[&str] =
    &["schemas", "diagnostics", "plan", "compiler", "package", "runtime/engine", "runtime/ai"];
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::thread",
    "std::process",
    "std::env::",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "tokio",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return files };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn members() -> Vec<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let members = manifest["workspace"]["members"].as_array().expect("members");
    members.iter().map(|member| member.as_str().expect("a path").to_owned()).collect()
}

fn own_dependencies(member: &str) -> BTreeSet<String> {
    let path = root().join(member).join("Cargo.toml");
    let manifest: toml::Table =
        fs::read_to_string(path).expect("a manifest").parse().expect("TOML");
    let Some(dependencies) = manifest.get("dependencies").and_then(toml::Value::as_table) else {
        return BTreeSet::new();
    };
    dependencies
        .keys()
        .filter_map(|name| name.strip_prefix("tidegate-"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn crates_know_only_whom_they_may_know() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    for member in
        members().iter().filter(|member| !["tests", "benches", "xtask"].contains(&member.as_str()))
    {
        let allowed: BTreeSet<String> = allowed
            .get(member.as_str())
            .unwrap_or_else(|| panic!("`{member}` is a new room: say whom it may know"))
            .iter()
            .map(|name| (*name).to_owned())
            .collect();
        let known = own_dependencies(member);
        let new: Vec<_> = known.difference(&allowed).collect();
        assert!(new.is_empty(), "`{member}` must not know {new:?}");
    }
}

#[test]
fn files_have_one_subject() {
    let mut too_long = Vec::new();
    for file in members().iter().flat_map(|member| rust_files(&root().join(member))) {
        let lines = fs::read_to_string(&file).expect("text").lines().count();
        if lines > MAX_FILE_LINES {
            too_long.push(format!("{} has {lines} lines", file.display()));
        }
    }
    assert!(too_long.is_empty(), "split these:\n{}", too_long.join("\n"));
}

#[test]
fn functions_fit_a_screen() {
    let mut too_long = Vec::new();
    for file in members().iter().flat_map(|member| rust_files(&root().join(member).join("src"))) {
        let text = fs::read_to_string(&file).expect("text");
        for (name, length) in functions(&text) {
            if length > MAX_FUNCTION_LINES {
                too_long.push(format!("{}: {name} has {length} lines", file.display()));
            }
        }
    }
    assert!(too_long.is_empty(), "split these:\n{}", too_long.join("\n"));
}

/// Functions with their lengths in lines, by the layout that rustfmt gives: a body ends with a
/// brace at the indentation of its `fn`.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let body = line.trim_start();
        let Some(at) = body.find("fn ") else { continue };
        let lead = &body[..at];
        if !lead.split_whitespace().all(|word| word.starts_with("pub") || MODIFIERS.contains(&word))
        {
            continue;
        }
        // What a trait only declares ends with a semicolon.
        let head = lines[start..].iter().find(|line| line.ends_with(['{', '}', ';']));
        if !head.is_some_and(|line| line.ends_with('{')) {
            continue;
        }
        let indentation = &line[..line.len() - body.len()];
        let close = format!("{indentation}}}");
        let Some(length) = lines[start..].iter().position(|line| *line == close) else { continue };
        found.push((body.trim_end_matches(" {").to_owned(), length + 1));
    }
    found
}

const MODIFIERS: &[&str] = &["async", "const", "in", "crate)", "super)"];

#[test]
fn pure_rooms_touch_no_disk_clock_or_thread() {
    let mut found = Vec::new();
    for file in PURE.iter().flat_map(|room| rust_files(&root().join(room).join("src"))) {
        let text = fs::read_to_string(&file).expect("text");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for (number, line) in (1..).zip(code) {
            for word in IMPURE.iter().filter(|word| line.contains(**word)) {
                found.push(format!("{}:{number}: {word}", file.display()));
            }
        }
    }
    assert!(found.is_empty(), "these rooms are pure:\n{}", found.join("\n"));
}

#[test]
fn miette_and_pest_stay_in_their_rooms() {
    let homes = [("miette", "cli/src/render"), ("pest", "compiler/src/syntax")];
    for (word, home) in homes {
        for file in members().iter().flat_map(|member| rust_files(&root().join(member).join("src")))
        {
            let relative = file.strip_prefix(root()).expect("below the root").to_string_lossy();
            let text = fs::read_to_string(&file).expect("text");
            let used =
                text.contains(&format!("{word}::")) || text.contains(&format!("{word}_derive"));
            let own_grammar = word == "pest" && relative.starts_with("simulator/src/soql");
            assert!(
                !used || relative.starts_with(home) || own_grammar,
                "`{word}` is used in {relative}; its only home is {home}"
            );
        }
    }
}

#[test]
fn the_length_of_a_function_is_counted() {
    let text = "impl A {\n    pub(crate) async fn a() {\n        b();\n    }\n}\n\nfn c() {\n}\n\ntrait D {\n    fn d();\n}\n";
    let lengths: Vec<usize> = functions(text).into_iter().map(|(_, length)| length).collect();
    assert_eq!(lengths, [3, 2]);
}
