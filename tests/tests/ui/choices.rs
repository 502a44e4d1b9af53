//! Buttons whose words change while they are shown: an answer tells what was read.

use crate::program;

const PROGRAM: &str = r#"
push open_case to Case {
  owner queue Tier_1
  Channel__c = "web_chat"
}

workflow support {
  on open
  set conversation.order_number = "123456"
  choose "Is it about {conversation.order_number ?? "nothing"}?" {
    "Yes, {conversation.order_number ?? "nothing"}" => go on
    "No" => go on
    idle 5m => clear conversation.order_number
    idle 10m => end because "the customer fell silent"
  }
  create case using open_case
}

test "what was shown is what was answered" {
  customer opens
  expect choices "Is it about 123456?" { "Yes, 123456", "No" }
  customer is silent 5m
  customer writes "yes, 123456"
  expect case { Description = "Is it about 123456? Yes, 123456" }
  org creates the case "00000001"
  expect say containing "00000001"
  expect ended
}
"#;

#[test]
fn what_was_shown_is_what_was_answered() {
    let found = program::check_and_play(&program::catalog(None), "choices.tide", PROGRAM);
    assert!(found.diagnostics.is_empty(), "{:#?}", found.diagnostics);
}
