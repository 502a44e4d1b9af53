//! What proofs make of the time: workflows that start together are asked at one instant, and nothing
//! else counts on it.

use super::support::{DECLARATIONS, told_of};
use crate::analysis::Analyzer;
use crate::analysis::tests::support::{catalog, inputs};

const HOURS: &str = "hours office from \"Service Desk\"\nhours late from \"Default\"\n";

/// The codes of what is told about workflows that start so, each `when` and what stands behind it.
fn started(whens: &[&str]) -> Vec<&'static str> {
    let workflow = |(at, when): (usize, &&str)| {
        format!("workflow w{at} {{\n  on open {when}\n  say \"Hello\"\n  end\n}}\n")
    };
    let flow: String = whens.iter().enumerate().map(workflow).collect();
    let read = "workflow none {\n  if now in office or now in late {\n    end\n  }\n}\n";
    let sources =
        [("hours.tide", HOURS), ("fields.tide", DECLARATIONS), ("flow.tide", &(flow + read))];
    let analysis = Analyzer::new().check(&inputs(&catalog(), &sources));
    analysis.diagnostics.iter().map(|found| found.code.id()).filter(|id| *id != "W0823").collect()
}

#[test]
fn an_opening_is_in_hours_or_is_not() {
    assert_eq!(started(&["when now in office", "when not now in office"]), Vec::<&str>::new());
    let three = [
        "when now in office and person is known",
        "when now in office and not (person is known)",
        "when not (now in office)",
    ];
    assert_eq!(started(&three), Vec::<&str>::new());
    let nested = [
        "when if now in office then now in late else person is known",
        "when now in office and not now in late",
        "when not now in office and not person is known",
    ];
    assert_eq!(started(&nested), Vec::<&str>::new());
}

#[test]
fn two_hours_may_be_open_at_once() {
    assert_eq!(started(&["when now in office", "when now in late"]), ["E0216"]);
    assert_eq!(started(&["when now in office", "when not now in late"]), ["E0216"]);
    assert_eq!(started(&["when now in office before w1", "when now in late"]), ["E0712"]);
    assert_eq!(started(&["when now in office"]), ["E0712"]);
}

#[test]
fn a_workflow_that_no_moment_starts_is_told() {
    let never = ["when now in office and not now in office", "before w0"];
    assert_eq!(started(&never), ["W0711"]);
}

#[test]
fn other_instants_are_nothing_that_is_known() {
    let shifted = ["when session.first_seen in office", "when not session.first_seen in office"];
    assert_eq!(started(&shifted), ["E0216"]);
}

#[test]
fn in_a_workflow_time_passes() {
    let steps = r#"  if now in office {
    set conversation.name = "Ada"
  }
  if now in office {
    say "{conversation.name}"
  }
  create case using open_case"#;
    assert!(told_of(steps).contains("E0231"), "the hours are declared elsewhere");
    let flow = format!("workflow w {{\n  on open\n{steps}\n}}\n");
    let hours = "hours office from \"Service Desk\"\n";
    let sources = [("hours.tide", hours), ("fields.tide", DECLARATIONS), ("flow.tide", &flow)];
    let analysis = Analyzer::new().check(&inputs(&catalog(), &sources));
    let codes: Vec<&str> = analysis.diagnostics.iter().map(|found| found.code.id()).collect();
    assert_eq!(codes, ["E0511"]);
}

#[test]
fn a_message_comes_at_another_moment_than_the_opening() {
    let flow = |words: &str| {
        format!(
            "hours office from \"Service Desk\"\n\
             workflow by_day {{\n  on open when now in office\n  end\n}}\n\
             workflow by_night {{\n  on message when not (now in office)\n  create case using open_case\n}}\n{words}"
        )
    };
    let codes = |flow: &str| -> Vec<&'static str> {
        let sources = [("fields.tide", DECLARATIONS), ("flow.tide", flow)];
        let analysis = Analyzer::new().check(&inputs(&catalog(), &sources));
        analysis.diagnostics.iter().map(|found| found.code.id()).collect()
    };
    assert_eq!(codes(&flow("")), ["E0712"], "it may be day when they write");
    let in_the_morning = "workflow in_the_morning {\n  on message when now in office\n  \
                          create case using open_case\n}\n";
    assert_eq!(codes(&flow(in_the_morning)), Vec::<&str>::new());
}
