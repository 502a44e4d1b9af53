//! What is known of a visitor whom two requests let in at a time.

use std::sync::Arc;

use super::retention::both;
use super::{at, id};
use crate::contract::{Admission, Profile, Store, Visitor};

#[tokio::test]
async fn what_one_request_says_is_not_undone_by_another_that_began_before() {
    both(async |store: Arc<dyn Store>| {
        let text = |text: &str| Some(text.to_owned());
        let admit = async |profile: Profile| {
            let lasting = Default::default();
            let (id, messenger, subject) = (id(1), "web".to_owned(), None);
            let visitor = Visitor { id, messenger, subject, profile, lasting };
            let (token, shown, revoked, joins) = (None, None, None, None);
            let admission = Admission { visitor, token, shown, revoked, joins };
            store.admit(admission).await.unwrap().unwrap().profile
        };
        let first = Profile { first_seen: Some(at(0)), visits: 1, ..Profile::default() };
        admit(first.clone()).await;
        // Both have read the first.
        let one = Profile { email: text("ada@example.com"), visits: 2, ..first.clone() };
        let other = Profile { page: text("/help"), first_seen: Some(at(9)), ..first };
        admit(one.clone()).await;
        let both = Profile { page: text("/help"), ..one };
        assert_eq!(admit(other).await, both);
        assert_eq!(store.visitor(id(1)).await.unwrap().unwrap().profile, both);
        let again = Profile { email: text("ada@example.org"), ..both };
        assert_eq!(admit(again.clone()).await, again);
    })
    .await;
}
