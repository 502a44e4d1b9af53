//! What every request asks, asked before it changes and again afterwards.

use std::sync::Arc;

use super::retention::both;
use super::{at, commit, id};
use crate::contract::{Admission, Join, Owner, Profile, Store, Token, TokenHash, Visitor};

const OLD: TokenHash = TokenHash([1; 32]);
const NEW: TokenHash = TokenHash([2; 32]);

fn owner(n: u64) -> Option<Owner> {
    Some(Owner { visitor: id(n), messenger: "web".into() })
}

fn admission(n: u64, subject: Option<&str>, hash: TokenHash, expires: i64) -> Admission {
    let visitor = Visitor {
        id: id(n),
        messenger: "web".into(),
        subject: subject.map(str::to_owned),
        profile: Profile::default(),
        lasting: Default::default(),
    };
    let token = Some(Token { hash, expires: at(expires) });
    Admission { visitor, token, shown: None, revoked: None, joins: None }
}

#[tokio::test]
async fn a_token_leads_nowhere_once_it_has_ended() {
    both(async |store: Arc<dyn Store>| {
        let bearer = async |hash, now| store.bearer(hash, at(now)).await.unwrap();
        store.admit(admission(1, None, OLD, 100)).await.unwrap();
        assert_eq!(bearer(OLD, 99).await, owner(1));
        assert_eq!(bearer(OLD, 100).await, None);
        store.admit(admission(1, None, OLD, 150)).await.unwrap();
        assert_eq!(bearer(OLD, 100).await, owner(1), "prolonged");
        assert_eq!(bearer(NEW, 0).await, None);
        let rotated = Admission { revoked: Some(OLD), ..admission(1, None, NEW, 200) };
        store.admit(rotated).await.unwrap();
        assert_eq!((bearer(OLD, 0).await, bearer(NEW, 0).await), (None, owner(1)));
        assert!(store.sign_out(NEW).await.unwrap());
        assert_eq!(bearer(NEW, 0).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_conversation_goes_over_to_who_signs_in() {
    both(async |store: Arc<dyn Store>| {
        store.admit(admission(1001, None, OLD, 100)).await.unwrap();
        store.commit(commit(1, 0, "a")).await.unwrap();
        assert_eq!(store.owner(id(1)).await.unwrap(), owner(1001));
        assert_eq!(store.owner(id(2)).await.unwrap(), None);
        let joins = Some(Join { visitor: id(1001), conversation: Some(id(1)) });
        let signed = Admission { joins, ..admission(1002, Some("ada"), NEW, 100) };
        store.admit(signed).await.unwrap();
        assert_eq!(store.owner(id(1)).await.unwrap(), owner(1002));
    })
    .await;
}
