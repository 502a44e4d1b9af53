//! `verify`: who is asked to sign in, and what is known behind it.

use jiff::SignedDuration;
use tidegate_plan::model::{AttrId, Handlers, Instruction, Outcome, OutcomeHandler, Plan, Target};
use tidegate_plan::value::{Value, ValueType};
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::{attr, player, syncs_contacts, unknown, verified};
use crate::effect::Action;
use crate::event::{Event, Opened, PersonFound, Signed};
use crate::fixture::Builder;
use crate::rehearse::Player;
use crate::state::{Person, Position, Slot, Writer};
use crate::transition::Reception;

/// `verify { refused => say "Then not." }`, `ask`
fn plan(arm: bool) -> VerifiedPlan {
    let mut b = Builder::new();
    b.attr("session.email", ValueType::Email);
    b.attr("session.name", ValueType::Text);
    syncs_contacts(&mut b);
    let then = b.text("Then not.");
    let refused = OutcomeHandler { outcome: Outcome::Refused, target: Target(3) };
    let own =
        Handlers { others: arm.then_some(refused).into_iter().collect(), ..Handlers::default() };
    let entry = b.code("w/verify", Instruction::Verify { own });
    b.code("w/ask", Instruction::Ask { own: Handlers::default() });
    b.code("w/end", Instruction::End { because: None });
    b.code("w/verify/refused/say", Instruction::Say { text: then });
    b.code("w/verify/refused/end", Instruction::End { because: None });
    b.plan.on_open = Some(b.workflow("w", entry, Handlers::default()));
    verified(b.build())
}

fn signs_in(player: &mut Player<'_>) -> Uuid {
    let signed = Signed { claim: Some("ada@example.com".to_owned()) };
    player.play(&Event::SignedIn(signed));
    let last = player.effects.last().expect("an effect");
    assert!(matches!(&last.action, Action::SyncPerson { claim } if claim == "ada@example.com"));
    last.key
}

fn ada(name: AttrId) -> PersonFound {
    PersonFound::One { id: "003A".to_owned(), values: vec![(name, Value::Text("Ada".into()))] }
}

fn value(player: &Player<'_>, attr: AttrId) -> Option<(String, Writer)> {
    let slot = player.conversation.slots[attr.index()].as_ref()?;
    Some((slot.value.to_text().into_owned(), slot.by))
}

fn waits_at(player: &Player<'_>) -> Option<Target> {
    match player.conversation.position {
        Position::Waiting { at, .. } => Some(at),
        _ => None,
    }
}

#[test]
fn behind_it_the_visitor_is_who_the_org_found() {
    let plan = plan(true);
    let name = attr(&plan, "person.FirstName");
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    assert_eq!(waits_at(&player), Some(Target(0)));
    // Words do not sign anybody in.
    player.writes("Why?");
    assert_eq!(waits_at(&player), Some(Target(0)));
    let key = signs_in(&mut player);
    assert_eq!(player.conversation.person, Person::Verified);
    player.play(&Event::PersonSynced { key, found: ada(name) });
    assert_eq!(player.conversation.person, Person::Known { id: "003A".to_owned() });
    assert_eq!(value(&player, name), Some(("Ada".to_owned(), Writer::Salesforce)));
    assert_eq!(waits_at(&player), Some(Target(1)));
    insta::assert_snapshot!(player.log());
}

#[test]
fn what_the_conversation_has_put_there_stays() {
    let plan = plan(true);
    let name = attr(&plan, "person.FirstName");
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    let theirs = Slot { value: Value::Text("Countess".into()), by: Writer::Customer };
    player.conversation.slots[name.index()] = Some(theirs);
    let key = signs_in(&mut player);
    player.play(&Event::PersonSynced { key, found: ada(name) });
    assert_eq!(value(&player, name), Some(("Countess".to_owned(), Writer::Customer)));
}

#[test]
fn without_an_answer_in_time_the_visitor_is_verified_and_not_known() {
    let plan = plan(true);
    let name = attr(&plan, "person.FirstName");
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    let key = signs_in(&mut player);
    // What is said meanwhile waits for the next question, and nobody refuses any more.
    player.writes("I am Ada");
    assert_eq!(player.play(&Event::SignInRefused { wait: 1 }).reception, Reception::Stale);
    player.passes(SignedDuration::from_secs(3));
    assert_eq!(player.conversation.person, Person::Verified);
    assert_eq!(player.conversation.position, Position::Ended);
    player.play(&Event::PersonSynced { key, found: ada(name) });
    assert_eq!(player.conversation.person, Person::Verified);
    assert_eq!(value(&player, name), None);
}

#[test]
fn whoever_is_verified_is_not_asked() {
    let plan = plan(true);
    let mut player = player(&plan);
    let signed = Some(Signed { claim: None });
    player.opens(Opened { signed, ..unknown(&plan) });
    assert_eq!(waits_at(&player), Some(Target(1)));
    // Nor can anybody sign in where nobody asks: who else they are begins a conversation of its own.
    let signed = Signed { claim: Some("eve@example.com".to_owned()) };
    assert_eq!(player.play(&Event::SignedIn(signed)).reception, Reception::Stale);
    assert!(player.effects.is_empty());
}

#[test]
fn a_refusal_goes_to_its_arm_and_never_on_as_if_nothing_were() {
    let with_arm = plan(true);
    let mut refusing = player(&with_arm);
    refusing.opens(unknown(&with_arm));
    assert_eq!(refusing.play(&Event::SignInRefused { wait: 7 }).reception, Reception::Stale);
    assert_eq!(refusing.play(&Event::SignInRefused { wait: 1 }).reception, Reception::Taken);
    assert!(refusing.log().contains("Then not."));
    assert_eq!(refusing.conversation.person, Person::Unverified);
    // The compiler makes no such plan.
    let without = plan(false);
    let mut stuck = player(&without);
    stuck.opens(unknown(&without));
    stuck.play(&Event::SignInRefused { wait: 1 });
    assert_ne!(waits_at(&stuck), Some(Target(1)));
    insta::assert_snapshot!(stuck.log());
}

#[test]
fn its_listing_says_where_a_refusal_leads() {
    let listing = tidegate_plan::listing::listing(&plan(true));
    let line = |words: &str| listing.lines().any(|line| line.contains(words));
    assert!(line("verify") && line("refused -> 3"), "{listing}");
}

#[test]
fn a_plan_that_handles_what_cannot_come_is_refused() {
    let arm = |outcome| OutcomeHandler { outcome, target: Target(0) };
    let own = |outcome| Handlers { others: vec![arm(outcome)], ..Handlers::default() };
    let with = |instruction| {
        let mut b = Builder::new();
        let entry = b.code("w/it", instruction);
        b.code("w/end", Instruction::End { because: None });
        b.plan.on_open = Some(b.workflow("w", entry, Handlers::default()));
        let plan: Plan = b.build();
        VerifiedPlan::new(plan).map(|_| ()).map_err(|refused| refused.to_string())
    };
    insta::assert_debug_snapshot!([
        with(Instruction::Verify { own: own(Outcome::Unavailable) }),
        with(Instruction::Ask { own: own(Outcome::Refused) }),
    ]);
}
