//! Texts in the languages of the project: what the visitor reads in which.

use tidegate_diagnostics::Diagnostic;

use crate::program;

const PROGRAM: &str = r#"
text greeting {
  en "Hi {person.FirstName ?? "there"}."
  de "Hallo {person.FirstName ?? "zusammen"}."
}

text question {
  en "What is it about?"
  de "Worum geht es?"
}

text bill {
  en "A bill"
  de "Eine Rechnung"
}

text order_label {
  en "Your order"
  de "Ihre Bestellung"
}

text digits {
  en "Six digits, please"
  de "Bitte sechs Ziffern"
}

text subject {
  en "A bill: {conversation.order_number ?? "-"}"
  de "Eine Rechnung: {conversation.order_number ?? "-"}"
}

push about_a_bill to Case {
  owner queue Tier_1
  Subject = subject
  Channel__c = "web_chat"
}

data conversation {
  tongue: list {
    "de"
  }
}

workflow support {
  on open
  say greeting
  choose question {
    bill => go on
    "Auf Deutsch, bitte" => {
      set conversation.tongue = "de"
      speak conversation.tongue
      say greeting
    }
    idle 5m => end
  }
  collect question {
    conversation.order_number required label order_label help digits matches '[0-9]{6}' else digits
    idle 5m => end
  }
  match session.spoken {
    "de" => say "Danke."
    "en" => say "Thank you."
  }
  create case using about_a_bill
}
"#;

const ENGLISH: &str = r#"
test "English is spoken where nobody says another language" {
  given unsigned person
  customer opens
  expect say "Hi there."
  expect choices "What is it about?" { "A bill", "Auf Deutsch, bitte" }
  customer chooses "A bill"
  expect form "What is it about?" { conversation.order_number }
  customer submits { conversation.order_number = "1" }
  expect form refused { conversation.order_number = "Six digits, please" }
  customer submits { conversation.order_number = "123456" }
  expect say "Thank you."
  expect case using about_a_bill { Subject = "A bill: 123456" }
  org creates the case "00000001"
  expect say containing "00000001"
  expect ended
}
"#;

const GERMAN: &str = r#"
test "a visitor from Vienna reads German" {
  given session { language = "de-AT" }
  customer opens
  expect say "Hallo zusammen."
  expect choices "Worum geht es?" { "Eine Rechnung", "Auf Deutsch, bitte" }
  customer writes "eine rechnung"
  expect form "Worum geht es?" { conversation.order_number }
  customer submits {}
  expect form refused { conversation.order_number = "Bitte füllen Sie das aus." }
  customer submits { conversation.order_number = "1" }
  expect form refused { conversation.order_number = "Bitte sechs Ziffern" }
  customer submits { conversation.order_number = "123456" }
  expect say "Danke."
  expect case using about_a_bill { Subject = "Eine Rechnung: 123456" }
  org creates the case "00000001"
  expect say "Vielen Dank. Ihr Anliegen hat unser Team erreicht. Die Vorgangsnummer ist 00000001."
  expect ended
}
"#;

const ANOTHER: &str = r#"
test "who reads French is spoken to in the first language, and asks for another" {
  given session { language = "fr" }
  customer opens
  expect say "Hi there."
  expect choices
  customer chooses "Auf Deutsch, bitte"
  expect say "Hallo zusammen."
  expect form "Worum geht es?" { conversation.order_number }
  customer submits { conversation.order_number = "123456" }
  expect say "Danke."
  expect case
  org creates the case "00000001"
  expect say containing "00000001"
  expect ended
}
"#;

fn found(text: &str) -> Vec<Diagnostic> {
    program::check_and_play(&program::catalog(None), "texts.tide", text).diagnostics
}

#[test]
fn each_visitor_reads_the_language_that_serves_them_best() {
    for test in [ENGLISH, GERMAN, ANOTHER] {
        let found = found(&format!("{PROGRAM}{test}"));
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn a_test_that_expects_the_other_language_fails() {
    let swapped = GERMAN.replace("de-AT", "en-GB");
    assert!(!found(&format!("{PROGRAM}{swapped}")).is_empty());
}
