//! The work grows with the program, not with its ways.

use std::fmt::Write as _;

use super::support::DECLARATIONS;
use crate::analysis::Analyzer;
use crate::analysis::tests::support::{catalog, inputs};
use crate::check::{Cache, Proofs, run};

fn proofs(workflows: &str) -> Proofs {
    let catalog = catalog();
    let sources = [("fields.tide", DECLARATIONS), ("flow.tide", workflows)];
    let analysis = Analyzer::new().check(&inputs(&catalog, &sources));
    run(&analysis.program, &catalog, &mut Cache::default())
}

/// Workflows that run the one below twice, so deep.
fn nested(depth: usize) -> String {
    let mut text = String::from("workflow w0 {\n  on open\n  ask\n");
    for level in 1..depth {
        let name = format!("w{level}");
        let _ = write!(text, "  if person is known {{ run {name} }}\n  run {name}\n");
        if level == 1 {
            text.push_str("  create case using open_case\n  defaults {\n    idle 5m => end\n  }\n");
        }
        let _ = write!(text, "}}\n\nworkflow {name} {{\n  say \"Hi.\"\n");
    }
    text.push_str("}\n");
    text
}

/// A workflow of so many branches, each of which sets something or not.
fn branches(count: usize) -> String {
    let mut text = String::from("workflow main {\n  on open\n  ask\n");
    for at in 0..count {
        let _ = write!(
            text,
            "  if person.Email is set {{\n    set conversation.Subject = \"{at}\"\n  }}\n"
        );
    }
    text.push_str("  create case using open_case\n  defaults {\n    idle 5m => say \"Hm?\"\n");
    text.push_str("    idle 9m => end\n  }\n}\n");
    text
}

#[test]
fn each_node_is_performed_a_few_times_whatever_the_nesting() {
    for depth in [4, 12, 40] {
        let proofs = proofs(&nested(depth));
        assert_eq!(proofs.findings, [], "depth {depth}");
        assert!(proofs.visits <= 4 * proofs.nodes, "{} of {}", proofs.visits, proofs.nodes);
        assert_eq!((proofs.summarised, proofs.checked), (depth, depth));
    }
}

#[test]
fn branches_are_joined_not_multiplied() {
    for count in [10, 1000] {
        let proofs = proofs(&branches(count));
        assert!(proofs.visits <= 4 * proofs.nodes, "{} of {}", proofs.visits, proofs.nodes);
    }
}
