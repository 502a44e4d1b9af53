//! Random commands: both stores give the same answers.

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;
use std::collections::BTreeMap;

use tidegate_plan::value::Value;

use super::examples::letter;
use super::{at, commit, conversation, effect, id, inbound, later, resting, said, timer};
use crate::StoreError;
use crate::contract::{
    Admission, Answered, Commit, Decision, Join, Owner, Parked, Profile, Settlement, Store, Token,
    TokenHash, Until, Visitor, What,
};
use crate::model::MemoryStore;
use crate::sqlite::SqliteStore;

#[derive(Debug, Clone)]
enum Command {
    Commit(Box<Commit>),
    Claim(Timestamp, u32),
    Park(Parked),
    Release(u32),
    Decide(Decision),
    Settle(u64, bool),
    Reclaim(Timestamp),
    Due(Timestamp, u32),
    Admit(Box<Admission>),
    ByToken(u8, Timestamp),
    Bearer(u8, Timestamp),
    Owner(u64),
    ForgetTokens(Timestamp, u32),
    SignOut(u8),
    KeepLasting(u64, BTreeMap<String, Option<Value>>),
    Entries(u64, u64, u32),
}

/// Few times, so that an answer often meets the timer that it names.
fn due() -> impl Strategy<Value = Timestamp> {
    (0..3i64).prop_map(|n| at(10 * n))
}

fn time() -> impl Strategy<Value = Timestamp> {
    (0..50i64).prop_map(at)
}

fn answers() -> impl Strategy<Value = Option<Answered>> {
    prop_oneof![
        4 => Just(None),
        1 => (0..8u64).prop_map(|n| {
            Some(Answered::Effect(Settlement { key: id(n), dead: None }))
        }),
        1 => (0..8u64, due()).prop_map(|(n, due)| Some(Answered::Timer { key: id(n), due })),
    ]
}

fn lasting() -> impl Strategy<Value = Vec<(String, Option<Value>)>> {
    vec(("[ab]", proptest::option::of("[xy]".prop_map(Value::Text))), 0..3)
}

fn a_commit() -> impl Strategy<Value = Command> {
    let request = proptest::option::of((0..3u64, 0..6u64, 0..2u8));
    let content = (0..3usize, vec((0..8u64, time()), 0..3), vec((0..8u64, due()), 0..2));
    let what = (0..3u64, 0..5u64, 0..2u64, any::<bool>(), lasting());
    (what, request, content, answers(), time()).prop_map(
        |(
            (n, version, visitor, ended, lasting),
            request,
            (messages, effects, timers),
            answers,
            now,
        )| {
            let mut one = commit(n, version, "x");
            one.owner = Some(Owner { visitor: id(1000 + visitor), messenger: "web".into() });
            one.next = conversation(id(n), ended);
            one.inbound = request.map(|(to, key, body)| inbound(to, key, body));
            one.messages = (0..messages).map(|n| said(&format!("y{n}"))).collect();
            one.effects = effects.into_iter().map(|(n, at)| resting(n, at)).collect();
            one.effects.dedup_by_key(|r| r.effect.key);
            one.timers = timers.into_iter().map(|(n, at)| timer(n, at)).collect();
            one.answers = answers;
            one.lasting = lasting.into_iter().collect();
            one.at = now;
            Command::Commit(Box::new(one))
        },
    )
}

fn admission() -> impl Strategy<Value = Command> {
    let subject = proptest::option::of(0..2u8);
    let token = proptest::option::of((0..4u8, time()));
    let joins = proptest::option::of((0..3u64, proptest::option::of(0..3u64)));
    let hash = || proptest::option::of(0..4u8);
    (0..3u64, subject, token, (hash(), hash()), joins).prop_map(
        |(n, subject, token, (shown, revoked), joins)| {
            let visitor = Visitor {
                // A subject's visitors have ids of their own: nobody loses a subject.
                id: id(1000 + n + subject.map_or(0, |s| 10 + u64::from(s) * 10)),
                messenger: "web".into(),
                subject: subject.map(|s| format!("subject {s}")),
                profile: Profile::default(),
                lasting: Default::default(),
            };
            let token = token.map(|(hash, expires)| Token { hash: TokenHash([hash; 32]), expires });
            let [shown, revoked] =
                [shown, revoked].map(|hash| hash.map(|hash| TokenHash([hash; 32])));
            let joins = joins.map(|(visitor, conversation)| Join {
                visitor: id(1000 + visitor),
                conversation: conversation.map(id),
            });
            Command::Admit(Box::new(Admission { visitor, token, shown, revoked, joins }))
        },
    )
}

fn parked() -> impl Strategy<Value = Parked> {
    let until =
        prop_oneof![time().prop_map(Until::Time), time().prop_map(|now| Until::Released { now }),];
    (0..8u64, until, any::<bool>(), any::<bool>()).prop_map(|(n, until, attempted, strike)| {
        Parked { until, attempted, strike, ..later(n, at(0)) }
    })
}

fn decision() -> impl Strategy<Value = Decision> {
    let what = prop_oneof![
        2 => Just(What::Resend),
        1 => Just(What::Drop { because: "of a test".into() }),
        1 => (0..8u64).prop_map(|n| What::Mend { effect: Box::new(effect(n)), fields: vec![] }),
    ];
    (0..8u64, time(), what).prop_map(|(n, at, mut what)| {
        if let What::Mend { effect, .. } = &mut what {
            effect.key = id(n);
        }
        Decision { key: id(n), at, by: "night".into(), what }
    })
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        6 => a_commit(),
        2 => (time(), 1..4u32).prop_map(|(now, limit)| Command::Claim(now, limit)),
        2 => parked().prop_map(Command::Park),
        1 => (1..3u32).prop_map(Command::Release),
        2 => decision().prop_map(Command::Decide),
        2 => (0..8u64, any::<bool>()).prop_map(|(n, dead)| Command::Settle(n, dead)),
        1 => time().prop_map(Command::Reclaim),
        1 => (time(), 1..4u32).prop_map(|(now, limit)| Command::Due(now, limit)),
        1 => admission(),
        1 => (0..4u8, time()).prop_map(|(hash, now)| Command::ByToken(hash, now)),
        2 => (0..4u8, time()).prop_map(|(hash, now)| Command::Bearer(hash, now)),
        2 => (0..3u64).prop_map(Command::Owner),
        1 => (time(), 1..3u32).prop_map(|(now, limit)| Command::ForgetTokens(now, limit)),
        1 => (0..4u8).prop_map(Command::SignOut),
        1 => (0..3u64, lasting()).prop_map(|(n, changes)| {
            Command::KeepLasting(1000 + n, changes.into_iter().collect())
        }),
        1 => (0..3u64, 0..4u64, 0..4u32).prop_map(|(n, after, limit)| Command::Entries(n, after, limit)),
    ]
}

/// What a store answers, as text; failures only by kind, for their words are a back end's own.
async fn answer(store: &dyn Store, command: Command) -> String {
    fn show<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
        match result {
            Ok(value) => format!("{value:?}"),
            Err(StoreError::Failed(_)) => "failed".into(),
            Err(other) => format!("{other:?}"),
        }
    }
    match command {
        Command::Commit(commit) => show(store.commit(*commit).await),
        Command::Claim(now, limit) => show(store.claim(now, limit).await),
        Command::Park(parked) => show(store.park(parked).await),
        Command::Release(limit) => show(store.release(limit).await),
        Command::Decide(decision) => show(store.decide(decision).await),
        Command::Settle(n, dead) => {
            let dead = dead.then(|| Box::new(letter(effect(n))));
            show(store.settle(Settlement { key: id(n), dead }).await)
        }
        Command::Reclaim(now) => show(store.reclaim(now).await),
        Command::Due(now, limit) => show(store.due(now, limit).await),
        Command::Admit(admission) => show(store.admit(*admission).await),
        Command::ByToken(hash, now) => show(store.by_token(TokenHash([hash; 32]), now).await),
        Command::Bearer(hash, now) => show(store.bearer(TokenHash([hash; 32]), now).await),
        Command::Owner(n) => show(store.owner(id(n)).await),
        Command::ForgetTokens(now, limit) => show(store.forget_tokens(now, limit).await),
        Command::KeepLasting(n, changes) => show(store.keep_lasting(id(n), changes).await),
        Command::SignOut(hash) => show(store.sign_out(TokenHash([hash; 32])).await),
        Command::Entries(n, after, limit) => show(store.entries(id(n), after, limit).await),
    }
}

async fn state(store: &dyn Store) -> String {
    let mut all = String::new();
    for n in 0..3 {
        all += &format!("{:?}\n", store.load(id(n)).await);
        all += &format!("{:?}\n", store.journal(id(n), 0, 1000).await);
        all += &format!("{:?}\n", store.open_of(id(1000 + n)).await);
    }
    all += &format!("{:?} {:?}\n", store.dead_letters().await, store.decisions().await);
    all += &format!("{:?}\n", store.backlog().await);
    for n in [1000, 1001, 1002, 1010, 1011, 1012, 1020, 1021, 1022] {
        all += &format!("{:?}\n", store.visitor(id(n)).await);
    }
    all + &format!("{:?} {:?}", store.next_effect().await, store.next_timer().await)
}

fn compare(commands: Vec<Command>) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    runtime.block_on(async {
        let model = MemoryStore::new();
        let sqlite = SqliteStore::open(&folder.path().join("t.db")).unwrap();
        for command in commands {
            let told = format!("{command:?}");
            let expected = answer(&model, command.clone()).await;
            let found = answer(&sqlite, command).await;
            proptest::prop_assert_eq!(expected, found, "after {}", told);
        }
        proptest::prop_assert_eq!(state(&model).await, state(&sqlite).await);
        Ok(())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_file_and_the_model_agree(commands in vec(command(), 1..40)) {
        compare(commands)?;
    }
}
