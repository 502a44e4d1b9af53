//! What is kept of a chat, so that another process goes on with it.

use serde::{Deserialize, Serialize};
use tidegate_store::StoreError;
use tidegate_store::contract::{Chat, ChatState};
use uuid::Uuid;

use super::channel::{Cursor, FilesTaken, Session};
use crate::app::App;

/// What is kept of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The channel, by the manifest's name.
    pub(super) channel: String,
    pub(super) session: Session,
    /// Whether the chat exists on the agents' side.
    pub(super) opened: bool,
    /// How far it was followed.
    #[serde(default)]
    pub(super) cursor: Cursor,
    #[serde(default)]
    pub(super) files: FilesTaken,
    /// Whether the agents' side finds a chat's Case by the Case's key.
    #[serde(default)]
    pub(super) finds_cases: bool,
}

/// What the agents of a chat take of files, as far as it is known.
pub(crate) async fn files_taken(app: &App, chat: Uuid) -> Result<FilesTaken, StoreError> {
    Ok(load(app, chat).await?.map(|(_, kept)| kept.files).unwrap_or_default())
}

/// A chat with what is kept of it; `None` where it is over, or can't be read.
pub(super) async fn load(app: &App, chat: Uuid) -> Result<Option<(Uuid, Kept)>, StoreError> {
    let Some(row) = app.store.chat(chat).await? else { return Ok(None) };
    match serde_json::from_str(&row.state.0) {
        Ok(kept) => Ok(Some((row.conversation, kept))),
        Err(_) => {
            tracing::error!(%chat, conversation = %row.conversation, "what is kept of a chat can't be read: another version wrote it, or it was damaged");
            Ok(None)
        }
    }
}

pub(super) async fn keep(
    app: &App,
    chat: Uuid,
    conversation: Uuid,
    kept: &Kept,
) -> Result<(), StoreError> {
    let state = serde_json::to_string(kept)
        .map_err(|error| StoreError::Failed(format!("a chat could not be written: {error}")))?;
    app.store.keep_chat(Chat { key: chat, conversation, state: ChatState(state) }).await
}

/// What becomes different of what is kept of a chat.
#[derive(Debug, Default, Serialize)]
pub(super) struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<Session>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) opened: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cursor: Option<Cursor>,
}

/// Changes what is kept of a chat; nothing where it is over. Chats don't wait for one another, and all
/// that changes at a time is kept together.
pub(super) async fn change(app: &App, chat: Uuid, change: Change) -> Result<(), StoreError> {
    let change = serde_json::to_string(&change)
        .map_err(|error| StoreError::Failed(format!("a chat could not be written: {error}")))?;
    app.store.change_chat(chat, ChatState(change)).await
}
