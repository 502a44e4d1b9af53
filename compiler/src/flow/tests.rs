//! Laws of the abstract values.

use std::sync::Arc;

use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use rust_decimal::Decimal;

use super::domain::{Abs, Content, Origins, Presence, Range, Text};
use super::facts::{Fact, Facts};
use super::state::{Cell, State};
use super::values::ValueSet;
use crate::hir::AttrId;

fn origins() -> impl Strategy<Value = Origins> {
    let one = prop_oneof![
        Just(Origins::DEFAULT),
        Just(Origins::PROGRAM),
        Just(Origins::CUSTOMER),
        Just(Origins::SALESFORCE),
        Just(Origins::DETECTION),
    ];
    proptest::collection::vec(one, 1..3)
        .prop_map(|all| all.into_iter().fold(Origins::NONE, Origins::or))
}

fn presence() -> impl Strategy<Value = Presence> {
    let one = prop_oneof![
        Just(Presence::NEVER),
        Just(Presence::UNREAD),
        Just(Presence::BLANK),
        Just(Presence::SET),
    ];
    proptest::collection::vec(one, 0..3)
        .prop_map(|all| all.into_iter().fold(Presence::NEVER, Presence::or))
}

fn texts() -> impl Strategy<Value = Content> {
    let word = proptest::option::of(prop_oneof![Just("a"), Just("bcd")]);
    (1u32..6, 0u32..6, word).prop_map(|(min, more, word)| {
        Content::Text(match word {
            Some(word) => {
                let length = super::types::length(word);
                Text { min: length, max: length, one: Some(Arc::from(word)) }
            }
            None => Text { min, max: min + more, one: None },
        })
    })
}

fn numbers() -> impl Strategy<Value = Content> {
    (-5i64..5, 0i64..5, 0u32..3).prop_map(|(low, more, scale)| {
        let (low, high) = (Decimal::from(low), Decimal::from(low + more));
        Content::Number(Arc::new(Range { low, high, scale }))
    })
}

fn lists() -> impl Strategy<Value = Content> {
    let positions =
        proptest::collection::vec(prop_oneof![0usize..5, 62usize..67, 130usize..133], 0..4);
    (positions, any::<bool>())
        .prop_map(|(positions, others)| Content::List(ValueSet::of(positions).with_others(others)))
}

fn values_of(content: impl Strategy<Value = Content>) -> impl Strategy<Value = Abs> {
    (presence(), origins(), content).prop_map(|(presence, origins, content)| {
        let blank = Abs::ANY_BLANK.meet(&Abs { presence, ..Abs::ANY });
        let set = Abs::set(content, origins);
        if presence.meets(Presence::SET) { set.join(&blank) } else { blank }
    })
}

/// Three values of one type, as an attribute has them.
fn three() -> impl Strategy<Value = (Abs, Abs, Abs)> {
    let bools = || (any::<bool>(), any::<bool>()).prop_map(|(no, yes)| Content::Bool { no, yes });
    prop_oneof![
        (values_of(texts()), values_of(texts()), values_of(texts())),
        (values_of(numbers()), values_of(numbers()), values_of(numbers())),
        (values_of(lists()), values_of(lists()), values_of(lists())),
        (values_of(bools()), values_of(bools()), values_of(bools())),
    ]
}

fn state(cells: Vec<Abs>) -> State {
    State::new(cells.into_iter().map(Cell::known).collect(), Facts::at_start())
}

proptest! {
    #[test]
    fn join_is_a_least_bound((a, b, c) in three()) {
        prop_assert_eq!(a.join(&a), a.clone());
        prop_assert_eq!(a.join(&b), b.join(&a));
        prop_assert_eq!(a.join(&b).join(&c), a.join(&b.join(&c)));
        prop_assert_eq!(a.join(&Abs::NEVER), a.clone());
        prop_assert!(a.within(&a.join(&b)));
    }

    #[test]
    fn meet_is_below_both((a, b, c) in three()) {
        prop_assert_eq!(a.meet(&a), a.clone());
        prop_assert_eq!(a.meet(&b), b.meet(&a));
        prop_assert_eq!(a.meet(&Abs::ANY), a.clone());
        prop_assert!(a.meet(&b).within(&a));
        prop_assert!(a.meet(&c).within(&a.join(&b).meet(&c)), "meeting is monotone");
    }

    #[test]
    fn sets_behave((a, b) in (lists(), lists())) {
        let (Content::List(a), Content::List(b)) = (a, b) else { unreachable!() };
        prop_assert_eq!(a.minus(&b).union(&a.intersection(&b)), a.clone());
        prop_assert!(a.minus(&b).intersection(&b).with_others(false).is_empty());
    }

    /// What a unit does, found once from an open entry, is what it does to each entry.
    #[test]
    fn applying_a_summary_covers_doing_its_steps((entry, mask, written) in three()) {
        let attr = AttrId(0);
        let top = entry.join(&mask).join(&written).join(&Abs::ANY_BLANK);
        let open = State::new(
            vec![Cell { kept: top, own: Abs::NEVER }],
            Facts::SAME,
        );
        let run = |begin: &State| {
            let mut one = begin.clone();
            one.learn(attr, &mask);
            let mut other = begin.clone();
            other.write(attr, written.clone());
            one.join(&other);
            one
        };
        let Some(effect) = super::summary::Effect::between(&open, &run(&open)) else {
            return Ok(());
        };
        let direct = run(&state(vec![entry.clone()]));
        let applied = effect.after(&state(vec![entry]));
        prop_assert!(direct.read(attr).within(&applied.read(attr)));
    }

    #[test]
    fn states_join_like_their_values((a, b, _c) in three()) {
        let (mut one, other) = (state(vec![a.clone()]), state(vec![b.clone()]));
        let changed = one.join(&other);
        prop_assert_eq!(one.read(AttrId(0)), a.join(&b));
        prop_assert_eq!(changed, a.join(&b) != a);
        prop_assert!(!one.clone().join(&other), "joining again changes nothing");
    }
}

#[test]
fn a_known_person_is_verified() {
    let mut state = state(Vec::new());
    state.learn_fact(Fact::Known, true);
    assert!(!state.facts().can(Fact::Verified, false));
    state.learn_fact(Fact::Verified, false);
    assert!(!state.is_live());
}

#[test]
fn what_was_learnt_of_the_caller_stays_with_it() {
    let mut inside = Facts::SAME.learn(Fact::Known, true);
    inside = inside.set(Fact::Spoken, true);
    let after = Facts::at_start().then(inside);
    assert!(!after.can(Fact::Known, false) && !after.can(Fact::Spoken, false));
    assert!(after.can(Fact::Known, true) && !after.can(Fact::Recorded, true));
}
