//! Files that were sent in chats, and their addresses, which hold for a while.

use jiff::{SignedDuration, Timestamp};

use super::entry::payload::AttachedFile;
use super::problem::Problem;
use super::{Chat, Desk, ids};

/// How long an address of a file holds.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// A file as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A file behind an address.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// The file.
    pub upload: Upload,
    until: Timestamp,
}

impl Desk<'_> {
    /// Keeps a file, and gives the address that it can be fetched at.
    pub(crate) fn keep(&mut self, id: String, upload: Upload) -> AttachedFile {
        let secret = ids::random();
        let url = format!("{}/iamessage/v1/files/{secret}", self.url);
        let until = self.now.checked_add(LIFE).unwrap_or(Timestamp::MAX);
        let (name, mime) = (upload.name.clone(), upload.mime.clone());
        self.state.files.insert(secret, Kept { upload, until });
        AttachedFile { id, name, mime, url }
    }
}

impl Chat {
    /// The file behind an address.
    pub(crate) fn fetch(&self, secret: &str) -> Result<Upload, Problem> {
        let now = self.clock.now();
        let state = self.lock();
        let kept = state.files.get(secret).ok_or_else(|| Problem::not_found("The file"))?;
        if now < kept.until { Ok(kept.upload.clone()) } else { Err(expired()) }
    }
}

fn expired() -> Problem {
    Problem::forbidden().with_message("The address has expired")
}
