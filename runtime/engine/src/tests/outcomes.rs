//! Order of wait and arrival, passed waits, silence, unwinding.

use super::{ada, attr, known, minutes, player, support, unknown, verified};
use crate::effect::Action;
use crate::event::{Event, Opened, PersonFound, Signed};
use crate::message::{Message, Speaker};
use crate::state::{Person, Position, Said};
use crate::transition::{Fault, Reception};
use tidegate_plan::value::Value;

#[test]
fn words_that_come_before_the_wait_are_taken_there() {
    let plan = support();
    let mut early = player(&plan);
    early.opens(known());
    early.writes("first words");
    let early_next = early.finds(ada(&plan));
    let mut late = player(&plan);
    late.opens(known());
    late.finds(ada(&plan));
    let late_next = late.writes("first words");
    // Both orders come to the buttons, with the same words remembered.
    for transition in [&early_next, &late_next] {
        assert!(matches!(transition.messages.last(), Some(Message::Choices { .. })));
        assert_eq!(transition.next.said, [Said::Words("first words".into())]);
        assert!(transition.next.inbox.is_empty());
    }
}

#[test]
fn the_customers_words_come_first() {
    let plan = support();
    let mut player = player(&plan);
    player.opens(Opened::default());
    let transition = player.writes("hello");
    assert_eq!(
        transition.messages[0],
        Message::Said { from: Speaker::Customer, text: "hello".into(), masked: None, notice: None }
    );
    assert_eq!(transition.messages[1], Message::Closed { wait: 1, answers: vec![] });
}

#[test]
fn a_late_answer_about_the_person_is_ignored() {
    let plan = support();
    let mut player = player(&plan);
    player.opens(known());
    player.passes(jiff::SignedDuration::from_secs(3));
    assert_eq!(player.conversation.person, Person::Verified);
    let before = player.conversation.clone();
    let transition = player.finds(ada(&plan));
    assert_eq!(transition.next, before);
}

#[test]
fn several_persons_are_none() {
    let plan = support();
    let mut player = player(&plan);
    player.opens(known());
    player.finds(PersonFound::Several);
    assert_eq!(player.conversation.person, Person::Verified);
    assert!(matches!(player.conversation.position, Position::Waiting { .. }));
}

#[test]
fn a_signed_visitor_whom_nothing_finds_is_verified() {
    let plan = support();
    let mut player = player(&plan);
    player.opens(Opened { signed: Some(Signed::default()), values: vec![] });
    assert_eq!(player.conversation.person, Person::Verified);
    assert!(matches!(player.conversation.position, Position::Waiting { .. }));
}

#[test]
fn the_page_cannot_claim_what_salesforce_knows() {
    let plan = support();
    let mut player = player(&plan);
    let name = attr(&plan, "person.FirstName");
    let values = vec![(name, Value::Text("Mallory".into()))];
    player.opens(Opened { signed: None, values });
    assert_eq!(player.conversation.slots[name.index()], None);
}

#[test]
fn an_answer_to_a_passed_wait_changes_nothing() {
    let plan = support();
    let mut player = player(&plan);
    player.opens(Opened::default());
    player.writes("hello");
    player.presses(0);
    let before = player.conversation.clone();
    for event in [
        Event::ChoiceMade { wait: 2, choice: 1 },
        Event::FormSubmitted { wait: 2, values: vec![], files: vec![] },
        Event::ChoiceMade { wait: 99, choice: 0 },
    ] {
        let transition = player.play(&event);
        assert_eq!(transition.reception, Reception::Stale);
        assert_eq!(transition.next, before);
        assert!(transition.messages.is_empty() && transition.effects.is_empty());
    }
}

#[test]
fn a_form_is_checked_again_when_it_comes_as_an_event() {
    let plan = support();
    let mut player = player(&plan);
    player.opens(Opened::default());
    player.writes("hello");
    player.presses(1);
    let before = player.conversation.clone();
    let values = vec![(attr(&plan, "conversation.order_number"), Value::Text("x".into()))];
    let transition = player.play(&Event::FormSubmitted { wait: 3, values, files: vec![] });
    let Reception::Invalid { fields } = &transition.reception else { panic!("taken") };
    assert_eq!(fields["conversation.order_number"], "Six digits, please");
    assert_eq!(transition.next, before);
}

#[test]
fn silence_nudges_once_and_then_ends() {
    let plan = support();
    let mut player = player(&plan);
    player.opens(Opened::default());
    player.passes(minutes(6));
    let Position::Waiting { wait: 1, idled: 1, .. } = player.conversation.position else {
        panic!("not the same wait: {:?}", player.conversation.position)
    };
    let again = player.play(&Event::IdleFired { wait: 1, ordinal: 0 });
    assert!(again.messages.is_empty());
    player.passes(minutes(10));
    assert!(player.ended());
    insta::assert_snapshot!(player.log());
}

#[test]
fn words_beside_buttons_break_the_silence() {
    let plan = support();
    let mut plain = player(&plan);
    plain.opens(Opened::default());
    plain.writes("hello");
    plain.presses(1);
    plain.passes(minutes(4));
    plain.writes("one moment");
    plain.passes(minutes(4));
    assert!(!plain.log().contains("still there"));
    plain.passes(minutes(1));
    assert_eq!(plain.log().matches("still there").count(), 1);
}

#[test]
fn the_wish_for_a_person_unwinds_two_runs() {
    let plan = support();
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.writes("hello");
    player.presses(1);
    assert_eq!(player.conversation.frames.len(), 3);
    let transition = player.play(&Event::HumanRequested);
    assert_eq!(transition.next.frames.len(), 1);
    assert!(matches!(transition.effects[0].action, Action::Summarise { .. }));
}

#[test]
fn effect_keys_are_the_same_at_replay() {
    let plan = support();
    let keys = || {
        let mut player = player(&plan);
        player.opens(known());
        player.finds(ada(&plan));
        player.writes("hello");
        player.writes("a bill");
        player.summarises(None);
        player.creates_case("500000000000001AAA", None);
        player.effects.iter().map(|effect| effect.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(), keys());
    let mut distinct = keys();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), keys().len());
}

#[test]
fn a_message_after_the_end_is_for_a_new_conversation() {
    let plan = verified(crate::fixture::tiny());
    let mut player = player(&plan);
    player.opens(Opened::default());
    assert!(player.ended());
    let transition = player.writes("hello");
    assert_eq!(transition.reception, Reception::Over);
    assert!(transition.messages.is_empty());
}

#[test]
fn another_plans_conversation_is_left_alone() {
    let (plan, other) = (support(), verified(crate::fixture::tiny()));
    let mut player = player(&plan);
    player.opens(Opened::default());
    let transition = crate::step(&other, &player.conversation, &Event::HumanRequested, player.now);
    assert_eq!(transition.fault, Some(Fault::WrongPlan));
    assert_eq!(transition.next, player.conversation);
}
