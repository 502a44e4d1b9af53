//! Chats with agents.

use std::fmt::{self, Debug};

use uuid::Uuid;

use super::Reply;

/// A chat with agents that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    /// Names it, here and on the agents' side: the key of the effect that opened it.
    pub key: Uuid,
    /// The conversation that was handed off.
    pub conversation: Uuid,
    /// What is needed to go on with it.
    pub state: ChatState,
}

/// What is needed to go on with a chat: the keeper's own words, among them the token that is the
/// customer's identity on the agents' side. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ChatState(pub String);

impl Debug for ChatState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChatState(…)")
    }
}

/// Chats with agents that are not over, which a server that starts anew goes on with.
pub trait Chats: Debug + Send + Sync {
    /// Keeps a chat, or what has become of one that is kept.
    fn keep_chat(&self, chat: Chat) -> Reply<'_, ()>;
    /// Lays a change over what is kept of a chat, where both are JSON objects: its members, none of
    /// which is an object, take the place of those of their names. Nothing where the chat is over.
    fn change_chat(&self, key: Uuid, change: ChatState) -> Reply<'_, ()>;
    /// A chat that is not over.
    fn chat(&self, key: Uuid) -> Reply<'_, Option<Chat>>;
    /// All that are not over.
    fn chats(&self) -> Reply<'_, Vec<Chat>>;
    /// Forgets one that is over. Nothing where it was forgotten.
    fn forget_chat(&self, key: Uuid) -> Reply<'_, ()>;
}
