//! What is deleted, and what is not.

use std::sync::Arc;

use tidegate_engine::state::Conversation;

use super::{at, commit, conversation, effect, id, resting, timer};
use crate::contract::{
    Admission, Answered, DeadLetter, Profile, Settlement, Store, Token, TokenHash, Visitor,
};
use crate::model::MemoryStore;
use crate::sqlite::SqliteStore;

/// Runs a promise on both stores.
pub(super) async fn both<F: Future<Output = ()>>(promise: impl Fn(Arc<dyn Store>) -> F) {
    promise(Arc::new(MemoryStore::new())).await;
    let folder = tempfile::tempdir().unwrap();
    promise(Arc::new(SqliteStore::open(&folder.path().join("t.db")).unwrap())).await;
}

/// Lets somebody in whose token ends at some time.
async fn admit(store: &dyn Store, n: u8, subject: Option<&str>, expires: i64) {
    let visitor = Visitor {
        id: id(n.into()),
        messenger: "web".into(),
        subject: subject.map(str::to_owned),
        profile: Profile::default(),
        lasting: Default::default(),
    };
    let token = Some(Token { hash: TokenHash([n; 32]), expires: at(expires) });
    let admission = Admission { visitor, token, shown: None, revoked: None, joins: None };
    store.admit(admission).await.unwrap();
}

#[tokio::test]
async fn visitors_whom_nobody_can_be_any_more_are_deleted_a_few_at_a_time() {
    both(async |store: Arc<dyn Store>| {
        for n in 1..=6u8 {
            admit(store.as_ref(), n, (n == 6).then_some("ada"), i64::from(n % 2) * 100).await;
        }
        // The fourth has a conversation.
        let mut open = commit(40, 0, "hello");
        open.owner.as_mut().unwrap().visitor = id(4);
        store.commit(open).await.unwrap();
        assert_eq!(store.forget_visitors(10).await.unwrap(), 0);
        assert_eq!(store.forget_tokens(at(10), 10).await.unwrap(), 3);
        assert_eq!(store.forget_visitors(10).await.unwrap(), 1);
        let there = async |n: u64| store.visitor(id(n)).await.unwrap().is_some();
        let mut still = Vec::new();
        for n in 1..=6 {
            if there(n).await {
                still.push(n);
            }
        }
        assert_eq!(still, [1, 3, 4, 5, 6]);
        let mut end = commit(40, 1, "bye");
        end.next = conversation(id(40), true);
        store.commit(end).await.unwrap();
        assert_eq!(store.forget_tokens(at(100), 10).await.unwrap(), 3);
        assert_eq!(store.forget_visitors(3).await.unwrap(), 3);
        assert_eq!(store.forget_visitors(3).await.unwrap(), 1);
        assert!(there(6).await, "a signed-in one comes back by name");
    })
    .await;
}

#[tokio::test]
async fn ended_tokens_are_deleted_a_few_at_a_time() {
    both(async |store: Arc<dyn Store>| {
        for n in 0..10u8 {
            admit(store.as_ref(), n, None, n.into()).await;
        }
        // One that ends at this very moment has ended.
        assert_eq!(store.forget_tokens(at(6), 4).await.unwrap(), 4);
        assert_eq!(store.forget_tokens(at(6), 4).await.unwrap(), 3);
        assert_eq!(store.forget_tokens(at(6), 4).await.unwrap(), 0);
        for n in 0..10u8 {
            let known = store.by_token(TokenHash([n; 32]), at(-1)).await.unwrap();
            assert_eq!(known.is_some(), n > 6, "{n}");
            assert!(store.visitor(id(n.into())).await.unwrap().is_some());
        }
    })
    .await;
}

/// A conversation on a plan, open or not.
async fn begun(store: &dyn Store, n: u64, plan: &str) {
    let mut first = commit(n, 0, "hello");
    first.next = Conversation::new(id(n), plan);
    store.commit(first).await.unwrap();
}

fn ended(n: u64, version: u64, plan: &str) -> crate::contract::Commit {
    let mut end = commit(n, version, "bye");
    end.next = Conversation { plan: plan.into(), ..conversation(id(n), true) };
    end
}

#[tokio::test]
async fn a_plan_is_kept_while_anything_needs_it() {
    both(async |store: Arc<dyn Store>| {
        for plan in ["active", "open", "over", "owed", "timed", "dead", "unused"] {
            store.put_plan(plan.into(), b"x".to_vec()).await.unwrap();
        }
        store.activate("active".into(), None).await.unwrap();
        for (n, plan) in [(1, "open"), (2, "over"), (3, "owed"), (4, "timed"), (5, "dead")] {
            begun(store.as_ref(), n, plan).await;
        }
        store.commit(ended(2, 1, "over")).await.unwrap();
        let mut owing = ended(3, 1, "owed");
        owing.effects = vec![resting(31, at(0))];
        store.commit(owing).await.unwrap();
        let mut timed = ended(4, 1, "timed");
        timed.timers = vec![timer(41, at(0))];
        store.commit(timed).await.unwrap();
        let mut owing = ended(5, 1, "dead");
        owing.effects = vec![resting(51, at(0))];
        store.commit(owing).await.unwrap();
        let letter = DeadLetter {
            conversation: id(5),
            effect: effect(51),
            at: at(1),
            since: None,
            attempts: 1,
            status: None,
            code: "X".into(),
            fields: Vec::new(),
            request: String::new(),
            answer: String::new(),
            source: None,
        };
        let settlement = Settlement { key: id(51), dead: Some(Box::new(letter)) };
        assert!(store.settle(settlement).await.unwrap());

        assert_eq!(store.idle_plans().await.unwrap(), ["over", "unused"]);
        for plan in ["active", "open", "owed", "timed", "dead", "nowhere"] {
            assert!(!store.forget_plan(plan.into()).await.unwrap(), "{plan}");
        }
        assert!(store.forget_plan("over".into()).await.unwrap());
        assert_eq!(store.plan("over".into()).await.unwrap(), None);
        assert!(store.plan("open".into()).await.unwrap().is_some());

        let done = Settlement { key: id(31), dead: None };
        assert!(store.settle(done).await.unwrap());
        let mut fired = ended(4, 2, "timed");
        fired.answers = Some(Answered::Timer { key: id(41), due: at(0) });
        store.commit(fired).await.unwrap();
        store.commit(ended(1, 1, "open")).await.unwrap();
        assert_eq!(store.idle_plans().await.unwrap(), ["open", "owed", "timed", "unused"]);
    })
    .await;
}
