//! Time that passes by itself, and what comes meanwhile.

use jiff::SignedDuration;
use tidegate_plan::model::{Handlers, Instruction};
use tidegate_plan::verify::VerifiedPlan;

use super::{minutes, player, unknown, verified};
use crate::event::Event;
use crate::fixture::Builder;
use crate::state::Position;
use crate::transition::Reception;

/// `say "One moment."`, `wait 10m`, `ask`, `say "Thank you."`
fn plan() -> VerifiedPlan {
    let mut b = Builder::new();
    b.attr("session.email", tidegate_plan::value::ValueType::Email);
    b.attr("session.name", tidegate_plan::value::ValueType::Text);
    let (moment, thanks) = (b.text("One moment."), b.text("Thank you."));
    let entry = b.code("w/say", Instruction::Say { text: moment });
    b.code("w/wait", Instruction::Wait { ms: 600_000 });
    b.code("w/ask", Instruction::Ask { own: Handlers::default() });
    b.code("w/say 2", Instruction::Say { text: thanks });
    b.code("w/end", Instruction::End { because: None });
    b.plan.on_open = Some(b.workflow("w", entry, Handlers::default()));
    verified(b.build())
}

#[test]
fn words_that_come_meanwhile_are_taken_at_the_next_wait_for_words() {
    let plan = plan();
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.writes("It works again");
    player.writes("Or does it?");
    assert_eq!(player.play(&Event::HumanRequested).reception, Reception::Stale);
    player.passes(minutes(10) - SignedDuration::from_millis(1));
    assert!(matches!(player.conversation.position, Position::Pausing { .. }));
    player.passes(SignedDuration::from_millis(1));
    assert!(player.ended());
    insta::assert_snapshot!(player.log());
}

#[test]
fn a_pause_ends_once() {
    let plan = plan();
    let mut player = player(&plan);
    let over = player.opens(unknown(&plan)).timers.pop().expect("a timer");
    player.passes(minutes(10));
    let waiting = player.conversation.clone();
    assert!(matches!(waiting.position, Position::Waiting { .. }));
    player.play(&over.event);
    assert_eq!(player.conversation, waiting);
}
