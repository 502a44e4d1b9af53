//! What agents' replies can change beside a hand-off, and what is known where they start something.
//! Each of these is called proved where a hand-off is taken to leave everything as it was.

use super::support::told;

const CHANNEL: &str = "push agents to channel web_support {\n}\n\n";

/// A workflow that hands off behind some steps and does something once the agent has ended the chat,
/// and what replies start.
fn handed_off(before: &str, behind: &str, replied: &str) -> String {
    told(&format!(
        "{CHANNEL}workflow main {{\n  on open\n  choose \"Go on?\" {{\n    \"Yes\" => go on\n  \
         }}\n{before}\n  hand off using agents waiting up to 3m {{\n    \
         ended => {{\n{behind}\n      end\n    }}\n  }}\n  defaults {{\n    no agent, failed, lost => create \
         case using open_case\n    idle 15m => end\n  }}\n}}\n\n{replied}"
    ))
}

fn replied(steps: &str) -> String {
    format!("workflow replied {{\n  on agent reply\n{steps}\n}}\n")
}

#[track_caller]
fn refused(found: &str, code: &str) {
    assert!(found.contains(code), "{code} is not told:\n{found}");
}

const NAMED: &str = r#"  set conversation.name = "Ada""#;
const SAYS: &str = r#"      say "{conversation.name}""#;

#[test]
fn what_a_reply_clears_may_be_blank_behind_the_hand_off() {
    let found = handed_off(NAMED, SAYS, &replied("  clear conversation.name"));
    refused(&found, "E0511");
    // What it leaves alone stays.
    assert_eq!(handed_off(NAMED, SAYS, &replied("  clear conversation.code")), "");
    assert_eq!(handed_off(NAMED, SAYS, ""), "");
}

#[test]
fn what_a_reply_runs_clears_as_well() {
    let runs = "workflow replied {\n  on agent reply\n  run forget\n}\n\nworkflow forget {\n  clear \
                conversation.name\n}\n";
    refused(&handed_off(NAMED, SAYS, runs), "E0511");
}

#[test]
fn of_what_a_reply_sets_just_that_is_known_as_well() {
    let sets = replied(r#"  set conversation.code = "abc""#);
    let says = r#"      set conversation.code = conversation.code ?? "x"
      say "{conversation.code}""#;
    assert_eq!(handed_off("", says, &sets), "");
    let matches = r#"      match conversation.Reason {
        "Billing" => go on
        blank => go on
      }"#;
    let billing = r#"  set conversation.Reason = "Billing""#;
    assert_eq!(handed_off("", matches, &replied(billing)), "");
    refused(
        &handed_off("", matches, &replied(r#"  set conversation.Reason = "Breakdown""#)),
        "E0501",
    );
}

#[test]
fn replies_come_again_and_again() {
    // Each takes one more sign away, and the fourth nothing but what is blank.
    let shorter = replied(
        "  if conversation.name is set {\n    set conversation.name = conversation.name | first 80\n    set \
         conversation.count = (conversation.count ?? 0) + 1\n  }",
    );
    let range = r#"      if conversation.count is set {
        set conversation.amount = conversation.count * 1000000
      }"#;
    refused(&handed_off(NAMED, range, &shorter), "0532");
}

#[test]
fn what_the_visitors_record_said_is_read_again() {
    let known = "  if person.tier is blank {\n    end\n  }";
    let says = r#"      say "{person.tier}""#;
    refused(&handed_off(known, says, &replied("  go on")), "E0511");
    assert_eq!(handed_off(known, says, ""), "");
    // What the conversation has put there stays.
    let own = r#"  set person.tier = "Gold""#;
    assert_eq!(handed_off(own, says, &replied("  go on")), "");
}

#[test]
fn a_case_is_read_again_where_one_was_recorded() {
    let matches = r#"      match conversation.Priority {
        "High" => go on
        blank => go on
      }"#;
    let recorded = "  record case using open_case";
    refused(&handed_off(recorded, matches, &replied("  go on")), "E0501");
    assert!(!handed_off("", matches, &replied("  go on")).contains("E0501"));
}

#[test]
fn a_known_visitor_stays_known_and_another_one_may_become_so() {
    let known = "  if not (person is known) {\n    end\n  }";
    assert_eq!(handed_off(known, r#"      say "{person.LastName}""#, &replied("  go on")), "");
    let becomes = r#"      if person is known {
        say "Good bye, {person.LastName}."
      }"#;
    let unknown = "  if person is known {\n    end\n  }";
    let found = handed_off(unknown, becomes, &replied("  go on"));
    assert!(!found.contains("W0822"), "{found}");
    refused(&handed_off(unknown, becomes, ""), "W0822");
}

#[test]
fn a_reply_knows_what_every_hand_off_knows() {
    let says = replied(r#"  set conversation.Subject = "{conversation.name}""#);
    refused(&handed_off("", "      go on", &says), "E0511");
    assert_eq!(handed_off(NAMED, "      go on", &says), "");
    // What an earlier reply has changed is not known by a later one.
    let clears =
        replied("  set conversation.Subject = \"{conversation.name}\"\n  clear conversation.name");
    refused(&handed_off(NAMED, "      go on", &clears), "E0511");
}

#[test]
fn nothing_is_known_of_values_where_replies_start_in_no_hand_off() {
    let found = told(
        "workflow main {\n  on open\n  create case using open_case\n}\n\nworkflow replied {\n  on agent reply\n  \
         set conversation.code = conversation.name | first 3\n}\n",
    );
    refused(&found, "W0711");
}
