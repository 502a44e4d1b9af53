//! What is refuted, with the steps that get there.

use super::support::{DEFAULTS, told, told_of};

#[test]
fn blank_through_run_match_and_an_outcome() {
    insta::assert_snapshot!(told(
        r#"
workflow main {
  on open
  ask
  choose "Which?" {
    "A bill" => set conversation.Reason = "Billing"
    "A breakdown" => set conversation.Reason = "Breakdown"
    other => set conversation.Reason = "Other"
  }
  match conversation.Reason {
    "Billing" => run bill
    "Breakdown" => run bill
    else => go on
  }
  say "Thank you, {conversation.name}."
  create case using open_case
  defaults {
    human => create case using open_case
    idle 5m => say "Still there, {conversation.name}?"
    idle 15m => end
  }
}

workflow bill {
  collect "Details" {
    conversation.name required
    conversation.amount
  }
  run thank
}

workflow thank {
  say "It is about {conversation.amount}."
}
"#
    ));
}

#[test]
fn blanks() {
    insta::assert_snapshot!(told_of(
        r#"  say "Hi {person.FirstName}, {person.LastName}, {conversation.name}."
  if conversation.amount > 5.00 { say "Much." }
  collect {
    conversation.amount
    conversation.name required
  }
  set conversation.amount = conversation.amount * 2
  say "{conversation.name} {if conversation.urgent then conversation.amount else 1}"
  create case using open_case"#
    ));
}

#[test]
fn matches_that_miss_something() {
    insta::assert_snapshot!(told_of(
        r#"  match person.tier {
    "Gold" => say "Gold."
  }
  match conversation.Reason {
    "Billing" => say "Never."
    blank => go on
  }
  choose "Which?" {
    "A bill" => set conversation.Reason = "Billing"
    "A breakdown" => set conversation.Reason = "Breakdown"
  }
  match conversation.Reason {
    "Billing" => say "Bill."
    else => go on
  }
  match conversation.Reason {
    "Billing" => say "Bill."
  }"#
    ));
}

#[test]
fn cases_that_lack_a_field() {
    insta::assert_snapshot!(told(&format!(
        r#"
workflow main {{
  on open
  ask
  if person is known {{
    set conversation.channel = "web_chat"
  }}
  run finish
{DEFAULTS}}}

workflow finish {{
  create case using bare_case
}}
"#
    )));
}

#[test]
fn sizes() {
    insta::assert_snapshot!(told_of(
        r#"  set conversation.Subject = "From {session.page ?? "-"}"
  set conversation.name = conversation.Subject
  set conversation.name = conversation.Subject ?? "none"
  set conversation.amount = 5.00 * 1.111
  say "{conversation.name} {conversation.amount}""#
    ));
}

#[test]
fn outcomes() {
    insta::assert_snapshot!(told(
        r#"
workflow main {
  on open
  ask
  run other
  end
  defaults {
    human => say "Soon."
  }
}

workflow other {
  ask {
    idle 5m => ask
    idle 9m => say "Bye."
  }
  create case using open_case
}

workflow third {
  ask
  create case using open_case
  defaults {
    idle 5m => {
      ask
      end
    }
  }
}
"#
    ));
}

#[test]
fn values_that_are_lost() {
    insta::assert_snapshot!(told_of(
        r#"  collect {
    conversation.name required
    conversation.channel
  }
  set conversation.name = "Ada"
  say "Hi {conversation.name}."
  create case using open_case"#
    ));
}

#[test]
fn steps_that_nothing_reaches() {
    insta::assert_snapshot!(told_of(
        r#"  if conversation.name is set {
    say "Never."
  }
  end
  say "Never."
  say "Never either.""#
    ));
}
