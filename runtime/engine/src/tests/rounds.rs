//! Rounds of a `repeat`: counted, across waits, and anew where it is begun again.

use tidegate_plan::model::{Handlers, Instruction, Target};
use tidegate_plan::verify::VerifiedPlan;

use super::{player, unknown, verified};
use crate::fixture::Builder;

/// `repeat up to 2 { repeat up to 3 { ask } exhausted => say "Three." } exhausted => say "Two."`
fn plan() -> VerifiedPlan {
    let mut b = Builder::new();
    b.attr("session.email", tidegate_plan::value::ValueType::Email);
    b.attr("session.name", tidegate_plan::value::ValueType::Text);
    let (three, two) = (b.text("Three."), b.text("Two."));
    let entry = b.code("w/repeat", Instruction::Repeat);
    b.code("w/repeat/round/repeat", Instruction::Repeat);
    b.code("w/repeat/round/repeat/round/ask", Instruction::Ask { own: Handlers::default() });
    b.code("w/inner", Instruction::Again { head: Target(1), up_to: 3 });
    b.code("w/inner/exhausted/say", Instruction::Say { text: three });
    b.code("w/outer", Instruction::Again { head: Target(0), up_to: 2 });
    b.code("w/outer/exhausted/say", Instruction::Say { text: two });
    b.code("w/end", Instruction::End { because: None });
    b.plan.on_open = Some(b.workflow("w", entry, Handlers::default()));
    verified(b.build())
}

#[test]
fn each_time_it_is_begun_it_counts_anew() {
    let plan = plan();
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    for _ in 0..5 {
        player.writes("no");
        assert!(!player.ended());
    }
    // What is stored between two messages holds the count.
    let stored = serde_json::to_string(&player.conversation).expect("data");
    player.conversation = serde_json::from_str(&stored).expect("a conversation");
    player.writes("no");
    assert!(player.ended());
    assert_eq!(player.log().matches("assistant: Three.").count(), 2);
    assert_eq!(player.log().matches("assistant: Two.").count(), 1);
}

#[test]
fn a_plan_that_repeats_keeps_to_its_bound() {
    assert_eq!(plan().bound(), 43);
}
