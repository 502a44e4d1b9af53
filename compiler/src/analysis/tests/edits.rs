//! Whatever is typed: checking ends, what is kept changes nothing, and what passes the gate gives a
//! plan that verifies.

use proptest::prelude::*;
use tidegate_plan::verify::VerifiedPlan;

use super::support::{DECLARATIONS, WORKFLOWS, catalog, inputs};
use crate::analysis::{Analyzer, Inputs};

/// A change of one line.
#[derive(Debug, Clone)]
enum Edit {
    Delete(prop::sample::Index),
    Repeat(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
    /// A word of one line in the place of a word of another.
    Graft(prop::sample::Index, prop::sample::Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let line = any::<prop::sample::Index>;
    prop_oneof![
        line().prop_map(Edit::Delete),
        line().prop_map(Edit::Repeat),
        (line(), line()).prop_map(|(one, other)| Edit::Swap(one, other)),
        (line(), line()).prop_map(|(one, other)| Edit::Graft(one, other)),
    ]
}

fn apply(text: &str, edit: &Edit) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    match edit {
        Edit::Delete(at) => {
            lines.remove(at.index(lines.len()));
        }
        Edit::Repeat(at) => {
            let at = at.index(lines.len());
            lines.insert(at, lines[at].clone());
        }
        Edit::Swap(one, other) => {
            let (one, other) = (one.index(lines.len()), other.index(lines.len()));
            lines.swap(one, other);
        }
        Edit::Graft(one, other) => {
            let (one, other) = (one.index(lines.len()), other.index(lines.len()));
            let word = lines[other].split(' ').next_back().unwrap_or_default().to_owned();
            let last = lines[one].rfind(' ').map_or(0, |blank| blank + 1);
            lines[one].replace_range(last.., &word);
        }
    }
    lines.join("\n")
}

fn project(workflows: &str) -> Inputs {
    inputs(&catalog(), &[("fields.tide", DECLARATIONS), ("support.tide", workflows)])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_one_after_another(edits in prop::collection::vec(edit(), 1..5)) {
        let mut analyzer = Analyzer::new();
        let mut declarations = DECLARATIONS.to_owned();
        let mut workflows = WORKFLOWS.to_owned();
        for (at, edit) in edits.iter().enumerate() {
            let text = if at % 2 == 0 { &mut workflows } else { &mut declarations };
            *text = apply(text, edit);
            let inputs = inputs(
                &catalog(),
                &[("fields.tide", &declarations), ("support.tide", &workflows)],
            );
            let kept = analyzer.check(&inputs);
            let fresh = Analyzer::new().check(&inputs);
            prop_assert_eq!(&kept.diagnostics, &fresh.diagnostics);
            if let (Ok(kept), Ok(fresh)) = (kept.checked(), fresh.checked()) {
                let plan = kept.emit();
                prop_assert_eq!(&plan, &fresh.emit());
                prop_assert!(VerifiedPlan::new(plan).is_ok());
            }
        }
    }
}

#[test]
fn every_truncation_is_checked_to_the_end() {
    for at in (0..WORKFLOWS.len()).step_by(37).filter(|at| WORKFLOWS.is_char_boundary(*at)) {
        let analysis = Analyzer::new().check(&project(&WORKFLOWS[..at]));
        if let Ok(checked) = analysis.checked() {
            assert!(VerifiedPlan::new(checked.emit()).is_ok(), "cut at {at}");
        }
    }
}
