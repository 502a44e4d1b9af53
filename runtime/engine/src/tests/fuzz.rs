//! Whatever happens in whatever order, a verified plan goes on or ends.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_oneof, proptest};
use proptest::sample::Index;
use tidegate_plan::model::{AttrId, Plan};
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::support;
use crate::event::{Event, Opened, PersonFound, Reply, Signed};
use crate::fixture;
use crate::state::Conversation;
use crate::step;
use crate::transition::Fault;

fn events() -> impl Strategy<Value = Vec<Event>> {
    let wait = 0u64..6;
    let value = prop_oneof![
        "[a-z0-9\\n ]{0,12}".prop_map(Value::Text),
        Just(Value::Text("Billing".into())),
        any::<i64>().prop_map(|number| Value::Number(number.into())),
        any::<bool>().prop_map(Value::Bool),
    ];
    let values = proptest::collection::vec(((0u32..12).prop_map(AttrId), value), 0..4);
    let event = prop_oneof![
        proptest::option::of("[a-z]{1,4}").prop_map(|claim| {
            let signed = claim.map(|claim| Signed { claim: Some(claim) });
            Event::Opened(Opened { signed, values: vec![] })
        }),
        prop_oneof![Just("a bill"), Just("something broke"), Just(""), Just("what?")]
            .prop_map(|text| Event::Message { text: text.into() }),
        (wait.clone(), values).prop_map(|(wait, values)| Event::FormSubmitted {
            wait,
            values,
            files: Vec::new(),
        }),
        (wait.clone(), 0u32..4).prop_map(|(wait, choice)| Event::ChoiceMade { wait, choice }),
        Just(Event::HumanRequested),
        wait.clone().prop_map(|wait| Event::Helped { wait }),
        Just(Event::Answered {
            key: Uuid::nil(),
            reply: Reply::Answer { text: "So".into(), from: Some("knowledge/a.md".into()) }
        }),
        Just(Event::Answered { key: Uuid::nil(), reply: Reply::Confirmed }),
        Just(Event::AnsweredLate { text: "Order number: 1".to_owned() }),
        (wait, 0u32..4).prop_map(|(wait, ordinal)| Event::IdleFired { wait, ordinal }),
        // Stands for an answer to one of the effects asked for so far.
        any::<bool>().prop_map(|good| Event::Summarised {
            key: Uuid::nil(),
            summary: good.then(|| "A summary".into()),
        }),
        Just(Event::DeadlinePassed { key: Uuid::nil() }),
        Just(Event::CaseRefused { key: Uuid::nil(), code: "X".into() }),
        Just(Event::CaseCreated {
            key: Uuid::nil(),
            id: "500".into(),
            number: None,
            differs: vec!["Subject".into()],
        }),
        Just(Event::CaseSynced { key: Uuid::nil(), values: None }),
        Just(Event::PersonSynced { key: Uuid::nil(), found: PersonFound::Nobody }),
    ];
    proptest::collection::vec(event, 0..24)
}

fn answering(event: Event, answered: Uuid) -> Event {
    match event {
        Event::Summarised { summary, .. } => Event::Summarised { key: answered, summary },
        Event::DeadlinePassed { .. } => Event::DeadlinePassed { key: answered },
        Event::CaseRefused { code, .. } => Event::CaseRefused { key: answered, code },
        Event::CaseCreated { id, number, differs, .. } => {
            Event::CaseCreated { key: answered, id, number, differs }
        }
        Event::PersonSynced { found, .. } => Event::PersonSynced { key: answered, found },
        Event::CaseSynced { values, .. } => Event::CaseSynced { key: answered, values },
        Event::Answered { reply, .. } => Event::Answered { key: answered, reply },
        other => other,
    }
}

/// Plays all events; gives the faults met.
fn survive(plan: &VerifiedPlan, events: Vec<Event>, pick: Index) -> Vec<Fault> {
    let mut now = "2026-11-22T10:00:00Z".parse::<Timestamp>().expect("a time");
    let mut conversation = Conversation::new(Uuid::from_u128(7), plan.hash());
    let opening = Event::Opened(Opened::default());
    let (mut keys, mut faults) = (vec![Uuid::nil()], vec![]);
    for event in std::iter::once(opening).chain(events) {
        now += SignedDuration::from_secs(200);
        let event = answering(event, *pick.get(&keys));
        let transition = step(plan, &conversation, &event, now);
        assert_eq!(
            transition.next.messages,
            conversation.messages + transition.messages.len() as u64
        );
        assert_eq!(transition, step(plan, &conversation, &event, now), "not a function");
        keys.extend(transition.effects.iter().map(|effect| effect.key));
        faults.extend(transition.fault);
        conversation = transition.next;
        let stored = serde_json::to_string(&conversation).expect("stored");
        assert_eq!(serde_json::from_str::<Conversation>(&stored).expect("loaded"), conversation);
    }
    faults
}

proptest! {
    #[test]
    fn any_events_in_any_order(events in events(), claim in any::<bool>(), pick in any::<Index>()) {
        let plan = support();
        let mut events = events;
        if claim {
            let signed = Some(Signed { claim: Some("a@b.c".into()) });
            events.insert(0, Event::Opened(Opened { signed, values: vec![] }));
        }
        prop_assert!(survive(&plan, events, pick).is_empty());
    }

    #[test]
    fn a_spoiled_plan_is_refused_or_survives(
        at in any::<Index>(),
        byte in any::<u8>(),
        events in events(),
        pick in any::<Index>(),
    ) {
        let mut file = fixture::support().encode();
        let at = 48 + at.index(file.len() - 48);
        file[at] = byte;
        if let Some(plan) = rehashed(file) {
            let faults = survive(&plan, events, pick);
            prop_assert!(!faults.contains(&Fault::OutOfFuel), "{faults:?}");
            prop_assert!(!faults.contains(&Fault::ImpossibleState), "{faults:?}");
        }
    }
}

/// Each byte of a plan, set to some other values, with the hash made right again.
#[test]
fn every_byte_of_a_plan_spoiled() {
    let file = fixture::support().encode();
    let events: Vec<Event> = [
        Event::Message { text: "a bill".into() },
        Event::Message { text: "something broke".into() },
        Event::IdleFired { wait: 3, ordinal: 0 },
        Event::FormSubmitted { wait: 3, values: vec![], files: vec![] },
        Event::HumanRequested,
        Event::AnsweredLate { text: "late".to_owned() },
        Event::DeadlinePassed { key: Uuid::nil() },
    ]
    .into();
    let mut survived = 0;
    for at in 48..file.len() {
        for byte in [file[at] ^ 1, file[at].wrapping_add(1)] {
            let mut spoiled = file.clone();
            spoiled[at] = byte;
            if let Some(plan) = rehashed(spoiled) {
                survived += 1;
                survive_all(&plan, &events);
            }
        }
    }
    assert!(survived > 100, "only {survived} spoiled plans were sound");
}

/// Plays events, each answer to the latest effect.
fn survive_all(plan: &VerifiedPlan, events: &[Event]) {
    let now = "2026-11-22T10:00:00Z".parse::<Timestamp>().expect("a time");
    let mut conversation = Conversation::new(Uuid::from_u128(7), plan.hash());
    let mut key = Uuid::nil();
    for event in std::iter::once(&Event::Opened(Opened::default())).chain(events) {
        let transition = step(plan, &conversation, &answering(event.clone(), key), now);
        assert_ne!(transition.fault, Some(Fault::OutOfFuel));
        assert_ne!(transition.fault, Some(Fault::ImpossibleState));
        key = transition.effects.last().map_or(key, |effect| effect.key);
        conversation = transition.next;
    }
}

fn rehashed(mut file: Vec<u8>) -> Option<VerifiedPlan> {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(&file[48..]);
    file[16..48].copy_from_slice(&digest);
    VerifiedPlan::new(Plan::decode(&file).ok()?).ok()
}
