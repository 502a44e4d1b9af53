//! How conversations end, and what comes too late.

use tidegate_plan::verify::VerifiedPlan;

use super::{minutes, player, support, unknown};
use crate::event::Event;
use crate::message::{Message, Speaker};
use crate::rehearse::Player;
use crate::resolution;
use crate::state::Said;
use crate::transition::Reception;

fn opened(plan: &VerifiedPlan) -> Player<'_> {
    let mut player = player(plan);
    player.opens(unknown(plan));
    player
}

#[test]
fn silence_abandons_a_conversation_and_a_case_resolves_it() {
    let plan = support();
    let silent = Event::IdleFired { wait: 1, ordinal: 1 };
    let mut player = opened(&plan);
    player.passes(minutes(20));
    assert!(player.ended());
    assert_eq!(resolution(&plan, &player.conversation, &silent, false), Some("abandoned"));
    assert_eq!(resolution(&plan, &player.conversation, &silent, true), None);
    let words = Event::Message { text: "bye".to_owned() };
    assert_eq!(resolution(&plan, &player.conversation, &words, false), Some("ended"));
    let mut player = opened(&plan);
    player.writes("hello");
    player.writes("a bill");
    player.passes(minutes(1));
    player.refuses_case("REQUIRED_FIELD_MISSING");
    assert!(player.ended());
    assert_eq!(resolution(&plan, &player.conversation, &silent, false), Some("case"));
}

#[test]
fn a_late_answer_breaks_the_silence_and_changes_nothing_else() {
    let plan = support();
    let mut player = opened(&plan);
    player.passes(minutes(4));
    let before = player.conversation.clone();
    let late = Event::AnsweredLate { text: "Order number: 7".to_owned() };
    let transition = player.play(&late);
    assert_eq!(transition.reception, Reception::Taken);
    let text = "Order number: 7".to_owned();
    let said =
        Message::Said { from: Speaker::Customer, text: text.clone(), masked: None, notice: None };
    assert_eq!(transition.messages, [said]);
    assert_eq!(player.conversation.slots, before.slots);
    assert_eq!(player.conversation.said.last(), Some(&Said::Answer(text)));
    // Five minutes of silence count from here.
    let messages = player.conversation.messages;
    player.passes(minutes(4));
    assert_eq!(player.conversation.messages, messages);
    player.passes(minutes(2));
    assert!(player.conversation.messages > messages);
}

#[test]
fn behind_the_end_nothing_is_late_any_more() {
    let plan = support();
    let mut player = opened(&plan);
    player.passes(minutes(20));
    let transition = player.play(&Event::AnsweredLate { text: "a bill".to_owned() });
    assert_eq!(transition.reception, Reception::Over);
    assert!(transition.messages.is_empty());
}
