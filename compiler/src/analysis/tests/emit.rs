//! Plans of whole programs.

use tidegate_plan::model::Plan;
use tidegate_plan::verify::VerifiedPlan;

use super::support::{DECLARATIONS, WORKFLOWS, catalog, inputs, report};
use crate::analysis::Analyzer;

fn plan(sources: &[(&str, &str)]) -> Plan {
    let analysis = Analyzer::new().check(&inputs(&catalog(), sources));
    assert_eq!(report(&analysis), "");
    analysis.checked().ok().unwrap().emit()
}

#[test]
fn a_whole_program_gives_a_plan_that_verifies() {
    let plan = plan(&[("fields.tide", DECLARATIONS), ("support.tide", WORKFLOWS)]);
    let verified = VerifiedPlan::new(plan).unwrap();
    let code: Vec<String> = verified
        .code
        .iter()
        .zip(&verified.code_steps)
        .enumerate()
        .map(|(at, (instruction, step))| {
            format!("{at:3} {:40} {instruction:?}", verified.steps[step.index()].id)
        })
        .collect();
    insta::assert_snapshot!(code.join("\n"));
}

#[test]
fn pushes_and_forms_hold_what_the_program_says() {
    let plan = plan(&[("fields.tide", DECLARATIONS), ("support.tide", WORKFLOWS)]);
    insta::assert_debug_snapshot!((&plan.pushes, &plan.forms, &plan.lists, &plan.person));
}

#[test]
fn the_order_of_files_makes_no_difference() {
    let one = plan(&[("fields.tide", DECLARATIONS), ("support.tide", WORKFLOWS)]);
    let other = plan(&[("support.tide", WORKFLOWS), ("fields.tide", DECLARATIONS)]);
    assert_eq!(one, other);
}
