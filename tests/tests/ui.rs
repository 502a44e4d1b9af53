//! Diagnostics as users read them: each `ui/CODE_slug.tide` is a program with a fault, and the
//! rendering of everything that is reported about it stands beside it. `ui/CODE_slug.md` is an article
//! with a fault.
//!
//! A fixture is checked against the org in `ui/schema`; what it does not declare itself comes from
//! `ui/prelude`. `INSTA_UPDATE=always cargo test -p tidegate-tests --test ui` writes the
//! renderings anew.

#[path = "ui/advice.rs"]
mod advice;
#[path = "ui/choices.rs"]
mod choices;
#[path = "ui/languages.rs"]
mod languages;
#[path = "ui/lets.rs"]
mod lets;
mod program;
#[path = "ui/witnesses.rs"]
mod witnesses;

use std::collections::BTreeSet;

use tidegate_diagnostics::codes;

/// File names of the fixtures, sorted.
fn fixtures() -> BTreeSet<String> {
    std::fs::read_dir(program::ui())
        .expect("the fixtures")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".tide") || name.ends_with(".md"))
        .collect()
}

fn code_of(fixture: &str) -> &str {
    fixture.split('_').next().unwrap_or_default()
}

#[test]
fn every_fixture_reads_as_reviewed() {
    let mut silent = Vec::new();
    for file in fixtures() {
        let fixture = file.split('.').next().unwrap_or_default().to_owned();
        let text = std::fs::read_to_string(program::ui().join(&file)).expect("text");
        let code = codes::find(code_of(&fixture)).expect("a fixture is named after its code");
        let analysis = if code == codes::OTHER_IN_THE_ORG {
            program::drift(code, &file, &text)
        } else if file.ends_with(".md") {
            program::article(&file, &text)
        } else {
            program::check_and_play(&program::catalog(Some(code)), &file, &text)
        };
        if !analysis.diagnostics.iter().any(|found| found.code == code) {
            silent.push(fixture.clone());
        }
        let settings = insta::Settings::clone_current();
        let _bound = with_path(settings).bind_to_scope();
        insta::assert_snapshot!(fixture, program::rendered(&analysis));
    }
    assert!(silent.is_empty(), "the code in the file's name is not reported for {silent:?}");
}

fn with_path(mut settings: insta::Settings) -> insta::Settings {
    settings.set_snapshot_path(program::ui());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

#[test]
fn every_code_has_a_fixture() {
    let fixtures = fixtures();
    let lacking: Vec<&str> = codes::all()
        .map(codes::Code::id)
        .filter(|id| !fixtures.iter().any(|fixture| code_of(fixture) == *id))
        .collect();
    assert!(lacking.is_empty(), "no fixture for {lacking:?}");
}
