//! Plans of whole programs.

use tidegate_plan::listing::listing;
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
    insta::assert_snapshot!(listing(&verified));
}

#[test]
fn the_order_of_files_makes_no_difference() {
    let one = plan(&[("fields.tide", DECLARATIONS), ("support.tide", WORKFLOWS)]);
    let other = plan(&[("support.tide", WORKFLOWS), ("fields.tide", DECLARATIONS)]);
    assert_eq!(one, other);
}
