//! Plans of whole programs.

use tidegate_plan::listing::listing;
use tidegate_plan::model::Plan;
use tidegate_plan::rehearsal::{PointKind, Way};
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

const TESTS: &str = r#"
test "a bill" {
  given known person { FirstName = "Ada", tier = "Gold" }
  given session { language = "de", first_seen = "2026-11-22T10:00:00Z" }
  given time "2026-11-22T10:00:00Z"
  org is down
  customer opens
  expect say containing "Hi Ada"
  customer writes "My bill is wrong"
  expect choices "What is it about?" { "A bill", "Something is broken" }
  customer chooses "A bill"
  expect form "A few details" { conversation.order_number, conversation.refund_amount }
  customer submits {
    conversation.order_number = "12"
    conversation.refund_amount = "much"
  }
  expect form refused { conversation.order_number = "Six digits, please", conversation.refund_amount }
  expect step details
  customer is silent 5m
  time passes 30s
  expect conversation.Reason = "Billing"
  expect conversation.product is blank
  expect conversation.Reason is set
  expect case using open_case { owner queue Tier_1, Priority = "High", ContactId = blank }
  expect no case
  expect ended because "silence"
  expect nothing else
}
"#;

#[test]
fn tests_change_nothing_in_a_plan() {
    let without = plan(&[("fields.tide", DECLARATIONS), ("support.tide", WORKFLOWS)]);
    let behind = format!("{WORKFLOWS}{TESTS}");
    let with = plan(&[("fields.tide", DECLARATIONS), ("support.tide", &behind)]);
    assert_eq!(without, with, "behind everything else in a file");
    let apart = [("a.tide", TESTS), ("fields.tide", DECLARATIONS), ("support.tide", WORKFLOWS)];
    assert_eq!(without, plan(&apart), "in a file of their own");
}

#[test]
fn a_test_in_the_terms_of_the_plan() {
    let sources =
        [("fields.tide", DECLARATIONS), ("support.tide", WORKFLOWS), ("tests.tide", TESTS)];
    let analysis = Analyzer::new().check(&inputs(&catalog(), &sources));
    let (_, rehearsals) = analysis.checked().ok().unwrap().emit_with_tests();
    let lines = rehearsals.tests[0].lines.iter();
    let acts: Vec<String> = lines.map(|line| format!("{:?}", line.act)).collect();
    let points: Vec<String> = rehearsals
        .points
        .iter()
        .map(|point| format!("{} {}: {:?}", point.kind.name(), point.name, point.way))
        .collect();
    let lines = |values: Vec<String>| values.join("\n");
    insta::assert_snapshot!(lines(acts));
    insta::assert_snapshot!(lines(points));
    insta::assert_snapshot!(format!("{:?}", rehearsals.contact));
}

#[test]
fn what_stands_in_an_arm_of_several_outcomes_is_one_point() {
    let workflow = r#"
workflow talk {
  on open

  ask
  answer {
    confirmed, assumed => {
      if session.language == "de" {
        say "Bis bald"
      }
      ask "Anything else?" {
        human => end because "wants a person"
        idle 1m => end because "no word"
      }
    }
    unresolved, unavailable => end because "no answer"
  }
  end because "said more"
  defaults {
    human, idle 5m => end because "no word"
  }
}
"#;
    let analysis = Analyzer::new().check(&inputs(&catalog(), &[("talk.tide", workflow)]));
    assert_eq!(report(&analysis), "");
    let (_, rehearsals) = analysis.checked().ok().unwrap().emit_with_tests();
    let points: Vec<_> =
        rehearsals.points.iter().map(|one| (one.kind, one.span, one.name.as_str())).collect();
    let once: std::collections::HashSet<_> = points.iter().collect();
    assert_eq!(points.len(), once.len(), "{points:#?}");
    let twice = rehearsals.points.iter().filter(|one| match &one.way {
        Way::Instruction(targets) | Way::Branch(targets, _) => targets.len() == 2,
        Way::Push(_) => false,
    });
    let names: Vec<&str> =
        twice.filter(|one| one.kind != PointKind::Step).map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["if", "else", "human", "idle 1m"]);
}
