//! What is kept in memory of the file is what the file says, whoever asks while it is changed and
//! whatever changes fail.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::{at, commit, id};
use crate::contract::{
    Admission, Conversations as _, Join, Profile, Token, TokenHash, Visitor, Visitors as _,
};
use crate::sqlite::SqliteStore;

/// Changes, each while others ask.
const ROUNDS: u8 = 90;
/// Who ask, and how often each.
const ASKING: u64 = 6;
const QUESTIONS: u64 = 8;

fn token(n: u8) -> TokenHash {
    TokenHash([n; 32])
}

fn admission(n: u64, subject: Option<&str>, hash: TokenHash) -> Admission {
    let visitor = Visitor {
        id: id(n),
        messenger: "web".into(),
        subject: subject.map(str::to_owned),
        profile: Profile::default(),
        lasting: Default::default(),
    };
    let token = Some(Token { hash, expires: at(100) });
    Admission { visitor, token, shown: None, revoked: None, joins: None }
}

/// What is kept of a token and of a conversation, beside what the file says.
async fn told(store: &SqliteStore, hash: TokenHash, conversation: u64) -> Result<(), String> {
    let kept = store.bearer(hash, at(0)).await.unwrap().map(|owner| owner.visitor);
    let said = store.by_token(hash, at(0)).await.unwrap().map(|visitor| visitor.id);
    let owner = store.owner(id(conversation)).await.unwrap().map(|owner| owner.visitor);
    let owned = store.load(id(conversation)).await.unwrap().map(|stored| stored.owner.visitor);
    match (kept, owner) {
        same if same == (said, owned) => Ok(()),
        other => Err(format!("{other:?} is kept, and the file says {:?}", (said, owned))),
    }
}

/// Tokens end and conversations go over to others, while many ask whose they are.
async fn asked_while_it_changes(store: SqliteStore) -> Result<(), String> {
    let store = Arc::new(store);
    for round in 0..ROUNDS {
        let n = u64::from(round);
        let (visitor, hash) = (1000 + n, token(2 * round));
        store.admit(admission(visitor, None, hash)).await.unwrap();
        store.commit(commit(n, 0, "a")).await.unwrap();
        let mut all = JoinSet::new();
        for _ in 0..ASKING {
            let store = Arc::clone(&store);
            all.spawn(async move {
                for _ in 0..QUESTIONS {
                    store.bearer(hash, at(0)).await.unwrap();
                    store.owner(id(n)).await.unwrap();
                    tokio::task::yield_now().await;
                }
            });
        }
        let changing = Arc::clone(&store);
        all.spawn(async move {
            let next = token(2 * round + 1);
            match round % 3 {
                0 => drop(changing.sign_out(hash).await.unwrap()),
                1 => {
                    let rotated =
                        Admission { revoked: Some(hash), ..admission(visitor, None, next) };
                    changing.admit(rotated).await.unwrap();
                }
                _ => {
                    let joins = Some(Join { visitor: id(visitor), conversation: Some(id(n)) });
                    let subject = format!("ada {round}");
                    let signed = admission(5000 + n, Some(&subject), next);
                    changing.admit(Admission { joins, ..signed }).await.unwrap();
                }
            }
        });
        all.join_all().await;
        for hash in [hash, token(2 * round + 1)] {
            told(&store, hash, n).await.map_err(|what| format!("round {round}: {what}"))?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_asked_while_it_changes_is_not_kept_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("t.db")).unwrap();
    assert_eq!(asked_while_it_changes(store).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_forgetting_it_would_be() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::without_forgetting(&folder.path().join("t.db")).unwrap();
    let kept = asked_while_it_changes(store).await.unwrap_err();
    assert!(kept.contains("is kept"), "{kept}");
}

/// The file's own refusal of one change, and its refusal of everything that was changed with it.
#[tokio::test]
async fn a_change_that_fails_leaves_what_is_kept_as_the_file_is() {
    for refusal in ["ABORT", "ROLLBACK"] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.db");
        let store = SqliteStore::open(&file).unwrap();
        store.admit(admission(1001, None, token(1))).await.unwrap();
        store.commit(commit(1, 0, "a")).await.unwrap();
        told(&store, token(1), 1).await.unwrap();
        let other = rusqlite::Connection::open(&file).unwrap();
        let trigger = |on: &str, table: &str| {
            format!(
                "CREATE TRIGGER no_{table} BEFORE {on} ON {table} BEGIN SELECT RAISE({refusal}, 'no'); END;"
            )
        };
        let triggers = trigger("DELETE", "token") + &trigger("UPDATE", "conversation");
        other.execute_batch(&triggers).unwrap();
        store.sign_out(token(1)).await.unwrap_err();
        told(&store, token(1), 1).await.unwrap();
        let joins = Some(Join { visitor: id(1001), conversation: Some(id(1)) });
        let signed = Admission { joins, ..admission(1002, Some("ada"), token(2)) };
        store.admit(signed.clone()).await.unwrap_err();
        told(&store, token(1), 1).await.unwrap();
        told(&store, token(2), 1).await.unwrap();
        assert!(store.bearer(token(1), at(0)).await.unwrap().is_some(), "{refusal}");
        other.execute_batch("DROP TRIGGER no_token; DROP TRIGGER no_conversation").unwrap();
        store.admit(signed).await.unwrap();
        assert!(store.sign_out(token(1)).await.unwrap());
        told(&store, token(1), 1).await.unwrap();
        told(&store, token(2), 1).await.unwrap();
        assert_eq!(store.owner(id(1)).await.unwrap().unwrap().visitor, id(1002));
    }
}
