//! `answer`: turns, silence, and every way out.

use jiff::SignedDuration;
use tidegate_plan::model::{
    Article, CheckIn, Handlers, Instruction, Outcome, OutcomeHandler, Section, Target,
};
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::{attr, minutes, player, unknown, verified};
use crate::effect::Action;
use crate::event::{Event, Reply};
use crate::fixture::Builder;
use crate::message::{Message, Notice, Speaker};
use crate::rehearse::Player;
use crate::resolution;
use crate::state::{Position, Resolved, Slot, Writer};
use crate::transition::Reception;

/// `ask`, `answer up to 2 turns { … }` with an arm for each outcome that says its name, `end`
fn plan() -> VerifiedPlan {
    verified(builder(true).build())
}

/// The same, beginning with the answer.
fn without_the_question() -> VerifiedPlan {
    verified(builder(false).build())
}

fn builder(asks: bool) -> Builder {
    let mut b = Builder::new();
    b.attr("session.email", tidegate_plan::value::ValueType::Email);
    b.attr("session.name", tidegate_plan::value::ValueType::Text);
    let tier = b.attr("conversation.tier", tidegate_plan::value::ValueType::Text);
    let note = b.attr("conversation.note", tidegate_plan::value::ValueType::Text);
    let text = b.text("Did that help?");
    let names = ["human", "unavailable", "confirmed", "assumed", "unresolved"];
    let said: Vec<_> = names.iter().map(|name| b.text(name)).collect();
    let arm = |at: u32| Target(1 + u32::from(asks) + 2 * at);
    let others = [
        (Outcome::Unavailable, 1),
        (Outcome::Confirmed, 2),
        (Outcome::Assumed, 3),
        (Outcome::Unresolved, 4),
    ];
    let others = others.map(|(outcome, at)| OutcomeHandler { outcome, target: arm(at) }).to_vec();
    let own = Handlers { human: Some(arm(0)), idle: vec![], others };
    let entry = Target(0);
    if asks {
        b.code("w/ask", Instruction::Ask { own: Handlers::default() });
    }
    let check_in = Some(CheckIn { after_ms: 240_000, text });
    let knowing = vec![tier, note];
    b.code(
        "w/answer",
        Instruction::Answer { turns: 2, knowing, check_in, assume_ms: 900_000, own },
    );
    for (name, said) in names.iter().zip(said) {
        b.code(&format!("w/answer/{name}/say"), Instruction::Say { text: said });
        b.code(&format!("w/answer/{name}/end"), Instruction::End { because: None });
    }
    b.plan.on_open = Some(b.workflow("w", entry, Handlers::default()));
    b
}

fn begun(plan: &VerifiedPlan) -> Player<'_> {
    let mut player = player(plan);
    player.opens(unknown(plan));
    let gold = Slot { value: Value::Text("Gold".into()), by: Writer::Program };
    player.conversation.slots[attr(plan, "conversation.tier").index()] = Some(gold);
    player.writes("It is cold");
    player
}

fn asked(player: &Player<'_>) -> (Uuid, bool) {
    let last = player.effects.last().expect("an effect");
    let Action::Answer { closing, .. } = &last.action else { panic!("{last:?}") };
    (last.key, *closing)
}

fn replies(player: &mut Player<'_>, reply: Reply) {
    let (key, _) = asked(player);
    player.play(&Event::Answered { key, reply });
}

fn says(player: &mut Player<'_>, text: &str) {
    replies(player, Reply::Answer { text: text.to_owned(), from: None });
}

/// The outcome in which it ended.
fn ended_in(player: &Player<'_>, name: &str) {
    assert!(player.ended(), "{}", player.log());
    assert!(player.log().contains(&format!("  assistant: {name}\n")), "{}", player.log());
}

#[test]
fn the_trace_names_an_article_of_the_plan_and_nothing_else() {
    let mut builder = builder(true);
    builder.plan.articles.push(Article {
        name: "knowledge/a.md".into(),
        title: "A".into(),
        url: None,
        language: None,
        sections: vec![Section { heading: String::new(), text: "So.".into() }],
    });
    let plan = verified(builder.build());
    let named = [Some("knowledge/a.md"), Some("canary of the customer's"), None];
    let told = named.map(|from| {
        let mut player = begun(&plan);
        let (key, _) = asked(&player);
        let reply = Reply::Answer { text: "So.".into(), from: from.map(str::to_owned) };
        let trace = player.play(&Event::Answered { key, reply }).trace;
        trace.into_iter().map(|entry| entry.what).collect::<Vec<_>>().join("; ")
    });
    assert!(told[0].starts_with("quotes knowledge/a.md; answered"), "{told:?}");
    assert_eq!(told[1], told[2]);
}

#[test]
fn it_answers_asks_whether_it_helped_and_hears_that_it_did() {
    let plan = plan();
    let mut player = begun(&plan);
    says(&mut player, "Turn it off and on.");
    player.passes(minutes(4));
    player.writes("Yes, thanks");
    replies(&mut player, Reply::Confirmed);
    ended_in(&player, "confirmed");
    let event = Event::HumanRequested;
    assert_eq!(resolution(&plan, &player.conversation, &event, false), Some("confirmed"));
    insta::assert_snapshot!(player.log());
}

#[test]
fn the_button_below_an_answer_confirms_it_once() {
    let plan = plan();
    let mut player = begun(&plan);
    says(&mut player, "Turn it off and on.");
    let wait = player.conversation.waits;
    let stale = player.clone().play(&Event::Helped { wait: wait - 1 });
    assert_eq!(stale.reception, Reception::Stale);
    let pressed = player.play(&Event::Helped { wait });
    assert_eq!(pressed.reception, Reception::Taken);
    let notice = Some(Notice::Helped);
    assert!(pressed.messages.iter().any(|message| matches!(
        message, Message::Said { from: Speaker::Customer, notice: of, .. } if *of == notice
    )));
    ended_in(&player, "confirmed");
    assert_eq!(player.conversation.resolved, Some(Resolved::Confirmed));
    assert_eq!(player.play(&Event::Helped { wait }).reception, Reception::Over);
}

#[test]
fn what_was_not_answered_is_neither_confirmed_nor_assumed() {
    let plan = plan();
    // The AI makes up that it helped.
    let mut player = begun(&plan);
    replies(&mut player, Reply::Confirmed);
    ended_in(&player, "unresolved");
    // It has asked back: there is no button, no check-in, and silence resolves nothing.
    let mut player = begun(&plan);
    replies(&mut player, Reply::Question { text: "Which colour is the light?".into() });
    let wait = player.conversation.waits;
    assert_eq!(player.play(&Event::Helped { wait }).reception, Reception::Stale);
    player.passes(minutes(15));
    assert!(!player.log().contains("Did that help?"), "{}", player.log());
    ended_in(&player, "unresolved");
    assert_eq!(player.conversation.resolved, Some(Resolved::Unresolved));
    let event = Event::IdleFired { wait, ordinal: 0 };
    assert_eq!(resolution(&plan, &player.conversation, &event, false), Some("unresolved"));
}

#[test]
fn it_waits_for_words_where_nobody_has_written_any_and_not_for_ever() {
    let plan = without_the_question();
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    assert!(matches!(player.conversation.position, Position::Waiting { .. }));
    assert!(player.effects.is_empty());
    let mut silent = player.clone();
    silent.passes(minutes(15));
    ended_in(&silent, "unresolved");
    player.writes("It is cold");
    assert!(matches!(player.conversation.position, Position::Answering { .. }));
}

#[test]
fn words_behind_a_resolved_question_open_it_again() {
    let plan = plan();
    let mut player = begun(&plan);
    says(&mut player, "Turn it off and on.");
    player.writes("Thanks");
    player.writes("No, it still is cold");
    replies(&mut player, Reply::Confirmed);
    assert!(matches!(player.conversation.position, Position::Answering { .. }), "it reads on");
    replies(&mut player, Reply::Unresolved);
    ended_in(&player, "unresolved");
}

#[test]
fn silence_behind_an_answer_counts_as_resolved() {
    let plan = plan();
    let mut player = begun(&plan);
    says(&mut player, "Turn it off and on.");
    player.passes(minutes(15) - SignedDuration::from_millis(1));
    assert!(matches!(player.conversation.position, Position::Waiting { .. }));
    assert_eq!(player.log().matches("Did that help?").count(), 1);
    player.passes(SignedDuration::from_millis(1));
    ended_in(&player, "assumed");
    assert_eq!(player.conversation.resolved, Some(Resolved::Assumed));
}

#[test]
fn after_its_turns_it_may_still_hear_that_it_helped_and_no_more() {
    let plan = plan();
    let mut player = begun(&plan);
    for text in ["Turn it off and on.", "Open the valve."] {
        assert!(!asked(&player).1);
        says(&mut player, text);
        player.writes("Hm");
    }
    assert!(asked(&player).1);
    let before = player.clone();
    replies(&mut player, Reply::Confirmed);
    ended_in(&player, "confirmed");
    player = before;
    says(&mut player, "One more thing.");
    ended_in(&player, "unresolved");
    assert!(!player.log().contains("  AI: One more thing."), "it is not said");
}

#[test]
fn words_that_come_meanwhile_begin_the_next_turn() {
    let plan = plan();
    let mut player = begun(&plan);
    player.writes("It is the blue one");
    says(&mut player, "Turn it off and on.");
    assert!(matches!(player.conversation.position, Position::Answering { .. }));
    assert_eq!(player.effects.len(), 2);
    assert!(player.conversation.inbox.is_empty());
}

#[test]
fn every_other_way_out() {
    let plan = plan();
    for (reply, name) in [
        (Reply::Unavailable, "unavailable"),
        (Reply::Unresolved, "unresolved"),
        (Reply::Human, "human"),
        (Reply::Answer { text: "  ".to_owned(), from: None }, "unresolved"),
    ] {
        let mut player = begun(&plan);
        replies(&mut player, reply);
        ended_in(&player, name);
        let resolved = (name == "unresolved").then_some(Resolved::Unresolved);
        assert_eq!(player.conversation.resolved, resolved);
    }
    let mut player = begun(&plan);
    player.passes(minutes(1));
    ended_in(&player, "unavailable");
    let (key, _) = asked(&player);
    let over = player.conversation.clone();
    player.play(&Event::Answered { key, reply: Reply::Answer { text: "Late".into(), from: None } });
    assert_eq!(player.conversation, over);
    let mut player = begun(&plan);
    says(&mut player, "Turn it off and on.");
    player.play(&Event::HumanRequested);
    ended_in(&player, "human");
}

/// What the verifier refuses, beside what it takes: the twin of each shows that it is that alone.
#[test]
fn an_answer_that_tells_what_is_private_or_does_not_end_is_no_plan() {
    let broken = |breaks: &dyn Fn(&mut tidegate_plan::model::Plan)| {
        let mut plan = builder(true).build();
        breaks(&mut plan);
        VerifiedPlan::new(plan).err().map(|refused| refused.to_string())
    };
    assert_eq!(broken(&|_| ()), None);
    let answer = |plan: &mut tidegate_plan::model::Plan, change: &dyn Fn(&mut Instruction)| {
        change(&mut plan.code[1]);
    };
    let set = |turns: u32, assume: u64| {
        broken(&|plan| {
            answer(plan, &|one| {
                if let Instruction::Answer { turns: of, assume_ms, .. } = one {
                    (*of, *assume_ms) = (turns, assume);
                }
            });
        })
    };
    assert!(set(0, 900_000).is_some_and(|what| what.contains("plan.answer")));
    assert!(set(101, 900_000).is_some_and(|what| what.contains("plan.answer")));
    assert!(set(2, 0).is_some_and(|what| what.contains("plan.answer")));
    assert!(
        set(2, 240_000).is_some_and(|what| what.contains("plan.answer")),
        "the check-in comes later"
    );
    let private = broken(&|plan| plan.attributes[2].private = true);
    assert!(private.is_some_and(|what| what.contains("tells the AI a private value")));
}
