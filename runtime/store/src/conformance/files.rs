//! Files that customers upload.

use std::sync::Arc;

use tidegate_engine::event::Event;
use tidegate_engine::file::FileRef;

use super::retention::both;
use super::{at, commit, conversation, id, resting};
use crate::contract::{Room, Sender, Settlement, Store, Stowed, Upload};

fn file(n: u64) -> FileRef {
    let name = format!("{n}.jpg");
    FileRef { id: id(n), name, bytes: 3, media_type: "image/jpeg".into() }
}

const ROOM: Room = Room { files: 3, bytes: 1000 };

async fn stowed(store: &dyn Store, by: Sender, (of, n): (u64, u64), room: Room) -> Stowed {
    let content = Arc::from([n as u8, 0, 255]);
    let upload = Upload { conversation: id(of), file: file(n), by, at: at(n as i64), content };
    store.put_file(upload, room).await.unwrap()
}

async fn put(store: &dyn Store, of: u64, n: u64, seconds: i64) -> bool {
    let content = Arc::from([n as u8, 0, 255]);
    let by = Sender::Customer;
    let upload = Upload { conversation: id(of), file: file(n), by, at: at(seconds), content };
    store.put_file(upload, ROOM).await.unwrap() == Stowed::Kept
}

async fn there(store: &dyn Store, of: u64, n: u64) -> bool {
    store.content(id(of), id(n)).await.unwrap().is_some()
}

#[tokio::test]
async fn a_conversation_has_its_own_files_and_no_more_than_so_many() {
    both(async |store: Arc<dyn Store>| {
        store.commit(commit(1, 0, "hello")).await.unwrap();
        store.commit(commit(2, 0, "hello")).await.unwrap();
        for n in 11..=13 {
            assert!(put(store.as_ref(), 1, n, n as i64).await);
        }
        assert!(!put(store.as_ref(), 1, 14, 14).await, "one too many");
        assert!(put(store.as_ref(), 2, 21, 0).await, "another conversation has its own");
        let known = store.uploads(id(1), at(11)).await.unwrap();
        assert_eq!(known, [file(12), file(13)]);
        let content = store.content(id(1), id(12)).await.unwrap();
        assert_eq!(content.as_deref(), Some(&[12, 0, 255][..]));
        assert!(!there(store.as_ref(), 2, 12).await, "it is the first one's");
    })
    .await;
}

#[tokio::test]
async fn agents_files_count_apart_and_all_of_them_have_a_limit_together() {
    both(async |store: Arc<dyn Store>| {
        let (customer, agents) = (Sender::Customer, Sender::Agents);
        store.commit(commit(1, 0, "hello")).await.unwrap();
        for n in 11..=13 {
            assert_eq!(stowed(store.as_ref(), agents, (1, n), ROOM).await, Stowed::Kept);
        }
        assert_eq!(stowed(store.as_ref(), agents, (1, 14), ROOM).await, Stowed::TooMany);
        assert_eq!(stowed(store.as_ref(), customer, (1, 15), ROOM).await, Stowed::Kept);
        assert_eq!(store.file_bytes().await, Ok(12));
        let full = Room { bytes: 14, ..ROOM };
        assert_eq!(stowed(store.as_ref(), customer, (1, 16), full).await, Stowed::Full);
        let room = Room { bytes: 15, ..ROOM };
        assert_eq!(stowed(store.as_ref(), customer, (1, 16), room).await, Stowed::Kept);
        assert_eq!(store.forget_files(at(11), 10).await, Ok(1));
        assert_eq!(store.file_bytes().await, Ok(12));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_a_form_took_stays_as_long_as_something_needs_it() {
    both(async |store: Arc<dyn Store>| {
        store.commit(commit(1, 0, "hello")).await.unwrap();
        for n in 11..=13 {
            assert!(put(store.as_ref(), 1, n, n as i64).await);
        }
        let mut form = commit(1, 1, "the form");
        let files = vec![("damage".to_owned(), file(11))];
        form.journal.event = Event::FormSubmitted { wait: 1, values: Vec::new(), files };
        store.commit(form).await.unwrap();
        assert_eq!(store.uploads(id(1), at(0)).await.unwrap(), [file(12), file(13)]);
        assert_eq!(store.forget_files(at(12), 10).await.unwrap(), 1);
        assert!(there(store.as_ref(), 1, 11).await, "a form took it");
        assert!(!there(store.as_ref(), 1, 12).await, "nobody took it in time");
        assert!(there(store.as_ref(), 1, 13).await, "it may still be taken");

        let mut end = commit(1, 2, "bye");
        end.next = conversation(id(1), true);
        end.effects = vec![resting(31, at(0))];
        store.commit(end).await.unwrap();
        assert_eq!(store.forget_files(at(0), 10).await.unwrap(), 0, "an effect may need it");
        assert!(store.settle(Settlement { key: id(31), dead: None }).await.unwrap());
        assert_eq!(store.forget_files(at(0), 1).await.unwrap(), 1, "a few at a time");
        assert_eq!(store.forget_files(at(0), 10).await.unwrap(), 1);
    })
    .await;
}
