//! What a `let` keeps: through waits, restarts and whatever is set later.

use tidegate_engine::event::Opened;
use tidegate_engine::rehearse::Player;
use tidegate_plan::listing::listing;
use tidegate_plan::model::{Instruction, Plan, Space};
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use crate::program;

const PROGRAM: &str = r#"
workflow main {
  on open
  let copies = conversation.copies ?? 0
  let started = now
  say "You have {copies}."
  set conversation.copies = 7
  ask "What is it about?"
  say "It was {copies}, it is {conversation.copies ?? 0}, since {started | text}."
  collect {
    conversation.Reason required
  }
  let reason = conversation.Reason
  set conversation.Reason = "Other"
  match reason {
    "Billing" => {
      let words = "a bill"
      run twice
      say "About {words}: {reason ?? "nothing"}."
    }
    else => {
      let words = "something else"
      say "About {words}."
    }
  }
  run twice
  ask "More?"
  say "{reason ?? "nothing"}, {copies}."
  create case using open_case
  defaults {
    human => {
      let because = "they asked"
      say "Because {because}."
      create case using open_case
    }
    idle 5m => {
      let left = conversation.copies ?? 0
      say "Still there? {left}"
    }
    idle 15m => end because "silence"
  }
}

workflow twice {
  let seen = conversation.copies ?? 0
  set conversation.copies = 9
  ask "Again?"
  say "Seen {seen}."
}
"#;

fn plan(text: &str) -> VerifiedPlan {
    let analysis = program::check(&program::catalog(None), "main.tide", text);
    let found: Vec<String> = analysis
        .diagnostics
        .iter()
        .map(|found| tidegate_diagnostics::render_short(found, &analysis.sources))
        .collect();
    let checked = analysis.checked().unwrap_or_else(|_| panic!("{found:#?}"));
    VerifiedPlan::new(checked.emit()).expect("our own plan")
}

/// As if the runtime had been started anew.
fn restart(player: &mut Player<'_>) {
    let stored = serde_json::to_string(&player.conversation).expect("a conversation as JSON");
    player.conversation = serde_json::from_str(&stored).expect("the same conversation");
}

#[test]
fn a_value_stays_what_it_was_through_waits_and_restarts() {
    let plan = plan(PROGRAM);
    let start = "2026-11-22T10:00:00Z".parse().expect("a time");
    let mut player = Player::new(&plan, Uuid::from_u128(7), start);
    player.opens(Opened::default());
    restart(&mut player);
    player.passes(jiff::SignedDuration::from_mins(6));
    player.writes("A bill");
    restart(&mut player);
    player.submits(&[("conversation.Reason", "Billing")]).expect("a form");
    for words in ["once", "twice", "no"] {
        restart(&mut player);
        player.writes(words);
    }
    let listing = listing(&plan);
    let lets: Vec<&str> = listing.lines().filter(|line| line.starts_with("  let ")).collect();
    let code =
        listing.split_once("\nworkflow ").and_then(|(_, code)| code.split_once("\nrequires"));
    let (code, _) = code.expect("the code of the workflows");
    insta::assert_snapshot!(format!("{}\n\nworkflow {code}\n{}", lets.join("\n"), player.log()));
}

fn refused(change: impl Fn(&mut Plan)) -> String {
    let mut plan: Plan = (*plan(PROGRAM)).clone();
    change(&mut plan);
    VerifiedPlan::new(plan).expect_err("a plan that reads what is not there").to_string()
}

#[test]
fn a_plan_that_reads_a_value_before_it_is_given_is_refused() {
    let late = refused(|plan| {
        let give = |one: &Instruction| {
            matches!(one, Instruction::Set { attr, .. }
            if plan.attributes[attr.index()].space == Space::Let)
        };
        let first = plan.code.iter().position(give).expect("a let");
        let next =
            plan.code[first + 1..].iter().position(|one| matches!(one, Instruction::Say { .. }));
        let say = first + 1 + next.expect("a step that reads it");
        plan.code.swap(first, say);
    });
    let cleared = refused(|plan| {
        let at = plan.code.iter().position(|one| {
            matches!(one, Instruction::Set { attr, .. }
            if plan.attributes[attr.index()].space == Space::Let)
        });
        let at = at.expect("a let");
        let Instruction::Set { attr, .. } = plan.code[at] else { return };
        plan.code[at] = Instruction::Clear { attr };
    });
    let pushed = refused(|plan| {
        let at = plan.attributes.iter().position(|one| one.space == Space::Let).expect("a let");
        let attr = tidegate_plan::model::AttrId(u32::try_from(at).expect("a small plan"));
        plan.pushes[0].carry.push(("Subject".to_owned(), attr));
    });
    let shared = refused(|plan| {
        let lets: Vec<usize> = (0..plan.code.len())
            .filter(|at| {
                matches!(&plan.code[*at], Instruction::Set { attr, .. }
                if plan.attributes[attr.index()].space == Space::Let)
            })
            .collect();
        let (first, last) = (lets[0], *lets.last().expect("lets"));
        let Instruction::Set { attr, .. } = plan.code[first] else { return };
        if let Instruction::Set { attr: other, .. } = &mut plan.code[last] {
            *other = attr;
        }
    });
    insta::assert_snapshot!([late, cleared, pushed, shared].join("\n"));
}
