//! What is told of small programs, by what is in it; the command line's tests show whole pages.

use tidegate_plan::verify::VerifiedPlan;

use super::{Block, Item, Kind, Then, never_used, project, story, uses, workflow};
use crate::analysis::tests::support::{DECLARATIONS, WORKFLOWS, catalog, inputs, report};
use crate::analysis::{Analyzer, Checked};

fn checked(workflows: &str) -> Checked {
    let sources = [("a.tide", DECLARATIONS), ("b.tide", workflows)];
    let analysis = Analyzer::new().check(&inputs(&catalog(), &sources));
    analysis.checked().map_err(|its| report(&its)).unwrap()
}

/// A page as lines, indented by their depth.
fn lines(page: super::Page) -> String {
    fn items(out: &mut String, all: &[Item], depth: usize) {
        for item in all {
            let number = item.number.as_deref().unwrap_or("-");
            out.push_str(&format!("{}{number} {}\n", "  ".repeat(depth), item.text));
            items(out, &item.parts, depth + 1);
        }
    }
    let mut out = String::new();
    for block in page.blocks {
        match block {
            Block::Heading(text) => out.push_str(&format!("\n## {text}\n")),
            Block::Paragraph(text) => out.push_str(&format!("{text}\n")),
            Block::Items(all) => items(&mut out, &all, 0),
        }
    }
    out
}

fn told(workflows: &str, name: &str) -> String {
    let checked = checked(workflows);
    let plan = VerifiedPlan::new(checked.emit()).unwrap();
    lines(workflow(&checked, &plan, name).unwrap())
}

const EVERY_STEP: &str = r#"
text goodbye {
  en "Bye {person.FirstName ?? "then"}"
  de "Tschüss {person.FirstName ?? "dann"}"
}

text hint {
  en "As on the letter"
  de "Wie im Brief"
}

workflow everything {
  on open
  say "Hello {person.FirstName ?? "there" | upper}."
  say goodbye
  speak "de"
  note "Seen on {session.page ?? "no page" | first 40}."
  let before = conversation.Priority
  wait 90m
  repeat up to 3 {
    collect "Your order" {
      conversation.order_number help hint matches '[0-9]{6}' else "Six digits, please"
    }
    if conversation.order_number is set {
      leave repeat
    }
  } exhausted => {
    create case using open_case
  }
  clear conversation.urgency
  ask "What is wrong?" {
    human => say "A colleague reads along."
    idle 2m => say "Take your time."
    idle 1h => end
  }
  if before is set and (person is verified or not (person is known)) {
    set conversation.Priority = before
  } else if conversation.refund_amount is set and conversation.refund_amount >= 12500.50 {
    set conversation.urgency = "high"
  } else {
    record case using open_case
  }
  match conversation.urgency {
    "low", blank => go on
    else => end because "it is urgent, says {person.LastName ?? "nobody"}"
  }
  create case using open_case {
    created, delayed => say "Thank you."
    rejected => go on
  }
  defaults {
    human => create case using open_case
    idle 1d => end
  }
}
"#;

#[test]
fn every_step_is_told() {
    insta::assert_snapshot!(told(EVERY_STEP, "everything"));
}

#[test]
fn a_step_that_nothing_follows_says_so() {
    let checked = checked(EVERY_STEP);
    let story = story(&checked, "everything").unwrap();
    let last = story.steps.last().unwrap();
    assert_eq!((last.kind, last.goes_on, story.comes_to_end), (Kind::Case, false, false));
    let exhausted = story.steps.iter().find(|step| step.kind == Kind::Repeats).unwrap();
    assert_eq!(
        exhausted.arms.iter().map(|arm| arm.then).collect::<Vec<_>>(),
        [Then::Again, Then::Nothing]
    );
}

#[test]
fn a_field_that_any_step_reads_is_used() {
    let program = checked(WORKFLOWS);
    let program = &program.analysis().program;
    let used = uses(program);
    let unused: Vec<String> =
        never_used(program, &used).map(|attr| program.attributes[attr.0 as usize].path()).collect();
    assert!(!unused.contains(&"person.FirstName".to_owned()), "{unused:?}");
    assert!(unused.contains(&"person.industry".to_owned()), "{unused:?}");
    // The org gives these in any case.
    assert!(!unused.contains(&"person.Id".to_owned()), "{unused:?}");
}

#[test]
fn a_project_that_needs_all_it_reads_says_so() {
    let lean = DECLARATIONS.replace("  sync *\n    except Fax\n    except HomePhone\n", "");
    let lean = lean.replace("  sync Account.Industry as industry\n", "");
    let flow = "
workflow lean {
  on open
  ask
  if person.tier == \"Gold\" {
    set conversation.urgency = \"high\"
  }
  create case using open_case
  defaults {
    human => create case using open_case
    idle 5m => end
  }
}
";
    let sources = [("a.tide", lean.as_str()), ("b.tide", flow)];
    let analysis = Analyzer::new().check(&inputs(&catalog(), &sources));
    let checked = analysis.checked().map_err(|its| report(&its)).unwrap();
    let plan = VerifiedPlan::new(checked.emit()).unwrap();
    let page = lines(project(&checked, &plan));
    assert!(page.contains("Nothing is read that nothing uses."), "{page}");
}

#[test]
fn what_a_reply_starts_says_what_each_reply_costs() {
    let workflows = "push agents to channel web_support {\n}\n\nworkflow main {\n  on open\n  hand off using agents waiting up to \
                     3m\n  defaults {\n    ended => end\n    no agent, failed, lost => end because \"nobody\"\n  }\n}\n\nworkflow \
                     moved {\n  on agent reply\n  run more\n}\n\nworkflow more {\n  go on\n}\n";
    let cost = |name: &str| {
        let told = told(workflows, name);
        let lines = told.lines().filter(|line| line.contains("Salesforce")).map(str::to_owned);
        lines.collect::<Vec<_>>().join("\n")
    };
    let all = ["main", "moved", "more"].map(|name| format!("{name}\n{}\n", cost(name)));
    insta::assert_snapshot!(all.concat());
}
