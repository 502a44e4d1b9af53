//! What support engineers write all the time is proved without a word.

use super::support::{DEFAULTS, told, told_of};

fn proved(steps: &str) {
    let found = told_of(steps);
    assert!(found.is_empty(), "{steps}\n{found}");
}

#[test]
fn tests_of_blank() {
    proved(r#"  if person.FirstName is set { say "Hi {person.FirstName}." }"#);
    proved(
        r#"  if person.FirstName is blank {
    say "Hi."
  } else {
    say "Hi {person.FirstName}."
  }"#,
    );
    proved(
        r#"  if conversation.name is blank {
    set conversation.name = "you"
  }
  say "Hi {conversation.name}.""#,
    );
    proved(
        r#"  if person.FirstName is blank { end }
  say "Hi {person.FirstName}.""#,
    );
    proved(
        r#"  if person.FirstName is set and person.FirstName | upper == "ADA" { say "{person.FirstName}" }"#,
    );
    proved(r#"  say if person.FirstName is set then "Hi {person.FirstName}." else "Hi.""#);
    proved(r#"  say "Hi {person.FirstName ?? person.Email ?? "you"}.""#);
}

#[test]
fn known_persons() {
    proved(r#"  if person is known { say "Dear {person.LastName}." }"#);
    proved(
        r#"  if not (person is known) { end }
  say "Dear {person.LastName}.""#,
    );
    // Nobody else has such a field.
    proved(r#"  if person.tier == "Gold" { say "Dear {person.LastName}." }"#);
    proved(r#"  if person.FirstName is set and person.Email is blank { say "{person.LastName}" }"#);
}

#[test]
fn nothing_is_read_of_anybody_else() {
    let blank = "`person.FirstName` is always blank where it is shown";
    for who in ["not (person is known)", "not (person is verified)"] {
        let found = told_of(&format!(r#"  if {who} {{ say "Hi {{person.FirstName}}." }}"#));
        assert!(found.contains(blank), "{found}");
        // What the conversation itself has put there is there.
        proved(&format!(
            r#"  if {who} {{
    set person.FirstName = "you"
  }}
  say "Hi {{person.FirstName ?? "there"}}.""#
        ));
    }
}

#[test]
fn forms_and_matches() {
    proved(
        r#"  collect {
    conversation.name required
    conversation.Reason required
    conversation.Priority
  }
  say "Hi {conversation.name}."
  match conversation.Priority {
    "High", "Medium", "Low" => say "{conversation.Priority}"
    blank => set conversation.Priority = "Low"
  }
  say "{conversation.Priority}"
  create case using open_case"#,
    );
}

#[test]
fn a_condition_that_is_asked_twice() {
    proved(
        r#"  choose "Which?" {
    "One" => set conversation.urgent = true
    "Two" => set conversation.urgent = false
  }
  if conversation.urgent {
    set conversation.name = "Ada"
  }
  say "One moment."
  if conversation.urgent {
    say "Hi {conversation.name}."
  }"#,
    );
    proved(
        r#"  if person.FirstName is set and person.FirstName contains "A" {
    set conversation.name = "Ada"
  }
  if person.FirstName is set and person.FirstName contains "A" {
    say "Hi {conversation.name}."
  }"#,
    );
}

#[test]
fn what_a_workflow_sets_its_caller_has() {
    let found = told(&format!(
        r#"
workflow main {{
  on open
  run fill
  say "Hi {{conversation.name}}."
  run greet
  create case using open_case
{DEFAULTS}}}

workflow fill {{
  if conversation.name is blank {{
    collect {{
      conversation.name required
    }}
  }}
}}

workflow greet {{
  say "Hi {{conversation.name}} again."
}}
"#
    ));
    assert!(found.is_empty(), "{found}");
}

#[test]
fn what_two_conditions_say_together() {
    proved(
        r#"  if person.tier == "Gold" and person.FirstName is blank { end }
  if person.tier == "Gold" { say "Hi {person.FirstName}." }"#,
    );
    proved(
        r#"  if person.tier != "Gold" or person.FirstName is set {
    if person.tier == "Gold" { say "Hi {person.FirstName}." }
  }"#,
    );
    proved(
        r#"  if not (person.tier != "Gold" or person.FirstName is set) { end }
  if person.tier == "Gold" { say "Hi {person.FirstName}." }"#,
    );
    let found = told_of(
        r#"  if person.tier == "Gold" and person.FirstName is blank { end }
  if person.tier == "Silver" { say "Hi {person.FirstName}." }"#,
    );
    assert!(found.contains("`person.FirstName` may be blank where it is shown"), "{found}");
}

#[test]
fn what_a_let_says_of_what_it_was_given() {
    proved(
        r#"  let greets = person.FirstName is set and person.tier == "Gold"
  if greets { say "Hi {person.FirstName}." }"#,
    );
    proved(
        r#"  set conversation.urgent = person.FirstName is blank
  if not conversation.urgent { say "Hi {person.FirstName}." }"#,
    );
    let found = told_of(
        r#"  let greets = person.FirstName is set or person.tier == "Gold"
  if greets { say "Hi {person.FirstName}." }"#,
    );
    assert!(found.contains("`person.FirstName` may be blank where it is shown"), "{found}");
    let found = told_of(
        r#"  let greets = person.FirstName is set
  clear person.FirstName
  if greets { say "Hi {person.FirstName}." }"#,
    );
    assert!(found.contains("`person.FirstName` is always blank where it is shown"), "{found}");
}

#[test]
fn an_order_beside_what_is_taken_instead() {
    proved(
        r#"  collect { conversation.amount }
  if (conversation.amount ?? 0) > 500 { note "{conversation.amount} euros" }
  if 10 <= (conversation.amount ?? 0) { note "{conversation.amount} euros" }
  create case using open_case"#,
    );
    let found = told_of(
        r#"  collect { conversation.amount }
  if (conversation.amount ?? 600) > 500 { note "{conversation.amount} euros" }"#,
    );
    assert!(found.contains("`conversation.amount` may be blank where it is shown"), "{found}");
}

#[test]
fn a_line_that_writes_what_was_set_anyway() {
    let program = |line: &str| {
        told(&format!(
            r#"
workflow main {{
  on open
  collect {{
    conversation.Reason
  }}
  match conversation.Reason {{
    "Billing" => create case using billed
    else => create case using open_case
  }}
{DEFAULTS}}}

push billed to Case {{
  Subject = "A bill"
  {line}
}}
"#
        ))
    };
    assert!(
        !program(r#"Reason = "Billing""#).contains("discards"),
        "{}",
        program(r#"Reason = "Billing""#)
    );
    assert!(program(r#"Reason = "Other""#).contains("discards"));
}
