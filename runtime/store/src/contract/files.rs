//! Files that customers upload, and those that agents send.

use std::fmt::{self, Debug};
use std::sync::Arc;

use jiff::Timestamp;
use tidegate_engine::file::FileRef;
use uuid::Uuid;

use super::Reply;

/// A file that was uploaded into a conversation.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// The conversation.
    pub conversation: Uuid,
    /// What it is called, and what it is.
    pub file: FileRef,
    /// Whose it is.
    pub by: Sender,
    /// When it came.
    pub at: Timestamp,
    /// Its bytes.
    pub content: Arc<[u8]>,
}

impl Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { conversation, file, by, at, content: _ } = self;
        f.debug_struct("Upload")
            .field("conversation", conversation)
            .field("file", &file.id)
            .field("by", by)
            .field("at", at)
            .finish_non_exhaustive()
    }
}

/// Whose a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The customer's.
    Customer,
    /// An agent's.
    Agents,
}

/// For how much there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Files at most of one sender in a conversation.
    pub files: u32,
    /// Bytes at most of all files.
    pub bytes: u64,
}

/// Whether a file is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stowed {
    /// It is.
    Kept,
    /// Its sender has as many in the conversation as there may be.
    TooMany,
    /// All files together would have more bytes than there may be.
    Full,
}

/// Files of conversations. A commit of a submitted form takes those that the form names.
pub trait Files: Debug + Send + Sync {
    /// Keeps a file, if there is room.
    fn put_file(&self, upload: Upload, room: Room) -> Reply<'_, Stowed>;
    /// Bytes of all files.
    fn file_bytes(&self) -> Reply<'_, u64>;
    /// Uploads into a conversation since a time that no form has taken, in the order in which they
    /// came.
    fn uploads(&self, conversation: Uuid, since: Timestamp) -> Reply<'_, Vec<FileRef>>;
    /// The bytes of a file of a conversation.
    fn content(&self, conversation: Uuid, file: Uuid) -> Reply<'_, Option<Arc<[u8]>>>;
    /// Deletes at most `limit` files, and says how many there were: uploads up to a time that no form
    /// has taken, and all of a conversation that is over and for which no effect and no dead letter
    /// is kept.
    fn forget_files(&self, untaken_until: Timestamp, limit: u32) -> Reply<'_, u64>;
}
