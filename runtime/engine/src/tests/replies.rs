//! An agent replies: the records are read again, then a workflow runs beside the one that waits.

use jiff::SignedDuration;
use tidegate_plan::model::{
    ChannelPush, ChannelPushId, Comparison, Expr, Handlers, Instruction, Origin, Outcome,
    OutcomeHandler, PersonMap, Plan, Routed, Target,
};
use tidegate_plan::value::{Value, ValueType};
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::{attr, known, player, unknown, verified};
use crate::effect::Action;
use crate::event::{Author, ChatEvent, Event, Opened, PersonFound};
use crate::fixture::{Builder, SPAN};
use crate::rehearse::Player;
use crate::state::{Person, Position, Slot, Writer};

/// `ask`, `hand off`; a reply to a visitor of the tier `Gold` sets `conversation.level`.
fn built() -> Plan {
    let mut b = Builder::new();
    b.attr("session.email", ValueType::Email);
    b.attr("session.name", ValueType::Text);
    let tier = b.attr("person.tier", ValueType::Text);
    let priority = b.attr("conversation.Priority", ValueType::Text);
    b.plan.attributes[priority.index()].origin = Origin::Field(vec!["Priority".to_owned()]);
    let level = b.attr("conversation.level", ValueType::Text);
    b.plan.person = Some(PersonMap {
        object: "Contact".to_owned(),
        find_by: "Email".to_owned(),
        claim: "email".to_owned(),
        synced: vec![tier],
    });
    let entries = [("level", level), ("tier", tier)].map(|(key, attr)| Routed {
        key: key.to_owned(),
        value: b.read(attr),
        max_length: 30,
        span: SPAN,
    });
    let (name, channel) = ("live_chat".to_owned(), "web".to_owned());
    let entries = entries.to_vec();
    b.plan.channels.push(ChannelPush { name, channel, fin: false, entries });
    let entry = b.code("w/ask", Instruction::Ask { own: Handlers::default() });
    let arm = |outcome| OutcomeHandler { outcome, target: Target(2) };
    let others = Outcome::OF_HAND_OFF.map(arm).to_vec();
    let own = Handlers { others, ..Handlers::default() };
    let push = ChannelPushId(0);
    b.code("w/hand off", Instruction::HandOff { push, up_to_ms: 180_000, own });
    b.code("w/end", Instruction::End { because: None });
    b.plan.on_open = Some(b.workflow("w", entry, Handlers::default()));
    let (is, gold) = (b.read(tier), b.text("Gold"));
    let condition = b.expr(Expr::Compare(Comparison::Equal, is, gold));
    let value = b.text("high");
    let otherwise = Target(b.at().0 + 2);
    let entry = b.code("r/if", Instruction::Branch { condition, otherwise });
    b.code("r/set level", Instruction::Set { attr: level, value });
    b.code("r/return", Instruction::Return);
    b.plan.on_agent_reply = Some(b.workflow("r", entry, Handlers::default()));
    b.build()
}

fn tier(plan: &VerifiedPlan, value: Option<&str>) -> PersonFound {
    let tier = attr(plan, "person.tier");
    let values = value.map(|value| (tier, Value::Text(value.to_owned())));
    PersonFound::One { id: "003A".to_owned(), values: values.into_iter().collect() }
}

/// A conversation with an agent, with the chat. A visitor for whom the site vouches is known.
fn with_agent<'p>(plan: &'p VerifiedPlan, opened: Opened) -> (Player<'p>, Uuid) {
    let mut player = player(plan);
    let signed = opened.signed.is_some();
    player.opens(opened);
    if signed {
        player.finds(tier(plan, Some("Silver")));
    }
    player.writes("I want a person");
    let key = player.effects.last().expect("the chat").key;
    player.play(&Event::Chat { key, what: ChatEvent::Accepted { name: None } });
    (player, key)
}

fn replies(player: &mut Player<'_>, key: Uuid) -> Vec<Action> {
    let what = ChatEvent::Wrote { by: Author::Agent, text: "I look it up.".to_owned() };
    let transition = player.play(&Event::Chat { key, what });
    transition.effects.into_iter().map(|effect| effect.action).collect()
}

fn text(player: &Player<'_>, plan: &VerifiedPlan, path: &str) -> Option<String> {
    let slot = player.conversation.slots[attr(plan, path).index()].as_ref()?;
    Some(slot.value.to_text().into_owned())
}

/// The keys of what reads the visitor's record again, the latest last.
fn readings(player: &Player<'_>) -> Vec<Uuid> {
    let read = player.effects.iter().filter(|it| matches!(it.action, Action::SyncPerson { .. }));
    read.skip(1).map(|effect| effect.key).collect()
}

#[test]
fn what_the_org_has_by_then_goes_along_with_the_next_words() {
    let plan = verified(built());
    let (mut player, key) = with_agent(&plan, known());
    let before = player.conversation.clone();
    let asked = replies(&mut player, key);
    assert!(player.log().ends_with("@ in 3s: deadline\n"), "{}", player.log());
    assert!(player.log().contains("  agent: I look it up.\n"), "it waits for nothing");
    assert_eq!(asked, [Action::SyncPerson { claim: "ada@example.com".to_owned() }]);
    assert_eq!(text(&player, &plan, "conversation.level"), None);
    player.finds(tier(&plan, Some("Gold")));
    assert_eq!(text(&player, &plan, "conversation.level").as_deref(), Some("high"));
    // The workflow that waits is as it was.
    assert_eq!(player.conversation.frames, before.frames);
    assert_eq!(player.conversation.position, before.position);
    let relayed = player.writes("Thanks").effects.pop().expect("a relay").action;
    let Action::Relay { routing, .. } = relayed else { panic!("{relayed:?}") };
    let along: Vec<(&str, &str)> =
        routing.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(along, [("level", "high"), ("tier", "Gold")]);
}

#[test]
fn what_bots_and_the_org_say_by_themselves_is_no_agents_reply() {
    let plan = verified(built());
    let (mut player, key) = with_agent(&plan, known());
    for by in [Author::Bot, Author::System] {
        let what = ChatEvent::Wrote { by, text: "One moment.".to_owned() };
        assert_eq!(player.play(&Event::Chat { key, what }).effects, []);
    }
    assert_eq!(replies(&mut player, key).len(), 1);
}

#[test]
fn of_many_replies_one_reading_is_under_way_and_one_more_follows() {
    let plan = verified(built());
    let (mut player, key) = with_agent(&plan, known());
    assert_eq!(replies(&mut player, key).len(), 1);
    assert_eq!(replies(&mut player, key).len(), 0);
    assert_eq!(replies(&mut player, key).len(), 0);
    player.finds(tier(&plan, Some("Gold")));
    let keys = readings(&player);
    assert_eq!(keys.len(), 2, "one more for both that came meanwhile");
    assert_ne!(keys[0], keys[1]);
    player.finds(tier(&plan, Some("Silver")));
    assert_eq!(readings(&player).len(), 2);
    assert_eq!(player.conversation.refresh, None);
}

#[test]
fn an_answer_that_comes_too_late_is_ignored_and_what_was_known_stays() {
    let plan = verified(built());
    let (mut player, key) = with_agent(&plan, known());
    replies(&mut player, key);
    player.passes(SignedDuration::from_secs(4));
    assert_eq!(player.conversation.refresh, None);
    assert!(player.log().contains("the records did not come in time"), "{}", player.log());
    player.finds(tier(&plan, Some("Gold")));
    assert_eq!(text(&player, &plan, "person.tier").as_deref(), Some("Silver"));
    for failed in [PersonFound::Nobody, PersonFound::Several, PersonFound::Unavailable] {
        replies(&mut player, key);
        player.finds(failed);
        assert_eq!(text(&player, &plan, "person.tier").as_deref(), Some("Silver"));
        assert!(matches!(player.conversation.person, Person::Known { .. }));
    }
    // A record of somebody else is none of this visitor.
    replies(&mut player, key);
    let values = vec![(attr(&plan, "person.tier"), Value::Text("Gold".to_owned()))];
    player.finds(PersonFound::One { id: "003B".to_owned(), values });
    assert_eq!(text(&player, &plan, "person.tier").as_deref(), Some("Silver"));
}

#[test]
fn what_the_conversation_has_put_into_a_field_stays_and_the_rest_is_as_the_org_has_it() {
    let plan = verified(built());
    let (mut player, key) = with_agent(&plan, known());
    replies(&mut player, key);
    player.finds(tier(&plan, None));
    assert_eq!(text(&player, &plan, "person.tier"), None, "it is blank in the org now");
    let at = attr(&plan, "person.tier").index();
    let value = Value::Text("Bronze".to_owned());
    player.conversation.slots[at] = Some(Slot { value, by: Writer::Customer });
    replies(&mut player, key);
    player.finds(tier(&plan, Some("Gold")));
    assert_eq!(text(&player, &plan, "person.tier").as_deref(), Some("Bronze"));
}

#[test]
fn a_case_that_the_conversation_has_is_read_again_as_well() {
    let plan = verified(built());
    let (mut player, key) = with_agent(&plan, known());
    player.conversation.case_id = Some("500A".to_owned());
    let asked = replies(&mut player, key);
    assert_eq!(asked[1], Action::SyncCase { case_id: "500A".to_owned() });
    let read = player.effects.last().expect("an effect").key;
    player.finds(tier(&plan, Some("Gold")));
    assert_eq!(text(&player, &plan, "conversation.level"), None, "both are waited for");
    let high = vec![(attr(&plan, "conversation.Priority"), Value::Text("High".to_owned()))];
    player.play(&Event::CaseSynced { key: read, values: Some(high.clone()) });
    assert_eq!(text(&player, &plan, "conversation.Priority").as_deref(), Some("High"));
    assert_eq!(text(&player, &plan, "conversation.level").as_deref(), Some("high"));
    player.play(&Event::CaseSynced { key: read, values: Some(Vec::new()) });
    assert_eq!(text(&player, &plan, "conversation.Priority").as_deref(), Some("High"), "late");
    // What is not known of it leaves everything.
    replies(&mut player, key);
    player.finds(tier(&plan, Some("Gold")));
    let read = player.effects.last().expect("an effect").key;
    player.play(&Event::CaseSynced { key: read, values: None });
    assert_eq!(text(&player, &plan, "conversation.Priority").as_deref(), Some("High"));
}

#[test]
fn a_visitor_who_was_not_found_may_be_found_by_then() {
    let plan = verified(built());
    let mut player = player(&plan);
    player.opens(known());
    player.finds(PersonFound::Unavailable);
    player.writes("I want a person");
    let key = player.effects.last().expect("the chat").key;
    replies(&mut player, key);
    player.finds(tier(&plan, Some("Gold")));
    assert_eq!(player.conversation.person, Person::Known { id: "003A".to_owned() });
    assert_eq!(text(&player, &plan, "conversation.level").as_deref(), Some("high"));
}

#[test]
fn of_a_visitor_for_whom_nobody_vouches_nothing_is_read() {
    let plan = verified(built());
    let (mut player, key) = with_agent(&plan, unknown(&plan));
    assert_eq!(replies(&mut player, key), []);
    assert!(player.log().contains("the reply starts workflow r"), "{}", player.log());
    assert_eq!(text(&player, &plan, "conversation.level"), None);
}

#[test]
fn once_the_chat_is_over_nothing_comes_of_its_replies() {
    let plan = verified(built());
    let (mut player, key) = with_agent(&plan, known());
    replies(&mut player, key);
    player.play(&Event::Chat { key, what: ChatEvent::Ended });
    assert_eq!(player.conversation.position, Position::Ended);
    player.finds(tier(&plan, Some("Gold")));
    assert_eq!(text(&player, &plan, "person.tier").as_deref(), Some("Silver"));
    assert_eq!(text(&player, &plan, "conversation.level"), None);
}

#[test]
fn where_replies_start_nothing_nothing_is_read_again() {
    let mut plan = built();
    plan.on_agent_reply = None;
    let plan = verified(plan);
    let (mut player, key) = with_agent(&plan, known());
    assert_eq!(replies(&mut player, key), []);
    assert_eq!(player.conversation.refresh, None);
}
