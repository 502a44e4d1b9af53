//! A project as a large company might write it, of any size: departments, each a chain of workflows
//! that run one another twelve deep, and one workflow that all of them run.

use std::fmt::Write as _;
use std::sync::Arc;

use tidegate_compiler::analysis::{Inputs, Settings};
use tidegate_diagnostics::{SourceMap, SourceText};
use tidegate_schemas::catalog::Catalog;

/// How deep `run` is nested below the workflow that starts.
pub(crate) const DEPTH: usize = 12;
/// The workflow that every other one runs.
pub(crate) const MOST_CALLED: &str = "contact_details";

/// A project of about so many lines.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    /// Texts by file name.
    pub(crate) files: Vec<(String, String)>,
    catalog: Arc<Catalog>,
}

impl Project {
    pub(crate) fn new(lines: usize, catalog: Arc<Catalog>) -> Self {
        let pattern = department(0).lines().count();
        let departments = (lines / pattern).max(1);
        let mut files: Vec<(String, String)> = (0..departments)
            .map(|number| (format!("department_{number:03}.tide"), department(number)))
            .collect();
        files.push(("declarations.tide".into(), declarations(departments)));
        files.push(("shared.tide".into(), SHARED.into()));
        files.push(("start.tide".into(), start(departments)));
        Self { files, catalog }
    }

    /// How many departments it has.
    pub(crate) fn departments(&self) -> usize {
        self.files.iter().filter(|(name, _)| name.starts_with("department_")).count()
    }

    pub(crate) fn lines(&self) -> usize {
        self.files.iter().map(|(_, text)| text.lines().count()).sum()
    }

    pub(crate) fn inputs(&self) -> Inputs {
        let text =
            |(name, text): &(String, String)| SourceText { name: name.clone(), text: text.clone() };
        Inputs {
            sources: SourceMap::new(self.files.iter().map(text).collect()),
            catalog: Arc::clone(&self.catalog),
            settings: Settings { messengers: vec!["web".into()], ..Settings::default() },
        }
    }

    /// Writes another line in place of the one that stands so many below another.
    pub(crate) fn edit(&mut self, below: &str, by: usize, line: &str) {
        let holding = self.files.iter_mut().find(|(_, text)| text.contains(below));
        let (_, text) = holding.expect("what is to be edited");
        let mut lines: Vec<&str> = text.lines().collect();
        let at = lines.iter().position(|line| line.contains(below)).expect("the line");
        lines[at + by] = line;
        *text = lines.join("\n") + "\n";
    }
}

fn declarations(departments: usize) -> String {
    let mut text = String::from(DECLARATIONS);
    text.push_str("\n/// What the departments note down.\ndata conversation {\n");
    for number in 0..departments {
        let _ = write!(
            text,
            "  /// Asked by department {number}\n  amount_{number}: decimal(10, 2)\n  \
             serial_{number}: text(40)\n  stage_{number}: list {{\n    \"new\"\n    \"open\"\n    \
             \"solved\"  \"Nothing is left to do\"\n  }}\n"
        );
    }
    text.push_str("}\n");
    for number in 0..departments.div_ceil(4) {
        let _ = write!(
            text,
            "\npush case_{number} to Case type Support {{\n  owner queue Tier_2 if \
             conversation.urgency == \"high\"\n  owner queue Tier_1\n  Priority = \
             conversation.Priority ?? (if conversation.urgency == \"high\" then \"High\" else \
             \"Medium\")\n  Origin = \"Chat\"\n  Channel__c = \"web_chat\"\n  Refund_Amount__c = \
             conversation.refund_amount\n  Order_Number__c = \
             conversation.order_number ?? \"unknown\"\n  SuppliedEmail = conversation.contact_email ?? \
             session.email\n  SuppliedName = conversation.contact_name ?? session.name\n  \
             transcript to file\n}}\n"
        );
    }
    text
}

fn department(number: usize) -> String {
    let mut text = String::new();
    for level in 0..DEPTH - 1 {
        text.push_str(&workflow(number, level));
    }
    text
}

fn workflow(number: usize, level: usize) -> String {
    let next = if level + 2 < DEPTH {
        format!("run department_{number}_{}", level + 1)
    } else {
        format!("run {MOST_CALLED}")
    };
    WORKFLOW
        .replace("NUMBER", &number.to_string())
        .replace("LEVEL", &level.to_string())
        .replace("NEXT", &next)
        .replace("SHARED", MOST_CALLED)
}

fn start(departments: usize) -> String {
    let mut text = String::from(
        "/// Where every conversation begins.\nworkflow start {\n  on open\n\n  say \"Hi \
         {person.FirstName ?? \"there\"}. What can we do for you?\"\n  ask\n  \
         collect \"A few details, if you have them\" {\n    conversation.order_number\n    \
         conversation.refund_amount min 0.01\n  }\n\n",
    );
    for group in 0..departments.div_ceil(4) {
        let mut options = String::new();
        for number in (group * 4..).take(4).take_while(|number| *number < departments) {
            let _ = writeln!(options, "    \"Topic {number}\" => run department_{number}_0");
        }
        let _ = write!(
            text,
            "  choose \"Is it one of these, group {group}?\" {{\n{options}    other => go on\n  \
             }}\n  if conversation.urgency == \"high\" {{\n    create case using case_{group} {{\n      \
             created => say \"Thank you, your case is on its way.\"\n      rejected => say \
             \"Thank you, we will get in touch.\"\n    }}\n  }}\n"
        );
    }
    text.push_str(
        "\n  create case using case_0 {\n    created => say \"Thank you.\"\n    delayed => say \
         \"Thank you. The number follows.\"\n  }\n\n  defaults {\n    idle 5m => say \"Are you \
         still there?\"\n    idle 15m => end because \"the customer fell silent\"\n  }\n}\n",
    );
    text
}

const DECLARATIONS: &str = include_str!("../../examples/support/fields.tide");

const SHARED: &str = r#"/// How to reach the customer. Everybody runs this.
workflow contact_details {
  if not (person is known) and conversation.contact_email is blank {
    collect "How can we reach you?" {
      conversation.contact_email required label "Your e-mail address"
      conversation.contact_name label "Your name"
    }
  }
}
"#;

const WORKFLOW: &str = r#"
/// Step LEVEL of what department NUMBER does.
workflow department_NUMBER_LEVEL {
  say "This is step LEVEL of topic NUMBER, {person.FirstName ?? "dear customer"}."
  choose "What does the device do at step LEVEL?" {
    "It is silent"    => set conversation.stage_NUMBER = "new"
    "It makes noises" => {
      set conversation.stage_NUMBER = "open"
      set conversation.Reason = "Breakdown"
      say
        > Please switch it off.
        > Then wait for ten seconds and switch it on again.
    }
    "It works again"  => set conversation.stage_NUMBER = "solved"
    other             => go on
  }
  if conversation.refund_amount is set and conversation.refund_amount > 500.00 {
    set conversation.urgency = "high"
    set conversation.Priority = "High"
  } else {
    // A serial number tells us whether the warranty still holds.
    collect "About the device" {
      conversation.serial_NUMBER label "Serial number" matches '[A-Z]{2}[0-9]{6}' else "Two letters, six digits"
      conversation.amount_NUMBER label "What did it cost?" min 0.01 max 99999.00
      conversation.refund_amount label "What do you want back?" min 0.01
    }
  }
  match conversation.stage_NUMBER {
    "new"    => say "We note that it is new: {conversation.serial_NUMBER ?? "no number" | first 40}."
    "open"   => run SHARED
    "solved" => set conversation.Subject = "Solved at step LEVEL of topic NUMBER, worth {conversation.amount_NUMBER ?? "nothing"}"
    else     => go on
  }
  if session.language == "de" or (session.page | lower contains "/de/") {
    say "Wir sprechen auch Deutsch."
  }
  NEXT
}
"#;
