//! Chats are kept until they are forgotten, whatever process asks.

use super::id;
use crate::Store;
use crate::contract::{Chat, ChatState, Chats as _};
use crate::model::MemoryStore;
use crate::sqlite::SqliteStore;

fn chat(n: u64, state: &str) -> Chat {
    Chat { key: id(n), conversation: id(100 + n), state: ChatState(state.into()) }
}

async fn kept_until_forgotten(store: &dyn Store) {
    assert_eq!(store.chats().await, Ok(vec![]));
    store.keep_chat(chat(1, "began")).await.unwrap();
    store.keep_chat(chat(2, "began")).await.unwrap();
    store.keep_chat(chat(1, "went on")).await.unwrap();
    assert_eq!(store.chat(id(1)).await, Ok(Some(chat(1, "went on"))));
    assert_eq!(store.chats().await, Ok(vec![chat(1, "went on"), chat(2, "began")]));
    store.change_chat(id(1), ChatState(r#"{"cursor":"7"}"#.into())).await.unwrap();
    assert_eq!(store.chat(id(1)).await, Ok(Some(chat(1, "went on"))), "no JSON stays as it is");
    store.keep_chat(chat(1, r#"{"cursor":"7","session":"a"}"#)).await.unwrap();
    store.change_chat(id(1), ChatState(r#"{"cursor":"8"}"#.into())).await.unwrap();
    store.change_chat(id(1), ChatState(r#"{"session":"b","opened":true}"#.into())).await.unwrap();
    let changed = store.chat(id(1)).await.unwrap().unwrap().state.0;
    let changed: serde_json::Value = serde_json::from_str(&changed).unwrap();
    assert_eq!(changed, serde_json::json!({"cursor": "8", "session": "b", "opened": true}));
    store.change_chat(id(9), ChatState("{}".into())).await.unwrap();
    assert_eq!(store.chat(id(9)).await, Ok(None), "what is over stays so");
    store.forget_chat(id(1)).await.unwrap();
    store.forget_chat(id(1)).await.unwrap();
    assert_eq!(store.chat(id(1)).await, Ok(None));
    assert_eq!(store.chats().await, Ok(vec![chat(2, "began")]));
}

#[tokio::test]
async fn in_memory() {
    kept_until_forgotten(&MemoryStore::new()).await;
}

#[tokio::test]
async fn in_a_file_and_by_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.db");
    let store = SqliteStore::open(&file).unwrap();
    kept_until_forgotten(&store).await;
    drop(store);
    let next = SqliteStore::open(&file).unwrap();
    assert_eq!(next.chats().await, Ok(vec![chat(2, "began")]));
}

#[test]
fn its_token_is_in_no_log() {
    assert!(!format!("{:?}", chat(1, "eyJ-token")).contains("eyJ-token"));
}
