//! What agents offer to press: once, while it is the last that they have asked.

use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::hand_offs::{accepted, handed_off, plan};
use crate::effect::{Action, Effect};
use crate::event::{Author, ChatEvent, Event};
use crate::message::{Message, Speaker};
use crate::offer::{Asks, OfferedOption, Reply};
use crate::rehearse::Player;
use crate::state::Said;
use crate::transition::{Reception, Transition};

fn option(id: &str, title: &str) -> OfferedOption {
    OfferedOption { id: id.to_owned(), title: title.to_owned(), label: None }
}

fn asks(text: &str, titles: &[&str]) -> Asks {
    let options = titles.iter().map(|title| option(&format!("id of {title}"), title)).collect();
    Asks::Choices { text: text.to_owned(), options }
}

fn asked(key: Uuid, question: &str, asks: Asks) -> Event {
    let question = question.to_owned();
    Event::Chat { key, what: ChatEvent::Asked { by: Author::Agent, question, asks } }
}

fn with_agent(plan: &VerifiedPlan) -> (Player<'_>, Uuid) {
    let (mut player, key) = handed_off(plan, "");
    player.play(&Event::Chat { key, what: accepted() });
    (player, key)
}

/// The wait of the buttons that a transition shows.
fn wait(transition: &Transition) -> u64 {
    let shown = transition.messages.iter().find_map(|message| match message {
        Message::Choices { from: Some(Speaker::Agent), wait, .. } => Some(*wait),
        _ => None,
    });
    shown.unwrap_or_else(|| panic!("no buttons: {:?}", transition.messages))
}

fn replies(effects: &[Effect]) -> Vec<(&str, &Reply)> {
    let replies = effects.iter().filter_map(|effect| match &effect.action {
        Action::RelayReply { question, reply, .. } => Some((question.as_str(), reply)),
        _ => None,
    });
    replies.collect()
}

fn chosen(title: &str) -> Reply {
    Reply::Chosen { id: format!("id of {title}"), title: title.to_owned() }
}

#[test]
fn an_option_is_pressed_once() {
    let plan = plan();
    let (mut player, key) = with_agent(&plan);
    let wait = wait(&player.play(&asked(key, "q1", asks("Which one?", &["Order", "Bill"]))));
    let press = Event::ChoiceMade { wait, choice: 1 };
    assert_eq!(player.play(&Event::ChoiceMade { wait, choice: 2 }).reception, Reception::Stale);
    let taken = player.play(&press);
    let answers = vec![("Which one?".to_owned(), "Bill".to_owned())];
    assert_eq!(taken.messages, [Message::Closed { wait, answers }]);
    assert_eq!(replies(&taken.effects), [("q1", &chosen("Bill"))]);
    assert_eq!(player.play(&press).reception, Reception::Stale);
    assert_eq!(replies(&player.effects).len(), 1);
    assert_eq!(player.conversation.said.last(), Some(&Said::Answer("Which one? Bill".to_owned())));
}

#[test]
fn what_is_asked_later_takes_the_place_of_what_was_asked_before() {
    let plan = plan();
    let (mut player, key) = with_agent(&plan);
    let first = wait(&player.play(&asked(key, "q1", asks("Which one?", &["Order", "Bill"]))));
    let next = player.play(&asked(key, "q2", asks("Or rather?", &["Bill"])));
    assert!(matches!(&next.messages[..], [Message::Closed { wait, answers }, _]
        if *wait == first && answers.is_empty()));
    let stale = player.play(&Event::ChoiceMade { wait: first, choice: 0 });
    assert_eq!((stale.reception, stale.effects), (Reception::Stale, Vec::new()));
    player.play(&Event::ChoiceMade { wait: wait(&next), choice: 0 });
    assert_eq!(replies(&player.effects), [("q2", &chosen("Bill"))]);
}

#[test]
fn a_label_that_is_written_presses_and_other_words_are_words() {
    let plan = plan();
    let (mut player, key) = with_agent(&plan);
    let more = OfferedOption { label: Some("Bill – the last one".into()), ..option("b", "Bill") };
    let options = vec![option("o", "Order"), more];
    let asked = asked(key, "q1", Asks::Choices { text: "Which?".into(), options });
    let wait = wait(&player.play(&asked));
    let words = player.play(&Event::Message { text: "Let me see".into() });
    assert!(matches!(&words.effects[..], [Effect { action: Action::Relay { .. }, .. }]));
    assert!(player.conversation.offer.is_some());
    let typed = player.play(&Event::Message { text: " bill ".into() });
    let reply = Reply::Chosen { id: "b".into(), title: "Bill".into() };
    assert_eq!(replies(&typed.effects), [("q1", &reply)]);
    assert_eq!(typed.effects.len(), 1, "it is not told as words, too");
    assert!(matches!(&typed.messages[..], [_, Message::Closed { wait: closed, answers }]
        if *closed == wait && answers[0].1 == "Bill – the last one"));
}

#[test]
fn what_nobody_has_answered_ends_with_the_chat() {
    let plan = plan();
    for what in [ChatEvent::Ended, ChatEvent::Lost] {
        let (mut player, key) = with_agent(&plan);
        let wait = wait(&player.play(&asked(key, "q1", asks("Which one?", &["Order"]))));
        // Another agent goes on with what the first has asked.
        player.play(&Event::Chat { key, what: ChatEvent::Left });
        assert!(player.conversation.offer.is_some());
        let over = player.play(&Event::Chat { key, what });
        assert_eq!(over.messages[0], Message::Closed { wait, answers: Vec::new() });
        assert_eq!(player.conversation.offer, None);
        let late = player.play(&Event::ChoiceMade { wait, choice: 0 });
        assert_eq!((late.reception, late.effects), (Reception::Over, Vec::new()));
    }
}

#[test]
fn more_than_can_be_shown_is_told_as_text() {
    let plan = plan();
    let many: Vec<String> = (0..51).map(|number| format!("Option {number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let long = "x".repeat(501);
    let too_much =
        [asks("Which?", &many), asks("Which?", &[&long]), asks(&"?".repeat(4001), &["Yes"])];
    let (mut player, key) = with_agent(&plan);
    for asks in too_much {
        let told = player.play(&asked(key, "q1", asks.clone()));
        assert!(matches!(&told.messages[..], [Message::Said { from: Speaker::Agent, text, .. }]
            if *text == asks.as_text()));
        assert_eq!(player.conversation.offer, None);
    }
    let (mut player, key) = with_agent(&plan);
    let most = player.play(&asked(key, "q1", asks("Which?", &many[..50])));
    assert!(matches!(most.messages[..], [Message::Choices { .. }]));
}

#[test]
fn who_asks_has_accepted_unless_it_is_a_bot() {
    let plan = plan();
    for (by, messages) in [(Author::Agent, 2), (Author::Bot, 1), (Author::System, 1)] {
        let (mut player, key) = handed_off(&plan, "");
        let asks = asks("Which?", &["Yes"]);
        let what = ChatEvent::Asked { by, question: "q1".into(), asks };
        let asked = player.play(&Event::Chat { key, what });
        assert_eq!(asked.messages.len(), messages, "{by:?}");
        let wait = player.conversation.waits;
        player.play(&Event::ChoiceMade { wait, choice: 0 });
        assert_eq!(replies(&player.effects).len(), 1);
    }
}
