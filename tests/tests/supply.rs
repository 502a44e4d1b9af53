//! What we depend on: licences and sources, by the rules of `deny.toml`.
//!
//! The same file drives `cargo deny check` where that is installed; this needs nothing but cargo.

use std::fs;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

fn packages() -> Vec<serde_json::Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let answer = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .output()
        .expect("cargo");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&answer.stdout).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

fn rules() -> toml::Table {
    fs::read_to_string(root().join("deny.toml")).expect("deny.toml").parse().expect("TOML")
}

/// Whether an SPDX expression can be met with allowed licences. `a/b` is the old way to write OR.
fn allowed(expression: &str, licences: &[&str]) -> bool {
    let expression = expression.replace(['(', ')'], " ").replace('/', " OR ");
    expression
        .split(" AND ")
        .all(|all_of| all_of.split(" OR ").any(|one_of| licences.contains(&one_of.trim())))
}

#[test]
fn every_licence_is_allowed() {
    let rules = rules();
    let licences = rules["licenses"]["allow"].as_array().expect("a list");
    let licences: Vec<&str> = licences.iter().map(|l| l.as_str().expect("text")).collect();
    let refused: Vec<String> = packages()
        .iter()
        .filter(|package| !allowed(package["license"].as_str().unwrap_or("none"), &licences))
        .map(|package| format!("{} is under {}", package["name"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn every_source_is_the_registry_or_this_workspace() {
    for package in packages() {
        let source = package["source"].as_str().unwrap_or("registry+");
        assert!(source.starts_with("registry+"), "{} comes from {source}", package["name"]);
    }
}

#[test]
fn banned_crates_stay_out() {
    let rules = rules();
    let banned = rules["bans"]["deny"].as_array().expect("a list");
    let banned: Vec<&str> = banned.iter().map(|b| b["crate"].as_str().expect("a name")).collect();
    for package in packages() {
        let name = package["name"].as_str().expect("a name");
        assert!(!banned.contains(&name), "`{name}` is banned");
    }
}

#[test]
fn licence_expressions_are_understood() {
    assert!(allowed("MIT OR GPL-3.0", &["MIT"]));
    assert!(allowed("MIT/Apache-2.0", &["Apache-2.0"]));
    assert!(!allowed("MIT AND GPL-3.0", &["MIT"]));
    assert!(allowed("(MIT OR Apache-2.0) AND Unicode-3.0", &["MIT", "Unicode-3.0"]));
    assert!(!allowed("none", &["MIT"]));
}
