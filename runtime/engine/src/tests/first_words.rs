//! What the customer writes first, where the opening has started nothing.

use tidegate_plan::model::{Handlers, Instruction};
use tidegate_plan::value::ValueType;
use tidegate_plan::verify::VerifiedPlan;

use super::{known, minutes, player, syncs_contacts, unknown, verified};
use crate::event::{Event, PersonFound};
use crate::fixture::Builder;
use crate::state::Position;
use crate::transition::Reception;

/// `on message`: `say "Thank you."`, `ask`, `end`; with `opening`, an `on open` that starts nothing.
fn plan(opening: bool) -> VerifiedPlan {
    let mut b = Builder::new();
    b.attr("session.email", ValueType::Email);
    b.attr("session.name", ValueType::Text);
    syncs_contacts(&mut b);
    let thanks = b.text("Thank you.");
    let entry = b.code("w/say", Instruction::Say { text: thanks });
    b.code("w/ask", Instruction::Ask { own: Handlers::default() });
    b.code("w/end", Instruction::End { because: None });
    b.plan.on_message = Some(b.workflow("w", entry, Handlers::default()));
    if opening {
        let entry = b.code("v/on open", Instruction::AwaitMessage);
        b.plan.on_open = Some(b.workflow("on open", entry, Handlers::default()));
    }
    verified(b.build())
}

#[test]
fn they_start_what_a_message_starts_and_are_no_answer_to_it() {
    for opening in [false, true] {
        let plan = plan(opening);
        let mut player = player(&plan);
        player.opens(unknown(&plan));
        assert!(matches!(player.conversation.position, Position::AwaitingMessage { .. }));
        assert_eq!(player.play(&Event::HumanRequested).reception, Reception::Stale);
        player.writes(" ");
        assert!(matches!(player.conversation.position, Position::AwaitingMessage { .. }));
        player.writes("My boiler is cold");
        assert!(matches!(player.conversation.position, Position::Waiting { .. }));
        assert_eq!(player.conversation.said.len(), 1);
        player.writes("Since Monday");
        assert!(player.ended());
        if opening {
            insta::assert_snapshot!(player.log());
        }
    }
}

#[test]
fn words_that_come_while_the_org_is_asked_are_the_first() {
    let plan = plan(true);
    let mut player = player(&plan);
    player.opens(known());
    assert!(matches!(player.conversation.position, Position::Syncing { .. }));
    player.writes("Hello");
    player.finds(PersonFound::Nobody);
    assert!(matches!(player.conversation.position, Position::Waiting { .. }));
    assert!(player.conversation.inbox.is_empty());
}

#[test]
fn nobody_waits_for_them_for_longer_than_a_day() {
    let plan = plan(true);
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.passes(minutes(24 * 60 - 1));
    assert!(!player.ended());
    player.passes(minutes(1));
    assert!(player.ended());
    player.writes("Too late");
    assert_eq!(player.writes("Too late").reception, Reception::Over);
}

#[test]
fn who_has_written_is_waited_for_as_the_workflow_says() {
    let plan = plan(true);
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.writes("Hello");
    let waiting = player.conversation.clone();
    player.passes(minutes(3 * 24 * 60));
    assert_eq!(player.conversation, waiting);
}
