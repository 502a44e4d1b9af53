//! What an edit makes the analyzer do anew.

use super::support::{DECLARATIONS, WORKFLOWS, catalog, inputs};
use crate::analysis::{Analyzer, Stats};

/// Checks a program, then an edited one; gives what the second check did.
fn after(declarations: &str, workflows: &str) -> Stats {
    let catalog = catalog();
    let mut analyzer = Analyzer::new();
    let sources = [("fields.tide", DECLARATIONS), ("support.tide", WORKFLOWS)];
    analyzer.check(&inputs(&catalog, &sources));
    let edited = [("fields.tide", declarations), ("support.tide", workflows)];
    let kept = analyzer.check(&inputs(&catalog, &edited));
    let fresh = Analyzer::new().check(&inputs(&catalog, &edited));
    assert_eq!(kept.diagnostics, fresh.diagnostics, "what is kept changes nothing");
    kept.stats
}

#[test]
fn nothing_is_done_for_nothing() {
    let stats = after(DECLARATIONS, WORKFLOWS);
    assert_eq!((stats.chunks_parsed, stats.workflows_resolved), (0, 0));
    assert_eq!(stats.workflows_checked, 0);
}

#[test]
fn an_edit_of_one_workflow_redoes_that_one() {
    let stats = after(DECLARATIONS, &WORKFLOWS.replace("Take your time.", "No hurry."));
    assert_eq!((stats.chunks_parsed, stats.workflows_resolved), (1, 1));
    assert_eq!(stats.workflows_checked, 1);
}

#[test]
fn lines_above_move_places_and_redo_nothing_below() {
    let stats = after(DECLARATIONS, &format!("// Spoken first.\n{WORKFLOWS}"));
    assert_eq!((stats.chunks_parsed, stats.workflows_resolved), (1, 0));
    assert_eq!(stats.workflows_checked, 0);
}

#[test]
fn a_changed_attribute_redoes_those_that_name_it() {
    let stats = after(&DECLARATIONS.replace("decimal(10, 2)", "decimal(12, 2)"), WORKFLOWS);
    assert_eq!((stats.chunks_parsed, stats.workflows_resolved), (1, 1));
}

#[test]
fn a_changed_push_redoes_those_that_use_it() {
    let stats = after(&DECLARATIONS.replace("\"no product\"", "\"nothing\""), WORKFLOWS);
    assert_eq!((stats.chunks_parsed, stats.workflows_resolved), (1, 2));
}
