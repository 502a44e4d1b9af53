//! Files that agents send: fetched, kept beside the conversation, and handed out from there.

use std::sync::Arc;
use std::time::Duration;

use tidegate_engine::event::{Author, ChatEvent};
use tidegate_engine::file::FileRef;
use tidegate_store::StoreError;
use tidegate_store::contract::{Room, Sender, Stowed, Upload};
use tokio::time::timeout;
use uuid::Uuid;

use super::channel::{Channel, OfferedFile};
use super::derived;
use super::following::happened;
use crate::app::App;
use crate::conversation::LoopError;
use crate::messenger::file_kind::Kind;
use crate::messenger::{file_name, files};

/// Bytes at most of a file.
const LARGEST: usize = 10 << 20;
/// Files at most of the agents in one conversation.
const MOST: u32 = 60;
/// What agents say behind a file waits for no longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where files come to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) chat: Uuid,
    pub(super) conversation: Uuid,
}

/// A message with files.
pub(super) struct Sent {
    pub(super) id: String,
    pub(super) by: Author,
    pub(super) text: Option<String>,
    pub(super) files: Vec<OfferedFile>,
}

/// Lets the conversation have what is said and the files, one after the other. What can't be had is
/// told by its name. Gives the number of what was told last.
pub(super) async fn receive(
    app: &App,
    channel: &dyn Channel,
    place: Place,
    sent: Sent,
) -> Result<Option<u64>, LoopError> {
    let Sent { id, by, text, files } = sent;
    let mut last = None;
    if let Some(text) = text {
        let what = ChatEvent::Wrote { by, text };
        let id = format!("{id}/text");
        last = happened(app, place.chat, place.conversation, &id, what).await?;
    }
    for (number, offered) in files.into_iter().enumerate() {
        let id = format!("{id}/{number}");
        let called = offered.name.as_deref().unwrap_or("file").to_owned();
        let file = keep(app, channel, place, &id, offered).await?;
        let name = file.as_ref().map_or_else(|| file_name::plainly(&called), |it| it.name.clone());
        let what = ChatEvent::Sent { by, name, file };
        last = happened(app, place.chat, place.conversation, &id, what).await?.or(last);
    }
    Ok(last)
}

/// Keeps a file, unless that was done before.
async fn keep(
    app: &App,
    channel: &dyn Channel,
    Place { chat, conversation }: Place,
    id: &str,
    OfferedFile { name, address }: OfferedFile,
) -> Result<Option<FileRef>, StoreError> {
    let key = derived(chat, &format!("file {id}"));
    let name = name.unwrap_or_default();
    if let Some(content) = app.store.content(conversation, key).await? {
        return Ok(reference(key, &name, &content));
    }
    let Some(address) = address else { return Ok(None) };
    let content = match timeout(PATIENCE, channel.fetch(address, LARGEST)).await {
        Ok(Ok(content)) => content,
        Ok(Err(error)) => {
            tracing::warn!(%chat, %error, "a file of an agent's could not be fetched");
            return Ok(None);
        }
        Err(_) => {
            tracing::warn!(%chat, "a file of an agent's could not be fetched in time");
            return Ok(None);
        }
    };
    let Some(file) = reference(key, &name, &content) else {
        tracing::warn!(%chat, "a file of an agent's is of a kind that is not passed on");
        return Ok(None);
    };
    let content = Arc::from(content);
    let (by, at) = (Sender::Agents, app.clock.now());
    let upload = Upload { conversation, file: file.clone(), by, at, content };
    let stowed = app.store.put_file(upload, Room { files: MOST, bytes: app.file_bytes }).await?;
    match stowed {
        Stowed::Kept => {}
        Stowed::TooMany => tracing::warn!(%chat, "agents have sent too many files"),
        Stowed::Full => tracing::error!(%chat, "{}", files::FULL),
    }
    Ok((stowed == Stowed::Kept).then_some(file))
}

/// What a file is, by its content; `None` for an empty one and for kinds that are not passed on.
fn reference(id: Uuid, name: &str, content: &[u8]) -> Option<FileRef> {
    let kind = Kind::of(content).filter(|_| !content.is_empty())?;
    Some(FileRef {
        id,
        name: file_name::clean(name, kind),
        bytes: content.len() as u64,
        media_type: kind.media_type().to_owned(),
    })
}
