//! `detect`: what the AI decides, what it leaves alone, and what is not believed.

use jiff::SignedDuration;
use tidegate_plan::model::{AttrId, Handlers, Instruction, Outcome, OutcomeHandler, Plan, Target};
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::{attr, player, unknown, verified};
use crate::effect::Action;
use crate::event::{Detection, Event};
use crate::fixture::Builder;
use crate::rehearse::Player;
use crate::state::{Position, Writer};

/// A product, a part that depends on it, and a step that asks for words between others.
fn base() -> (Builder, AttrId, AttrId) {
    let mut b = Builder::new();
    b.attr("session.email", tidegate_plan::value::ValueType::Email);
    b.attr("session.name", tidegate_plan::value::ValueType::Text);
    let product =
        b.list("conversation.product", None, &[("oven", "Oven", &[]), ("tap", "Tap", &[])]);
    let fits: &[&str] = &["oven"];
    let parts = [("door", "Door", fits), ("handle", "Handle", &["oven", "tap"])];
    let part = b.list("conversation.part", Some(product), &parts);
    for value in b.plan.lists.iter_mut().flat_map(|list| &mut list.values) {
        value.description = Some(format!("It is about the {}", value.label));
    }
    (b, product, part)
}

fn detect(attr: AttrId, again: bool, unavailable: Option<u32>) -> Instruction {
    let arm = |target| OutcomeHandler { outcome: Outcome::Unavailable, target: Target(target) };
    let own =
        Handlers { others: unavailable.map(arm).into_iter().collect(), ..Handlers::default() };
    Instruction::Detect { attr, again, own, among: None }
}

/// `ask`, `detect product`, `detect part`, `detect product again { unavailable => say "Hm." }`, `ask`
fn plan() -> VerifiedPlan {
    changed(|_| {})
}

fn changed(change: impl FnOnce(&mut Builder)) -> VerifiedPlan {
    let (mut b, product, part) = base();
    change(&mut b);
    let hm = b.text("Hm.");
    let entry = b.code("w/ask", Instruction::Ask { own: Handlers::default() });
    b.code("w/detect product", detect(product, false, None));
    b.code("w/detect part", detect(part, false, None));
    b.code("w/detect product 2", detect(product, true, Some(6)));
    b.code("w/ask 2", Instruction::Ask { own: Handlers::default() });
    b.code("w/end", Instruction::End { because: None });
    b.code("w/detect product 2/unavailable/say", Instruction::Say { text: hm });
    b.code("w/end 2", Instruction::End { because: None });
    b.plan.on_open = Some(b.workflow("w", entry, Handlers::default()));
    verified(b.build())
}

fn asked(player: &Player<'_>) -> (Uuid, Vec<String>) {
    let last = player.effects.last().expect("an effect");
    let Action::Detect { values, .. } = &last.action else { panic!("{last:?}") };
    (last.key, values.clone())
}

fn finds(player: &mut Player<'_>, value: &str) {
    let (key, _) = asked(player);
    player.play(&Event::Detected {
        key,
        found: Detection::Value { value: value.to_owned(), because: Vec::new() },
    });
}

fn value(player: &Player<'_>, attr: AttrId) -> Option<(String, Writer)> {
    let slot = player.conversation.slots[attr.index()].as_ref()?;
    Some((slot.value.to_text().into_owned(), slot.by))
}

#[test]
fn it_decides_what_is_blank_within_what_the_controller_allows() {
    let plan = plan();
    let (product, part) = (attr(&plan, "conversation.product"), attr(&plan, "conversation.part"));
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.writes("It leaks");
    assert_eq!(asked(&player).1, ["oven", "tap"]);
    finds(&mut player, "tap");
    assert_eq!(value(&player, product), Some(("tap".to_owned(), Writer::Detection)));
    // Only the handle goes with a tap, and nothing else is believed.
    assert_eq!(asked(&player).1, ["handle"]);
    finds(&mut player, "door");
    assert_eq!(value(&player, part), None);
    finds(&mut player, "oven");
    assert_eq!(value(&player, product), Some(("oven".to_owned(), Writer::Detection)));
    assert!(matches!(player.conversation.position, Position::Waiting { .. }));
    insta::assert_snapshot!(player.log());
}

#[test]
fn reasons_are_words_of_the_list_and_never_the_customers() {
    let plan = plan();
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.writes("The canary leaks");
    let (key, _) = asked(&player);
    let because = ["Tap", "canary", "It is", "ta", "tap", ""].map(str::to_owned).to_vec();
    let found = Detection::Value { value: "tap".to_owned(), because };
    let transition = player.play(&Event::Detected { key, found });
    let trace: Vec<&str> = transition.trace.iter().map(|entry| entry.what.as_str()).collect();
    let expected = "detected conversation.product, by what the list says of the value: Tap, tap";
    assert_eq!(trace[0], expected);
    assert!(!trace.concat().contains("canary"));
}

#[test]
fn a_reason_with_an_apostrophe_or_a_mark_is_told() {
    let plan = changed(|b| {
        let value = &mut b.plan.lists[0].values[1];
        value.description = Some("It won't stop, the Ro\u{308}hre’s end".to_owned());
    });
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.writes("It leaks");
    let (key, _) = asked(&player);
    let because = ["won't", "Ro\u{308}hre’s", "stop, the"].map(str::to_owned).to_vec();
    let found = Detection::Value { value: "tap".to_owned(), because };
    let trace = player.play(&Event::Detected { key, found }).trace;
    assert!(trace[0].what.ends_with(": won't, Ro\u{308}hre’s"), "{}", trace[0].what);
}

/// What the list says of a private value tells which one it is.
#[test]
fn of_a_private_value_no_reason_is_told() {
    let plan = changed(|b| {
        b.plan
            .attributes
            .iter_mut()
            .for_each(|its| its.private = its.path() == "conversation.product");
        b.plan.lists[0].values[1].description = Some("canary".to_owned());
    });
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.writes("It leaks");
    let (key, _) = asked(&player);
    let because = vec!["canary".to_owned(), "Tap".to_owned()];
    let found = Detection::Value { value: "tap".to_owned(), because };
    let transition = player.play(&Event::Detected { key, found });
    let trace: Vec<&str> = transition.trace.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(trace[0], "detected conversation.product");
    assert!(
        !trace
            .iter()
            .any(|what| what.contains("canary") || what.contains("Tap") || what.contains("tap")),
        "{trace:?}"
    );
}

#[test]
fn what_others_wrote_stays_unless_it_says_again() {
    let plan = plan();
    let product = attr(&plan, "conversation.product");
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    let theirs = crate::state::Slot { value: Value::Text("tap".into()), by: Writer::Customer };
    player.conversation.slots[product.index()] = Some(theirs);
    player.writes("It leaks");
    // Nobody asks about the product; the part comes first, then the step that says `again`.
    assert_eq!(asked(&player).1, ["handle"]);
    finds(&mut player, "handle");
    assert_eq!(value(&player, product), Some(("tap".to_owned(), Writer::Customer)));
    let (key, _) = asked(&player);
    player.play(&Event::Detected { key, found: Detection::Nothing });
    assert_eq!(value(&player, product), None);
}

#[test]
fn where_no_value_can_fit_nobody_is_asked() {
    let plan = plan();
    let part = attr(&plan, "conversation.part");
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.writes("Hello");
    let (key, _) = asked(&player);
    player.play(&Event::Detected { key, found: Detection::Nothing });
    // The product is blank, so no part goes with it: on to the third step.
    assert_eq!(value(&player, part), None);
    assert_eq!(player.effects.len(), 2);
    assert_eq!(asked(&player).1, ["oven", "tap"]);
}

#[test]
fn without_an_answer_in_time_it_is_unavailable() {
    let plan = plan();
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.writes("It leaks");
    finds(&mut player, "tap");
    finds(&mut player, "handle");
    let (key, _) = asked(&player);
    player.writes("Hello?");
    player.passes(SignedDuration::from_millis(14_999));
    assert!(matches!(player.conversation.position, Position::Detecting { .. }));
    player.passes(SignedDuration::from_millis(1));
    assert!(player.ended());
    let over = player.conversation.clone();
    player.play(&Event::Detected {
        key,
        found: Detection::Value { value: "oven".into(), because: Vec::new() },
    });
    assert_eq!(player.conversation, over);
    insta::assert_snapshot!(player.log());
}

#[test]
fn with_no_arm_it_goes_on_as_it_is() {
    let plan = plan();
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.writes("It leaks");
    let (key, _) = asked(&player);
    player.play(&Event::Detected { key, found: Detection::Unavailable });
    // What the arms of a workflow handle is for the compiler to see.
    assert_eq!(player.effects.len(), 2);
    assert_eq!(value(&player, attr(&plan, "conversation.product")), None);
}

#[test]
fn an_outcome_goes_to_the_nearest_defaults_and_unwinds_to_them() {
    let (mut b, product, _) = base();
    let sorry = b.text("Sorry.");
    let entry =
        b.code("outer/run", Instruction::Run { workflow: tidegate_plan::model::WorkflowId(1) });
    b.code("outer/end", Instruction::End { because: None });
    let arm = b.code("outer/unavailable/say", Instruction::Say { text: sorry });
    b.code("outer/unavailable/end", Instruction::End { because: None });
    let target = OutcomeHandler { outcome: Outcome::Unavailable, target: arm };
    let handlers = Handlers { others: vec![target], ..Handlers::default() };
    b.plan.on_open = Some(b.workflow("outer", entry, handlers));
    let inner = b.code("inner/detect", detect(product, false, None));
    b.code("inner/return", Instruction::Return);
    b.workflow("inner", inner, Handlers::default());
    let plan = verified(b.build());
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    assert_eq!(player.conversation.frames.len(), 2);
    let (key, _) = asked(&player);
    player.play(&Event::Detected { key, found: Detection::Unavailable });
    assert!(player.ended());
    assert!(player.log().contains("Sorry."), "{}", player.log());
}

/// A sound plan, but for what a test does to it.
fn spoiled(change: impl FnOnce(&mut Plan)) -> String {
    let mut plan = tidegate_plan::model::Plan::clone(&plan());
    change(&mut plan);
    VerifiedPlan::new(plan).expect_err("refused").to_string()
}

#[test]
fn a_plan_that_asks_what_nobody_can_answer_is_refused() {
    let refused = [
        spoiled(|plan| plan.lists[0].values[1].description = None),
        spoiled(|plan| plan.code[1] = detect(AttrId(0), false, None)),
        spoiled(|plan| plan.attributes[2].list = None),
        spoiled(|plan| plan.code[1] = detect(AttrId(9), false, None)),
        spoiled(|plan| {
            let own = Handlers { human: Some(Target(6)), ..Handlers::default() };
            plan.code[1] = Instruction::Detect { attr: AttrId(2), again: false, own, among: None };
        }),
        spoiled(|plan| {
            let arm = OutcomeHandler { outcome: Outcome::Unavailable, target: Target(6) };
            let own = Handlers { others: vec![arm.clone(), arm], ..Handlers::default() };
            plan.code[1] = Instruction::Detect { attr: AttrId(2), again: false, own, among: None };
        }),
        spoiled(|plan| {
            let arm = OutcomeHandler { outcome: Outcome::Unavailable, target: Target(6) };
            let own = Handlers { others: vec![arm], ..Handlers::default() };
            plan.code[0] = Instruction::Ask { own };
        }),
        spoiled(|plan| {
            let arm = OutcomeHandler { outcome: Outcome::Unavailable, target: Target(99) };
            plan.workflows[0].defaults.others = vec![arm];
        }),
    ];
    insta::assert_snapshot!(refused.join("\n"));
}
