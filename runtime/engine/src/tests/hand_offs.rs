//! `hand off`: an agent in time wins, nobody in time withdraws the chat, and words go to whom they are
//! for.

use tidegate_plan::model::{
    ChannelPush, ChannelPushId, Handlers, Instruction, Outcome, OutcomeHandler, Plan, Routed,
    Target,
};
use tidegate_plan::value::{Value, ValueType};
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::{attr, minutes, player, unknown, verified};
use crate::effect::Action;
use crate::event::{Author, ChatEvent, Event};
use crate::file::FileRef;
use crate::fixture::Builder;
use crate::rehearse::Player;
use crate::state::Position;
use crate::transition::Reception;

/// `ask`, `hand off … waiting up to 3m`, each outcome with an arm that says its name and ends.
fn built(fin: bool) -> Plan {
    let mut b = Builder::new();
    b.attr("session.email", ValueType::Email);
    b.attr("session.name", ValueType::Text);
    let seen = b.attr("session.first_seen", ValueType::DateTime);
    let note = b.attr("session.page", ValueType::Text);
    let entries = [("note", note), ("seen", seen)].map(|(key, attr)| Routed {
        key: key.to_owned(),
        value: b.expr(tidegate_plan::model::Expr::Attr(attr)),
        max_length: 30,
        span: crate::fixture::SPAN,
    });
    let (name, channel) = ("live_chat".to_owned(), "web".to_owned());
    b.plan.channels.push(ChannelPush { name, channel, fin, entries: entries.to_vec() });
    let text = Outcome::OF_HAND_OFF.map(|outcome| b.text(outcome.name()));
    let entry = b.code("w/ask", Instruction::Ask { own: Handlers::default() });
    let arm = |at: u32, outcome| OutcomeHandler { outcome, target: Target(3 + 2 * at) };
    let others = (0u32..).zip(Outcome::OF_HAND_OFF).map(|(at, one)| arm(at, one)).collect();
    let own = Handlers { others, ..Handlers::default() };
    let push = ChannelPushId(0);
    b.code("w/hand off", Instruction::HandOff { push, up_to_ms: 180_000, own });
    b.code("w/end", Instruction::End { because: None });
    for (at, text) in text.into_iter().enumerate() {
        b.code(&format!("w/say {at}"), Instruction::Say { text });
        b.code(&format!("w/end {at}"), Instruction::End { because: None });
    }
    b.plan.on_open = Some(b.workflow("w", entry, Handlers::default()));
    b.build()
}

pub(super) fn plan() -> VerifiedPlan {
    verified(built(false))
}

/// A conversation that waits for an agent, with the chat.
pub(super) fn handed_off<'p>(plan: &'p VerifiedPlan, note: &str) -> (Player<'p>, Uuid) {
    let mut player = player(plan);
    let mut opened = unknown(plan);
    let seen = "2026-11-22T09:00:00Z".parse().expect("a time");
    opened.values.push((attr(plan, "session.first_seen"), Value::DateTime(seen)));
    if !note.is_empty() {
        opened.values.push((attr(plan, "session.page"), Value::Text(note.to_owned())));
    }
    player.play(&Event::Opened(opened));
    player.play(&Event::Message { text: "I want a person".into() });
    let last = player.effects.last().expect("an effect");
    assert!(matches!(last.action, Action::OpenChat { .. }), "{last:?}");
    let key = last.key;
    (player, key)
}

fn ends_in(player: &Player<'_>, outcome: &str) {
    assert_eq!(player.conversation.position, Position::Ended);
    let log = player.log();
    assert!(log.contains(&format!("  [no agent any more]\n  assistant: {outcome}\n")), "{log}");
}

pub(super) fn accepted() -> ChatEvent {
    ChatEvent::Accepted { name: Some("Ada".to_owned()) }
}

#[test]
fn words_go_both_ways_until_the_agent_ends_the_chat() {
    let plan = plan();
    let (mut player, key) = handed_off(&plan, "");
    player.play(&Event::Message { text: "Hello?".into() });
    player.play(&Event::Chat { key, what: accepted() });
    player.play(&Event::Chat {
        key,
        what: ChatEvent::Wrote { by: Author::Agent, text: "On my way.".into() },
    });
    player.play(&Event::Message { text: "Thanks".into() });
    let relayed: Vec<(Uuid, &str)> = player
        .effects
        .iter()
        .filter_map(|effect| match &effect.action {
            Action::Relay { chat, text, .. } => Some((*chat, text.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(relayed, [(key, "Hello?"), (key, "Thanks")]);
    let mut keys: Vec<Uuid> = player.effects.iter().map(|effect| effect.key).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), player.effects.len(), "each effect has a key of its own");
    assert!(player.log().contains("  [an agent is there: Ada]\n"));
    assert!(player.log().contains("  agent: On my way.\n"));
    player.passes(minutes(10));
    assert!(matches!(player.conversation.position, Position::HandedOff { accepted: true, .. }));
    player.play(&Event::Chat { key, what: ChatEvent::Ended });
    ends_in(&player, "ended");
}

#[test]
fn nobody_in_time_withdraws_the_chat_and_who_comes_then_comes_too_late() {
    let plan = plan();
    let (mut player, key) = handed_off(&plan, "");
    player.passes(minutes(4));
    ends_in(&player, "no agent");
    let withdrawn = player
        .effects
        .iter()
        .filter(|effect| matches!(effect.action, Action::WithdrawChat { chat } if chat == key));
    assert_eq!(withdrawn.count(), 1);
    for what in [accepted(), ChatEvent::Wrote { by: Author::Agent, text: "Hi".into() }] {
        assert_eq!(player.play(&Event::Chat { key, what }).messages, []);
    }
}

#[test]
fn an_agent_who_leaves_is_replaced_or_the_time_begins_anew() {
    let plan = plan();
    let (mut player, key) = handed_off(&plan, "");
    player.passes(minutes(2));
    player.play(&Event::Chat { key, what: accepted() });
    player.passes(minutes(2));
    player.play(&Event::Chat { key, what: ChatEvent::Left });
    player.passes(minutes(2));
    assert!(matches!(player.conversation.position, Position::HandedOff { accepted: false, .. }));
    // Who writes has accepted.
    player.play(&Event::Chat {
        key,
        what: ChatEvent::Wrote { by: Author::Agent, text: "Me now.".into() },
    });
    player.passes(minutes(9));
    assert!(matches!(player.conversation.position, Position::HandedOff { accepted: true, .. }));
    player.play(&Event::Chat { key, what: ChatEvent::Left });
    player.passes(minutes(4));
    ends_in(&player, "no agent");
}

/// A bot can't hold the customer for ever: nobody has come.
#[test]
fn what_bots_write_is_shown_and_the_wait_for_an_agent_goes_on() {
    let plan = plan();
    let (mut player, key) = handed_off(&plan, "");
    player.passes(minutes(2));
    for (by, text) in [(Author::Bot, "What is it about?"), (Author::System, "Please wait.")] {
        player.play(&Event::Chat { key, what: ChatEvent::Wrote { by, text: text.into() } });
    }
    assert!(matches!(player.conversation.position, Position::HandedOff { accepted: false, .. }));
    let log = player.log();
    assert!(log.contains("  bot: What is it about?\n"), "{log}");
    assert!(log.contains("  system: Please wait.\n"), "{log}");
    assert!(!log.contains("an agent is there"), "{log}");
    player.passes(minutes(2));
    ends_in(&player, "no agent");
}

#[test]
fn a_chat_that_ends_behind_an_agent_who_has_just_left_was_ended() {
    let plan = plan();
    let (mut player, key) = handed_off(&plan, "");
    for what in [accepted(), ChatEvent::Left, ChatEvent::Ended] {
        player.play(&Event::Chat { key, what });
    }
    ends_in(&player, "ended");
}

#[test]
fn who_comes_beside_an_agent_is_told_and_that_one_may_go() {
    let plan = plan();
    let (mut player, key) = handed_off(&plan, "");
    player.play(&Event::Chat { key, what: accepted() });
    let other = ChatEvent::Accepted { name: Some("Bea".to_owned()) };
    player.play(&Event::Chat { key, what: other });
    let log = player.log();
    assert!(log.contains("  [an agent is there: Bea]\n"), "{log}");
    assert_eq!(log.matches("[awaits an agent]").count(), 1, "{log}");
}

#[test]
fn files_go_both_ways_and_what_the_customer_sent_is_kept_for_a_case() {
    let plan = plan();
    let file = |n| FileRef {
        id: Uuid::from_u128(n),
        name: "photo.jpg".to_owned(),
        bytes: 3,
        media_type: "image/jpeg".to_owned(),
    };
    let mut early = player(&plan);
    early.play(&Event::Opened(unknown(&plan)));
    let asked = early.play(&Event::FileSent { file: file(1) });
    assert_eq!(asked.reception, Reception::Stale, "nobody is there who could look at it");
    let (mut player, key) = handed_off(&plan, "");
    player.play(&Event::Chat { key, what: accepted() });
    player.play(&Event::FileSent { file: file(2) });
    let effect = player.effects.last().expect("an effect");
    assert!(matches!(&effect.action, Action::RelayFile { chat, file: sent, .. }
        if *chat == key && *sent == file(2)));
    let relayed = effect.key;
    let again = player.play(&Event::FileSent { file: file(2) });
    assert_eq!(again.reception, Reception::Stale, "it is with them already");
    player.play(&Event::Message { text: "That is it.".into() });
    assert_ne!(player.effects.last().expect("an effect").key, relayed);
    assert_eq!(player.conversation.files, [file(2)]);
    for (name, file) in [("plan.pdf", Some(file(3))), ("virus.exe", None)] {
        let what = ChatEvent::Sent { by: Author::Agent, name: name.to_owned(), file };
        player.play(&Event::Chat { key, what });
    }
    let log = player.log();
    assert!(log.contains("  customer: [file \"photo.jpg\"]\n"), "{log}");
    assert!(log.contains("  agent: [file \"plan.pdf\"]\n"), "{log}");
    assert!(log.contains("  agent: [file \"virus.exe\", which can't be had]\n"), "{log}");
    for file in [Some("photo.jpg".to_owned()), None] {
        player.play(&Event::Chat { key, what: ChatEvent::NotPassedOn { file } });
    }
    let log = player.log();
    assert!(log.contains("  assistant: [file \"photo.jpg\", which can't be had]\n"), "{log}");
    assert!(
        log.contains("  assistant: Your message could not be passed on to our team.\n"),
        "{log}"
    );
    player.play(&Event::Chat { key, what: ChatEvent::Ended });
    let late = player.play(&Event::Chat { key, what: ChatEvent::NotPassedOn { file: None } });
    assert_eq!(late.messages, [], "nobody is told of a chat that is over");
    let over = player.play(&Event::FileSent { file: file(4) });
    assert_eq!(over.reception, Reception::Over);
}

/// What an earlier version has written.
#[test]
fn words_and_positions_without_what_is_new_are_read() {
    let wrote = r#"{"kind":"wrote","text":"Hi"}"#;
    let read: ChatEvent = serde_json::from_str(wrote).expect("an event");
    assert_eq!(read, ChatEvent::Wrote { by: Author::Agent, text: "Hi".into() });
    let id = Uuid::nil();
    let position = format!(
        r#"{{"kind":"handed_off","at":1,"key":"{id}","accepted":true,"wait":"{id}","relayed":0}}"#
    );
    let read: Position = serde_json::from_str(&position).expect("a position");
    assert!(matches!(read, Position::HandedOff { accepted: true, met: false, .. }));
}

#[test]
fn what_becomes_of_the_chat_is_an_outcome_of_its_own() {
    let plan = plan();
    for (what, outcome) in
        [(ChatEvent::Failed, "failed"), (ChatEvent::Lost, "lost"), (ChatEvent::Ended, "no agent")]
    {
        let (mut player, key) = handed_off(&plan, "");
        player.play(&Event::Chat { key: Uuid::from_u128(9), what: ChatEvent::Lost });
        assert_ne!(player.conversation.position, Position::Ended, "another chat");
        player.play(&Event::Chat { key, what });
        ends_in(&player, outcome);
    }
}

#[test]
fn values_go_as_text_and_as_fin_writes_them() {
    let along = |fin: bool, note: &str| {
        let plan = verified(built(fin));
        let (player, _) = handed_off(&plan, note);
        let last = player.effects.last().cloned().expect("an effect");
        let Action::OpenChat { routing, .. } = last.action else { panic!("{last:?}") };
        routing
    };
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(along(false, ""), [pair("seen", "2026-11-22T09:00:00Z")]);
    assert_eq!(along(true, ""), [pair("note", ""), pair("seen", "2026-11-22 09:00:00 +0000")]);
    let (_, cut) = along(false, &"x".repeat(40)).swap_remove(0);
    assert_eq!(cut.chars().count(), 30);
}

#[test]
fn a_plan_whose_keys_collide_or_whose_arm_never_comes_is_refused() {
    let mut twice = built(false);
    twice.channels[0].entries[1].key = "note".to_owned();
    assert_eq!(VerifiedPlan::new(twice).expect_err("refused").name, "plan.push");
    let mut strange = built(false);
    let Instruction::HandOff { own, .. } = &mut strange.code[1] else { panic!("a hand-off") };
    own.others = vec![OutcomeHandler { outcome: Outcome::Unavailable, target: Target(3) }];
    assert_eq!(VerifiedPlan::new(strange).expect_err("refused").name, "plan.handlers");
    let mut nowhere = built(false);
    let Instruction::HandOff { push, .. } = &mut nowhere.code[1] else { panic!("a hand-off") };
    *push = ChannelPushId(7);
    assert!(VerifiedPlan::new(nowhere).is_err());
}
