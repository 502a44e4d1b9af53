//! A visitor who has not opened the Messenger.

use tidegate_plan::model::{Expr, Handlers, Instruction, Target, Visit, WorkflowId};
use tidegate_plan::value::ValueType;
use tidegate_plan::verify::VerifiedPlan;

use super::{known, player, syncs_contacts, unknown, verified};
use crate::event::{Event, PersonFound};
use crate::fixture::Builder;
use crate::state::Position;
use crate::teaser::teaser;

const AFTER: u64 = 30_000;

/// A visit of a verified visitor: `note`, `say "May we help?"`, `ask`, `end`; the opening says `"Hello."`.
fn plan() -> VerifiedPlan {
    let mut b = Builder::new();
    b.attr("session.email", ValueType::Email);
    b.attr("session.name", ValueType::Text);
    syncs_contacts(&mut b);
    let (help, hello) = (b.text("May we help?"), b.text("Hello."));
    let entry = b.code("w/note", Instruction::Note { text: help });
    b.code("w/say", Instruction::Say { text: help });
    b.code("w/ask", Instruction::Ask { own: Handlers::default() });
    b.code("w/end", Instruction::End { because: None });
    let helps = b.workflow("w", entry, Handlers::default());
    let entry = b.code("o/say", Instruction::Say { text: hello });
    b.code("o/end", Instruction::End { because: None });
    b.plan.on_open = Some(b.workflow("o", entry, Handlers::default()));
    let condition = b.expr(Expr::PersonVerified);
    let entry = b.at();
    let otherwise = Target(entry.0 + 3);
    b.code("w/on visit", Instruction::Branch { condition, otherwise });
    b.code("w/on visit/run", Instruction::Run { workflow: helps });
    b.code("w/on visit/return", Instruction::Return);
    b.code("w/on visit/await", Instruction::AwaitMessage);
    let workflow: WorkflowId = b.workflow("on visit", entry, Handlers::default());
    b.plan.visits.push(Visit { after_ms: AFTER, workflow });
    verified(b.build())
}

#[test]
fn a_visit_shows_what_is_said_before_the_first_wait() {
    let plan = plan();
    let mut player = player(&plan);
    let begun = player.play(&Event::Visited { after_ms: AFTER, opened: known() });
    assert!(teaser(&begun).is_empty(), "who it is, is not known yet");
    let begun = player.finds(PersonFound::Nobody);
    assert_eq!(teaser(&begun), ["May we help?"]);
    assert!(matches!(player.conversation.position, Position::Waiting { .. }));
    player.writes("Yes");
    assert!(player.ended());
}

#[test]
fn a_visit_that_starts_nothing_shows_nothing_and_is_an_opening() {
    let plan = plan();
    for (after_ms, opened) in [(AFTER, unknown(&plan)), (1_000, unknown(&plan))] {
        let mut player = player(&plan);
        let begun = player.play(&Event::Visited { after_ms, opened });
        assert!(teaser(&begun).is_empty());
        assert_eq!(player.conversation.visit, None);
        assert!(player.log().contains("Hello."), "{}", player.log());
        assert!(!player.log().contains("May we help?"));
    }
}

#[test]
fn an_opening_shows_visitors_nothing() {
    let plan = plan();
    let begun = player(&plan).opens(unknown(&plan));
    assert!(!begun.messages.is_empty());
    assert!(teaser(&begun).is_empty());
}
