//! Files that customers upload.

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
    /// When it came.
    pub at: Timestamp,
    /// Its bytes.
    pub content: Arc<[u8]>,
}

impl Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { conversation, file, at, content: _ } = self;
        f.debug_struct("Upload")
            .field("conversation", conversation)
            .field("file", &file.id)
            .field("at", at)
            .finish_non_exhaustive()
    }
}

/// Files that customers upload. A commit of a submitted form takes those that the form names.
pub trait Files: Debug + Send + Sync {
    /// Keeps an upload; false where its conversation has `most` files already.
    fn put_file(&self, upload: Upload, most: u32) -> Reply<'_, bool>;
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
