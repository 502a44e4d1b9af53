//! What was once called proved and can happen all the same.

use std::sync::Arc;

use super::support::{DECLARATIONS, DEFAULTS, told, told_of};
use crate::analysis::Analyzer;
use crate::analysis::tests::support::{catalog, inputs};

fn refused(code: &str, steps: &str) {
    let found = told_of(steps);
    assert!(found.contains(code), "{code} is not told of\n{steps}\n{found}");
}

fn proved(steps: &str) {
    let found = told_of(steps);
    assert!(found.is_empty(), "{steps}\n{found}");
}

#[test]
fn an_idle_arm_of_the_step_itself_writes_before_the_answer_comes() {
    refused(
        "E0511",
        r#"  set conversation.name = "Ada"
  ask "Well?" {
    idle 5m => clear conversation.name
    idle 10m => end
  }
  say "{conversation.name}"
  create case using open_case"#,
    );
}

#[test]
fn two_idle_arms_run_one_after_the_other() {
    let found = told(
        r#"workflow main {
  on open
  set conversation.urgent = true
  set conversation.name = "Ada"
  ask "Well?"
  say "{conversation.name}"
  create case using open_case
  defaults {
    idle 5m => set conversation.urgent = false
    idle 8m => {
      if not conversation.urgent { clear conversation.name }
    }
    idle 15m => end
  }
}
"#,
    );
    assert!(found.contains("0511"), "{found}");
}

#[test]
fn an_idle_arm_writes_before_a_person_is_asked_for() {
    let found = told(
        r#"workflow main {
  on open
  set conversation.name = "Ada"
  ask "Well?"
  create case using open_case
  defaults {
    human => {
      say "{conversation.name}"
      create case using open_case
    }
    idle 5m => clear conversation.name
    idle 15m => end
  }
}
"#,
    );
    assert!(found.contains("0511"), "{found}");
}

#[test]
fn time_passes_between_two_tests_of_it() {
    refused(
        "0511",
        r#"  if person.Birthdate is blank { end }
  ask "When?" { idle 5m => end }
  collect { conversation.moment }
  if conversation.moment is blank { create case using open_case }
  if now <= conversation.moment { set conversation.name = "Ada" }
  ask "Still there?"
  if now > conversation.moment { say "{conversation.name}" }
  create case using open_case"#,
    );
}

#[test]
fn a_changed_controller_clears_what_no_longer_fits() {
    refused(
        "E0511",
        r#"  set conversation.product = "GC5060"
  set conversation.component = "burner"
  set conversation.product = "GC7090"
  say "{conversation.component}""#,
    );
    refused(
        "E0511",
        r#"  collect { conversation.component required }
  collect { conversation.product required }
  say "{conversation.component}"
  create case using open_case"#,
    );
    proved(
        r#"  set conversation.product = "GC5060"
  set conversation.component = "pump"
  say "{conversation.product}"
  set conversation.product = "GC7090"
  say "{conversation.component}""#,
    );
    proved(
        r#"  collect {
    conversation.product required
    conversation.component required
  }
  say "{conversation.component}"
  create case using open_case"#,
    );
}

#[test]
fn a_quotient_may_have_no_value() {
    refused(
        "E0511",
        r#"  collect { conversation.amount required }
  say "{100 / conversation.amount}"
  create case using open_case"#,
    );
    proved(
        r#"  collect { conversation.amount required }
  if conversation.amount > 0 { say "{100 / conversation.amount | round 2}" }
  say "{100 / conversation.amount ?? 0}"
  create case using open_case"#,
    );
    proved(
        r#"  collect { conversation.amount required min 0 }
  if conversation.amount != 0 { say "{100 / conversation.amount | round 2}" }
  create case using open_case"#,
    );
}

#[test]
fn what_is_said_without_a_hole_is_shown_too() {
    refused("E0511", r#"  say person.FirstName"#);
    refused("E0511", r#"  say person.FirstName ?? conversation.name"#);
}

#[test]
fn a_summary_can_fail() {
    refused("E0511", r#"  say "{session.summary}""#);
}

#[test]
fn a_summary_that_was_not_there_may_come_with_a_case() {
    refused(
        "E0511",
        r#"  if session.summary is blank {
    record case using open_case
    if session.summary is set { say "{conversation.name}" }
  }
  create case using open_case"#,
    );
    refused(
        "E0511",
        r#"  if session.summary == "x" {
    record case using open_case
    if session.summary != "x" { say "{conversation.name}" }
  }
  create case using open_case"#,
    );
}

#[test]
fn a_summary_that_is_there_stays() {
    proved(
        r#"  if session.summary is set {
    record case using open_case
    say "{session.summary}"
  }
  create case using open_case"#,
    );
}

#[test]
fn one_place_is_too_narrow_for_some_characters() {
    refused("E0511", r#"  say "{person.FirstName ?? "you" | first 1}""#);
    proved(r#"  say "{person.FirstName ?? "you" | first 2}""#);
}

#[test]
fn a_number_is_shown_with_the_zeros_that_were_written() {
    refused("E0531", r#"  set conversation.code = "{2.50}""#);
    refused("E0531", r#"  set conversation.code = "{if person is known then 2.50 else 1}""#);
    proved(r#"  set conversation.amount = 2.500"#);
}

#[test]
fn rounding_shows_all_digits() {
    refused(
        "E0531",
        r#"  collect { conversation.count required min 0 max 9 }
  set conversation.code = "{conversation.count | round 2}"
  create case using open_case"#,
    );
}

#[test]
fn addresses_are_equal_whatever_their_case() {
    refused(
        "E0511",
        r#"  set conversation.mail = "Ada@Example.com"
  set conversation.name = conversation.mail | first 80
  if conversation.name == "Ada@Example.com" { say "{person.FirstName}" }"#,
    );
    refused(
        "E0511",
        r#"  set conversation.mail = "Ada@Example.com"
  set conversation.name = "ada@example.com"
  if conversation.name == conversation.mail { say "{person.FirstName}" }"#,
    );
}

#[test]
fn either_branch_can_be_what_is_blank() {
    let found = told(&format!(
        r#"workflow main {{
  on open
  choose "Go on?" {{
    "Yes" => go on
  }}
  if person is known {{ set conversation.name = "Ada" }}
  say "{{if person is known then conversation.name else person.FirstName}}"
{DEFAULTS}}}
"#
    ));
    assert!(found.contains("0511"), "{found}");
}

#[test]
fn a_number_becomes_text_with_the_digits_that_were_written() {
    let set =
        |value: &str| format!("  set conversation.code = {value}\n  create case using open_case");
    for value in [
        r#""{5.00}""#,
        r#""{5.00 * 1}""#,
        r#""{if person is known then 5.00 else 1}""#,
        r#""{conversation.count ?? 5.00}""#,
        "(5.00 | text)",
    ] {
        refused("E0531", &set(value));
    }
    proved(&set(r#""{5.0}""#));
    proved("  set conversation.count = 2.00 * 3\n  create case using open_case");
}

#[test]
fn a_default_that_the_describe_does_not_tell_may_come_to_nothing() {
    let fields =
        DECLARATIONS.replace("  sync Reason\n", "  sync Reason\n  require Order_Number__c\n");
    let flow =
        format!("workflow main {{\n  on open\n  create case using open_case\n{DEFAULTS}}}\n");
    let refused = |nillable: bool| {
        let mut org = (*catalog()).clone();
        let case = org.objects.get_mut("Case").expect("Case");
        let field = case.fields.get_mut("Order_Number__c").expect("the field");
        (field.defaulted_on_create, field.nillable) = (true, nillable);
        let sources = [("fields.tide", fields.as_str()), ("flow.tide", flow.as_str())];
        let analysis = Analyzer::new().check(&inputs(&Arc::new(org), &sources));
        analysis.diagnostics.iter().any(|its| its.code.id() == "E0521")
    };
    assert!(refused(true));
    assert!(!refused(false));
}
