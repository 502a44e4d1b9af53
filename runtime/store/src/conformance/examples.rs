//! One test a promise.

use std::sync::Arc;

use tidegate_engine::effect::Effect;

use super::{at, commit, conversation, effect, id, inbound, later, resting, said, timer};
use crate::contract::{
    Admission, Answered, Backlog, Claimed, DeadLetter, Decision, Join, Outcome, Owner, Parked,
    Profile, Receipt, Settlement, Store, Token, TokenHash, Until, Visitor, What,
};
use crate::model::MemoryStore;
use crate::sqlite::SqliteStore;

/// Runs a promise on both stores.
macro_rules! promises {
    ($($name:ident)*) => {
        mod in_memory { $(
            #[tokio::test]
            async fn $name() {
                super::$name(super::Arc::new(super::MemoryStore::new())).await;
            }
        )* }
        mod in_sqlite { $(
            #[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let store = super::SqliteStore::open(&folder.path().join("t.db")).unwrap();
                super::$name(super::Arc::new(store)).await;
            }
        )* }
    };
}

promises! {
    a_commit_is_kept_whole
    a_repeated_request_gets_its_first_answer
    a_lost_race_changes_nothing
    a_visitor_has_one_open_conversation
    only_the_first_effect_of_a_conversation_is_claimed
    a_parked_effect_holds_back_those_behind_it
    a_claim_is_freed_when_its_process_has_gone
    an_answer_counts_once
    a_dead_letter_is_kept_with_the_answer
    what_is_held_waits_until_it_is_released
    an_attempt_that_was_not_made_is_not_counted
    what_is_decided_about_a_dead_letter_is_done_and_kept
    a_timer_fires_until_it_is_answered
    subscribers_and_workers_hear_of_commits
    tokens_end_and_are_revoked
    a_subject_is_one_visitor
    lasting_data_stays_with_the_visitor
    who_signs_in_takes_the_browsers_along
    who_signs_in_keeps_an_open_conversation
    nothing_of_another_subject_is_taken_along
    signing_out_forgets_a_browsers_visitor
    a_token_that_has_ended_lets_nobody_in
    plans_are_activated_by_compare_and_swap
}

fn committed(conversation: u64, sequence: u64) -> Outcome {
    Outcome::Committed(Receipt { conversation: id(conversation), sequence })
}

async fn claim(store: &Arc<dyn Store>, seconds: i64) -> Vec<(u64, u32)> {
    let claimed = store.claim(at(seconds), 10).await.unwrap();
    let number = |c: &Claimed| c.effect.key.as_u64_pair().1 & 0xffff;
    claimed.iter().map(|c| (number(c), c.attempt)).collect()
}

async fn a_commit_is_kept_whole(store: Arc<dyn Store>) {
    let mut first = commit(1, 0, "hello");
    first.messages.push(said("again"));
    assert_eq!(store.commit(first.clone()).await.unwrap(), committed(1, 1));
    assert_eq!(store.commit(commit(1, 1, "third")).await.unwrap(), committed(1, 3));
    let mut silent = commit(1, 2, "");
    silent.messages.clear();
    assert_eq!(store.commit(silent).await.unwrap(), committed(1, 3));

    let stored = store.load(id(1)).await.unwrap().unwrap();
    assert_eq!((stored.version, stored.messages), (3, 3));
    assert_eq!(stored.conversation, conversation(id(1), false));
    assert_eq!(stored.owner.messenger, "web");
    let entries = store.entries(id(1), 1, 10).await.unwrap();
    assert_eq!(entries.iter().map(|e| e.sequence).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(entries[1].message, said("third"));
    assert_eq!(store.entries(id(1), 0, 1).await.unwrap().len(), 1);
    let journal = store.journal(id(1), 0, 10).await.unwrap();
    assert_eq!(journal.iter().map(|r| r.version).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(journal[0].journal, first.journal);
    assert_eq!(store.load(id(2)).await.unwrap(), None);
}

async fn a_repeated_request_gets_its_first_answer(store: Arc<dyn Store>) {
    let mut first = commit(1, 0, "hello");
    first.inbound = Some(inbound(1, 77, 1));
    assert_eq!(store.commit(first.clone()).await.unwrap(), committed(1, 1));
    store.commit(commit(1, 1, "more")).await.unwrap();
    let again = store.commit(first.clone()).await.unwrap();
    assert_eq!(again, Outcome::Duplicate(Receipt { conversation: id(1), sequence: 1 }));
    assert_eq!(store.recall(inbound(1, 77, 1)).await.unwrap(), Some(again));
    assert_eq!(store.recall(inbound(1, 78, 1)).await.unwrap(), None);
    first.inbound = Some(inbound(1, 77, 2));
    assert_eq!(store.commit(first.clone()).await.unwrap(), Outcome::Mismatch);
    // The same key said to another conversation is another request.
    let mut elsewhere = commit(2, 0, "hello");
    elsewhere.inbound = Some(inbound(2, 77, 2));
    assert_eq!(store.commit(elsewhere).await.unwrap(), committed(2, 1));
}

async fn a_lost_race_changes_nothing(store: Arc<dyn Store>) {
    store.commit(commit(1, 0, "hello")).await.unwrap();
    store.commit(commit(1, 1, "winner")).await.unwrap();
    let mut loser = commit(1, 1, "loser");
    loser.effects.push(resting(5, at(0)));
    assert_eq!(store.commit(loser).await.unwrap(), Outcome::Conflict { current: 2 });
    assert_eq!(store.entries(id(1), 0, 10).await.unwrap().len(), 2);
    assert_eq!(claim(&store, 0).await, []);
    let nowhere = store.commit(commit(9, 4, "nowhere")).await.unwrap();
    assert_eq!(nowhere, Outcome::Conflict { current: 0 });
}

async fn a_visitor_has_one_open_conversation(store: Arc<dyn Store>) {
    let owner = commit(1, 0, "").owner;
    store.commit(commit(1, 0, "hello")).await.unwrap();
    let mut second = commit(2, 0, "hello");
    second.owner = owner.clone();
    let refused = store.commit(second.clone()).await.unwrap();
    assert_eq!(refused, Outcome::AlreadyOpen { conversation: id(1) });
    assert_eq!(store.open_of(id(1001)).await.unwrap(), Some(id(1)));

    let mut end = commit(1, 1, "bye");
    end.next = conversation(id(1), true);
    store.commit(end).await.unwrap();
    assert_eq!(store.open_of(id(1001)).await.unwrap(), None);
    assert_eq!(store.commit(second).await.unwrap(), committed(2, 1));
    assert_eq!(store.open_of(id(1001)).await.unwrap(), Some(id(2)));
}

pub(super) async fn only_the_first_effect_of_a_conversation_is_claimed(store: Arc<dyn Store>) {
    let mut one = commit(1, 0, "a");
    one.effects = vec![resting(11, at(10)), resting(12, at(0))];
    let mut two = commit(2, 0, "b");
    two.effects = vec![resting(21, at(5))];
    store.commit(one).await.unwrap();
    store.commit(two).await.unwrap();

    assert_eq!(store.next_effect().await.unwrap(), Some(at(5)));
    assert_eq!(claim(&store, 4).await, []);
    assert_eq!(claim(&store, 10).await, [(21, 1), (11, 1)]);
    assert_eq!(claim(&store, 10).await, []);
    assert_eq!(store.next_effect().await.unwrap(), None);
    assert!(store.settle(Settlement { key: id(11), dead: None }).await.unwrap());
    assert_eq!(claim(&store, 10).await, [(12, 1)]);
}

pub(super) async fn a_parked_effect_holds_back_those_behind_it(store: Arc<dyn Store>) {
    let mut one = commit(1, 0, "a");
    one.effects = vec![resting(11, at(0)), resting(12, at(0))];
    store.commit(one).await.unwrap();
    assert_eq!(claim(&store, 0).await, [(11, 1)]);
    store.park(later(11, at(60))).await.unwrap();
    assert_eq!(claim(&store, 59).await, []);
    assert_eq!(store.next_effect().await.unwrap(), Some(at(60)));
    assert_eq!(claim(&store, 60).await, [(11, 2)]);
}

async fn a_claim_is_freed_when_its_process_has_gone(store: Arc<dyn Store>) {
    let mut one = commit(1, 0, "a");
    one.effects = vec![resting(11, at(0))];
    store.commit(one).await.unwrap();
    assert_eq!(claim(&store, 0).await, [(11, 1)]);
    store.reclaim(at(0)).await.unwrap();
    assert_eq!(claim(&store, 0).await, [(11, 2)]);
    // What was put back until later goes at once too; what rests of its own accord does not.
    store.park(later(11, at(300))).await.unwrap();
    let mut other = commit(2, 0, "b");
    other.owner.as_mut().unwrap().visitor = id(77);
    other.effects = vec![resting(12, at(300))];
    store.commit(other).await.unwrap();
    store.reclaim(at(5)).await.unwrap();
    assert_eq!(claim(&store, 4).await, []);
    assert_eq!(claim(&store, 5).await, [(11, 3)]);
}

async fn an_answer_counts_once(store: Arc<dyn Store>) {
    let mut one = commit(1, 0, "a");
    one.effects = vec![resting(11, at(0))];
    store.commit(one).await.unwrap();
    claim(&store, 0).await;
    let mut answer = commit(1, 1, "done");
    answer.answers = Some(Answered::Effect(Settlement { key: id(11), dead: None }));
    assert_eq!(store.commit(answer.clone()).await.unwrap(), committed(1, 2));
    answer.expected_version = 2;
    assert_eq!(store.commit(answer).await.unwrap(), Outcome::Settled);
    assert!(!store.settle(Settlement { key: id(11), dead: None }).await.unwrap());
    store.reclaim(at(0)).await.unwrap();
    assert_eq!(claim(&store, 0).await, []);
}

pub(super) fn letter(effect: Effect) -> DeadLetter {
    DeadLetter {
        conversation: id(1),
        effect,
        at: at(3),
        since: Some(at(0)),
        attempts: 2,
        status: Some(400),
        code: "FIELD_CUSTOM_VALIDATION_EXCEPTION".into(),
        fields: vec!["Origin".into()],
        request: "POST /sobjects/Case".into(),
        answer: "[]".into(),
        source: Some("support.tide:12".into()),
    }
}

async fn a_dead_letter_is_kept_with_the_answer(store: Arc<dyn Store>) {
    let mut one = commit(1, 0, "a");
    one.effects = vec![resting(11, at(0)), resting(12, at(0))];
    store.commit(one).await.unwrap();
    let mut refused = commit(1, 1, "refused");
    let dead = Some(Box::new(letter(effect(11))));
    refused.answers = Some(Answered::Effect(Settlement { key: id(11), dead }));
    store.commit(refused).await.unwrap();
    let dead = Some(Box::new(letter(effect(12))));
    store.settle(Settlement { key: id(12), dead: dead.clone() }).await.unwrap();
    store.settle(Settlement { key: id(12), dead }).await.unwrap();
    let kept = store.dead_letters().await.unwrap();
    assert_eq!(kept, [letter(effect(11)), letter(effect(12))]);
}

pub(super) async fn what_is_held_waits_until_it_is_released(store: Arc<dyn Store>) {
    for n in 1..4 {
        let mut one = commit(n, 0, "a");
        one.effects = vec![resting(10 * n, at(0)), resting(10 * n + 1, at(0))];
        store.commit(one).await.unwrap();
    }
    assert_eq!(claim(&store, 0).await, [(10, 1), (20, 1), (30, 1)]);
    for (n, now) in [(30, 1), (10, 2), (20, 3)] {
        let until = Until::Released { now: at(now) };
        store.park(Parked { until, ..later(n, at(0)) }).await.unwrap();
    }
    assert_eq!(claim(&store, 1000).await, []);
    assert_eq!(store.next_effect().await.unwrap(), None);
    let oldest = Some(at(0));
    let backlog = Backlog { effects: 6, under_way: 0, held: 3, oldest, dead_letters: 0 };
    assert_eq!(store.backlog().await.unwrap(), backlog);
    // Those held longest come first, and nothing of their conversations overtakes them.
    assert_eq!(store.release(1).await.unwrap(), 1);
    assert_eq!(claim(&store, 1000).await, [(30, 2)]);
    assert_eq!(store.release(10).await.unwrap(), 2);
    assert_eq!(store.release(10).await.unwrap(), 0);
    assert_eq!(claim(&store, 1000).await, [(10, 2), (20, 2)]);
    // A start frees what is held.
    let until = Until::Released { now: at(4) };
    store.park(Parked { until, ..later(20, at(0)) }).await.unwrap();
    store.reclaim(at(4)).await.unwrap();
    assert_eq!(claim(&store, 4).await, [(30, 3), (10, 3), (20, 3)]);
}

async fn an_attempt_that_was_not_made_is_not_counted(store: Arc<dyn Store>) {
    let mut one = commit(1, 0, "a");
    one.effects = vec![resting(11, at(7))];
    store.commit(one).await.unwrap();
    let claimed = async |seconds| {
        let claimed = store.claim(at(seconds), 1).await.unwrap();
        claimed.first().map(|c| (c.attempt, c.strikes, c.since))
    };
    assert_eq!(claimed(7).await, Some((1, 0, at(7))));
    store.park(Parked { attempted: false, ..later(11, at(8)) }).await.unwrap();
    assert_eq!(claimed(8).await, Some((1, 0, at(7))));
    store.park(Parked { strike: true, ..later(11, at(9)) }).await.unwrap();
    assert_eq!(claimed(9).await, Some((2, 1, at(7))));
    // What is not claimed is not put back.
    store.park(later(11, at(10))).await.unwrap();
    store.park(Parked { strike: true, ..later(11, at(99)) }).await.unwrap();
    assert_eq!(claimed(10).await, Some((3, 1, at(7))));
}

async fn what_is_decided_about_a_dead_letter_is_done_and_kept(store: Arc<dyn Store>) {
    let mut one = commit(1, 0, "a");
    one.effects = vec![resting(11, at(0)), resting(12, at(0))];
    store.commit(one).await.unwrap();
    for n in [11, 12] {
        let dead = Some(Box::new(letter(effect(n))));
        store.settle(Settlement { key: id(n), dead }).await.unwrap();
    }
    let decide = async |n, what: What| {
        let decision = Decision { key: id(n), at: at(9), by: "night".into(), what };
        store.decide(decision).await.unwrap()
    };
    let mut mended = effect(11);
    mended.step = Some(tidegate_plan::model::StepId(4));
    let mend = What::Mend { effect: Box::new(mended.clone()), fields: vec!["Origin".into()] };
    assert!(decide(11, mend.clone()).await);
    assert_eq!(store.dead_letters().await.unwrap()[0], letter(mended.clone()));
    assert!(decide(11, What::Resend).await);
    assert!(!decide(11, What::Resend).await);
    assert!(!decide(11, mend).await);
    assert!(decide(12, What::Drop { because: "a test".into() }).await);
    assert!(!decide(12, What::Resend).await);
    assert_eq!(store.dead_letters().await.unwrap(), []);
    // It goes on counting its attempts: an earlier one may have been carried out.
    let claimed = store.claim(at(9), 10).await.unwrap();
    let [again] = claimed.as_slice() else { panic!("{claimed:?}") };
    assert_eq!((&again.effect, again.attempt, again.strikes), (&mended, 3, 0));
    let kept = store.decisions().await.unwrap();
    let told: Vec<String> =
        kept.iter().map(|d| format!("{} {} {} {}", d.key, d.code, d.by, d.what)).collect();
    let code = "FIELD_CUSTOM_VALIDATION_EXCEPTION night";
    assert_eq!(
        told,
        [
            format!("{} {code} mended Origin", id(11)),
            format!("{} {code} sent again", id(11)),
            format!("{} {code} dropped because a test", id(12)),
        ]
    );
}

async fn a_timer_fires_until_it_is_answered(store: Arc<dyn Store>) {
    let mut one = commit(1, 0, "a");
    one.timers = vec![timer(31, at(20)), timer(32, at(10))];
    store.commit(one).await.unwrap();
    assert_eq!(store.next_timer().await.unwrap(), Some(at(10)));
    assert!(store.due(at(9), 10).await.unwrap().is_empty());
    let due = store.due(at(30), 10).await.unwrap();
    assert_eq!(due.iter().map(|d| d.timer.key).collect::<Vec<_>>(), [id(32), id(31)]);
    assert_eq!(due[0].timer, timer(32, at(10)));
    let mut fired = commit(1, 1, "tick");
    fired.answers = Some(Answered::Timer { key: id(32), due: at(10) });
    assert_eq!(store.commit(fired.clone()).await.unwrap(), committed(1, 2));
    fired.expected_version = 2;
    assert_eq!(store.commit(fired.clone()).await.unwrap(), Outcome::Settled);
    assert_eq!(store.next_timer().await.unwrap(), Some(at(20)));
    // One that is set anew while it fires stays.
    let mut anew = commit(1, 2, "b");
    anew.timers = vec![timer(31, at(40))];
    store.commit(anew).await.unwrap();
    (fired.expected_version, fired.answers) =
        (3, Some(Answered::Timer { key: id(31), due: at(20) }));
    assert_eq!(store.commit(fired).await.unwrap(), Outcome::Settled);
    assert_eq!(store.next_timer().await.unwrap(), Some(at(40)));
}

async fn subscribers_and_workers_hear_of_commits(store: Arc<dyn Store>) {
    let mut messages = store.subscribe(id(1));
    let mut work = store.work();
    let mut first = commit(1, 0, "a");
    first.effects = vec![resting(11, at(0))];
    store.commit(first).await.unwrap();
    store.commit(commit(1, 1, "b")).await.unwrap();
    assert!(messages.has_changed().unwrap());
    assert_eq!(*messages.borrow_and_update(), 2);
    assert!(work.has_changed().unwrap());
    work.mark_unchanged();
    store.commit(commit(1, 1, "lost")).await.unwrap();
    assert!(!messages.has_changed().unwrap());
    assert!(!work.has_changed().unwrap());
    for (version, due, wakes) in [(2, 61, false), (3, 60, true)] {
        let mut silence = commit(1, version, "c");
        silence.timers = vec![timer(11, at(due))];
        store.commit(silence).await.unwrap();
        assert_eq!(work.has_changed().unwrap(), wakes, "{due} s");
    }
}

fn visitor(n: u64, subject: Option<&str>) -> Visitor {
    Visitor {
        id: id(n),
        messenger: "web".into(),
        subject: subject.map(str::to_owned),
        profile: Profile { page: Some(format!("/page/{n}")), ..Profile::default() },
        lasting: Default::default(),
    }
}

async fn tokens_end_and_are_revoked(store: Arc<dyn Store>) {
    let (old, new) = (TokenHash([1; 32]), TokenHash([2; 32]));
    let first = Admission {
        visitor: visitor(1, None),
        token: Some(Token { hash: old, expires: at(100) }),
        shown: None,
        revoked: None,
        joins: None,
    };
    store.admit(first.clone()).await.unwrap();
    assert_eq!(store.by_token(old, at(99)).await.unwrap(), Some(visitor(1, None)));
    assert_eq!(store.by_token(old, at(100)).await.unwrap(), None);
    assert_eq!(store.by_token(new, at(0)).await.unwrap(), None);
    let rotated = Admission {
        token: Some(Token { hash: new, expires: at(200) }),
        revoked: Some(old),
        ..first
    };
    store.admit(rotated).await.unwrap();
    assert_eq!(store.by_token(old, at(0)).await.unwrap(), None);
    assert_eq!(store.by_token(new, at(0)).await.unwrap().map(|v| v.id), Some(id(1)));
}

async fn a_subject_is_one_visitor(store: Arc<dyn Store>) {
    let admission = |n| Admission {
        visitor: visitor(n, Some("ada")),
        token: None,
        shown: None,
        revoked: None,
        joins: None,
    };
    let admitted = async |n| store.admit(admission(n)).await.unwrap().unwrap();
    assert_eq!(admitted(1).await.id, id(1));
    let again = admitted(2).await;
    assert_eq!(again.id, id(1));
    assert_eq!(again.profile.page.as_deref(), Some("/page/2"));
    let found = store.by_subject("web".into(), "ada".into()).await.unwrap();
    assert_eq!(found, Some(again));
    assert_eq!(store.by_subject("shop".into(), "ada".into()).await.unwrap(), None);
    assert_eq!(store.visitor(id(2)).await.unwrap(), None);
}

async fn lasting_data_stays_with_the_visitor(store: Arc<dyn Store>) {
    use tidegate_plan::value::Value;
    let admission = Admission {
        visitor: visitor(1001, None),
        token: None,
        shown: None,
        revoked: None,
        joins: None,
    };
    store.admit(admission.clone()).await.unwrap();
    let text = |text: &str| Some(Value::Text(text.into()));
    let change = |name: &str, value| (name.to_owned(), value);
    let mut first = commit(1, 0, "a");
    first.lasting = [change("likes", text("tea")), change("knows", text("us"))].into();
    store.commit(first).await.unwrap();
    let mut second = commit(1, 1, "b");
    second.lasting = [change("likes", None), change("owns", text("a boiler"))].into();
    store.commit(second.clone()).await.unwrap();
    // What is not kept changes nothing.
    second.lasting = [change("owns", text("nothing"))].into();
    assert_eq!(store.commit(second).await.unwrap(), Outcome::Conflict { current: 2 });
    let kept = store.admit(admission).await.unwrap().unwrap();
    let lasting: Vec<_> = kept.lasting.iter().map(|(name, v)| (name.as_str(), v.clone())).collect();
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(lasting, [("knows", text("us")), ("owns", text("a boiler"))]);
    assert_eq!(store.visitor(id(1001)).await.unwrap(), Some(kept));
}

/// A browser's visitor, the conversation 1 and what lasts; then the one who signs in there.
async fn joined(store: &Arc<dyn Store>, signed: Visitor) -> Visitor {
    use tidegate_plan::value::Value;
    let text = |text: &str| Some(Value::Text(text.into()));
    let browser = Admission {
        visitor: visitor(1001, None),
        token: Some(Token { hash: TokenHash([1; 32]), expires: at(100) }),
        shown: None,
        revoked: None,
        joins: None,
    };
    store.admit(browser).await.unwrap();
    let mut one = commit(1, 0, "a");
    one.lasting = [("likes".into(), text("tea")), ("owns".into(), text("a boiler"))].into();
    store.commit(one).await.unwrap();
    let signing_in = Admission {
        visitor: signed,
        token: Some(Token { hash: TokenHash([2; 32]), expires: at(100) }),
        shown: None,
        revoked: Some(TokenHash([1; 32])),
        joins: Some(Join { visitor: id(1001), conversation: Some(id(1)) }),
    };
    store.admit(signing_in).await.unwrap().unwrap()
}

async fn who_signs_in_takes_the_browsers_along(store: Arc<dyn Store>) {
    use tidegate_plan::value::Value;
    let ada = visitor(1002, Some("ada"));
    store
        .admit(Admission {
            visitor: ada.clone(),
            token: None,
            shown: None,
            revoked: None,
            joins: None,
        })
        .await
        .unwrap();
    let mut own = commit(2, 0, "own");
    own.owner = Some(Owner { visitor: id(1002), messenger: "web".into() });
    own.next = conversation(id(2), true);
    own.lasting = [("likes".into(), Some(Value::Text("coffee".into())))].into();
    store.commit(own).await.unwrap();
    let admitted = joined(&store, ada).await;
    assert_eq!(admitted.lasting["likes"], Value::Text("coffee".into()));
    assert_eq!(admitted.lasting["owns"], Value::Text("a boiler".into()));
    assert_eq!(store.visitor(id(1001)).await.unwrap().unwrap().lasting, Default::default());
    assert_eq!(store.open_of(id(1002)).await.unwrap(), Some(id(1)));
    assert_eq!(store.open_of(id(1001)).await.unwrap(), None);
    // What the conversation leaves from now on is the person's.
    let mut later = commit(1, 1, "b");
    later.lasting = [("likes".into(), Some(Value::Text("water".into())))].into();
    store.commit(later).await.unwrap();
    let kept = store.visitor(id(1002)).await.unwrap().unwrap();
    assert_eq!(kept.lasting["likes"], Value::Text("water".into()));
}

async fn who_signs_in_keeps_an_open_conversation(store: Arc<dyn Store>) {
    let ada = visitor(1002, Some("ada"));
    store
        .admit(Admission {
            visitor: ada.clone(),
            token: None,
            shown: None,
            revoked: None,
            joins: None,
        })
        .await
        .unwrap();
    let mut own = commit(2, 0, "own");
    own.owner = Some(Owner { visitor: id(1002), messenger: "web".into() });
    store.commit(own).await.unwrap();
    joined(&store, ada).await;
    assert_eq!(store.open_of(id(1002)).await.unwrap(), Some(id(2)));
    assert_eq!(store.open_of(id(1001)).await.unwrap(), Some(id(1)));
}

async fn nothing_of_another_subject_is_taken_along(store: Arc<dyn Store>) {
    use tidegate_plan::value::Value;
    let signed = |n, subject| Admission {
        visitor: visitor(n, Some(subject)),
        token: None,
        shown: None,
        revoked: None,
        joins: Some(Join { visitor: id(1001), conversation: Some(id(1)) }),
    };
    store.admit(Admission { joins: None, ..signed(1001, "ada") }).await.unwrap();
    let mut one = commit(1, 0, "a");
    one.lasting = [("likes".into(), Some(Value::Text("tea".into())))].into();
    store.commit(one).await.unwrap();
    let bob = store.admit(signed(1002, "bob")).await.unwrap().unwrap();
    assert_eq!(bob.lasting, Default::default());
    assert_eq!(store.open_of(id(1002)).await.unwrap(), None);
    assert_eq!(store.open_of(id(1001)).await.unwrap(), Some(id(1)));
}

async fn signing_out_forgets_a_browsers_visitor(store: Arc<dyn Store>) {
    let admission = |n: u8, subject| Admission {
        visitor: visitor(u64::from(n), subject),
        token: Some(Token { hash: TokenHash([n; 32]), expires: at(100) }),
        shown: None,
        revoked: None,
        joins: None,
    };
    store.admit(admission(1, None)).await.unwrap();
    store.admit(admission(2, Some("ada"))).await.unwrap();
    for n in [1, 2] {
        assert!(store.sign_out(TokenHash([n; 32])).await.unwrap());
        assert!(!store.sign_out(TokenHash([n; 32])).await.unwrap());
        assert_eq!(store.by_token(TokenHash([n; 32]), at(0)).await.unwrap(), None);
    }
    let left = async |n| store.visitor(id(n)).await.unwrap().unwrap().profile;
    assert_eq!(left(1).await, Profile::default());
    assert_eq!(left(2).await.page.as_deref(), Some("/page/2"));
}

/// A request that was let in before a token ended does not bring it back, nor what was forgotten.
async fn a_token_that_has_ended_lets_nobody_in(store: Arc<dyn Store>) {
    let hash = TokenHash([1; 32]);
    let first = Admission {
        visitor: visitor(1, None),
        token: Some(Token { hash, expires: at(100) }),
        shown: None,
        revoked: None,
        joins: None,
    };
    store.admit(first.clone()).await.unwrap();
    let again = Admission { shown: Some(hash), ..first };
    assert!(store.admit(again.clone()).await.unwrap().is_some());
    assert!(store.sign_out(hash).await.unwrap());
    assert_eq!(store.admit(again).await.unwrap(), None);
    assert_eq!(store.by_token(hash, at(0)).await.unwrap(), None);
    let left = store.visitor(id(1)).await.unwrap().unwrap();
    assert_eq!(left.profile, Profile::default());
}

async fn plans_are_activated_by_compare_and_swap(store: Arc<dyn Store>) {
    let (one, two) = ("one".to_owned(), "two".to_owned());
    assert!(store.activate(one.clone(), None).await.is_err());
    store.put_plan(one.clone(), vec![1]).await.unwrap();
    store.put_plan(one.clone(), vec![1]).await.unwrap();
    store.put_plan(two.clone(), vec![2]).await.unwrap();
    assert_eq!(store.active_plan().await.unwrap(), None);
    assert!(store.activate(one.clone(), None).await.unwrap());
    assert!(!store.activate(two.clone(), None).await.unwrap());
    assert_eq!(store.active_plan().await.unwrap(), Some(one.clone()));
    assert!(store.activate(two.clone(), Some(one.clone())).await.unwrap());
    assert_eq!(store.plan(one).await.unwrap(), Some(vec![1]));
    assert_eq!(store.plan("three".into()).await.unwrap(), None);
}
