//! For each fixture that a conversation refutes: that conversation, as a test.

use std::fmt::Write as _;

use tidegate_diagnostics::{Severity, codes};
use tidegate_engine::rehearse::witness;
use tidegate_plan::verify::VerifiedPlan;

use super::{code_of, fixtures, program};

/// What is played for one fixture; `None` where no conversation refutes anything.
fn played(file: &str) -> Option<String> {
    let text = std::fs::read_to_string(program::ui().join(file)).expect("text");
    let code = codes::find(code_of(file)).expect("a fixture is named after its code");
    let analysis = program::check(&program::catalog(Some(code)), file, &text);
    let mut found = analysis.diagnostics.iter();
    let refuted = found.find(|its| its.severity == Severity::Error && !its.path.is_empty())?;
    let Some(unproved) = analysis.unproved() else {
        return Some("something else is wrong, too".to_owned());
    };
    let Ok(plan) = VerifiedPlan::new(unproved.plan.clone()) else {
        return Some("can't be played".to_owned());
    };
    let refutation = unproved.refutation(refuted)?;
    let lines = witness(&plan, &unproved.rehearsals, &refutation);
    Some(lines.map_or_else(|| "no conversation was found".to_owned(), |lines| lines.join("\n")))
}

#[test]
fn what_refutes_a_proof_can_be_played() {
    let mut all = String::new();
    for file in fixtures().into_iter().filter(|file| file.ends_with(".tide")) {
        if let Some(played) = played(&file) {
            let _ = writeln!(all, "# {file}\n{played}\n");
        }
    }
    insta::assert_snapshot!(all);
}
