//! Files that customers upload, and those that agents send.

use std::collections::BTreeSet;

use jiff::Timestamp;
use tidegate_engine::file::FileRef;
use uuid::Uuid;

use super::tables::Tables;
use crate::contract::{Commit, Room, Stowed, Upload};
use crate::model::kept;

/// An upload, and whether a form has taken it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) upload: Upload,
    submitted: bool,
}

impl Tables {
    pub(super) fn put_file(&mut self, upload: Upload, room: Room) -> Stowed {
        let beside = |one: &&Kept| {
            one.upload.conversation == upload.conversation && one.upload.by == upload.by
        };
        if self.files.iter().filter(beside).count() >= room.files as usize {
            return Stowed::TooMany;
        }
        if self.file_bytes() + upload.content.len() as u64 > room.bytes {
            return Stowed::Full;
        }
        let upload = Upload { at: kept(upload.at), ..upload };
        self.files.push(Kept { upload, submitted: false });
        Stowed::Kept
    }

    pub(super) fn file_bytes(&self) -> u64 {
        self.files.iter().map(|one| one.upload.content.len() as u64).sum()
    }

    pub(super) fn uploads(&self, conversation: Uuid, since: Timestamp) -> Vec<FileRef> {
        let open = |one: &&Kept| {
            one.upload.conversation == conversation && one.upload.at > since && !one.submitted
        };
        let mut found: Vec<&Kept> = self.files.iter().filter(open).collect();
        found.sort_by_key(|one| one.upload.at);
        found.into_iter().map(|one| one.upload.file.clone()).collect()
    }

    pub(super) fn take_files(&mut self, commit: &Commit) {
        for id in commit.takes() {
            let taken = |one: &&mut Kept| {
                one.upload.file.id == id && one.upload.conversation == commit.conversation
            };
            self.files.iter_mut().filter(taken).for_each(|one| one.submitted = true);
        }
    }

    pub(super) fn forget_files(&mut self, until: Timestamp, limit: usize) -> usize {
        let owed = self.outbox.iter().map(|row| row.conversation);
        let owed: BTreeSet<Uuid> =
            owed.chain(self.dead.iter().map(|one| one.conversation)).collect();
        let over = |id: &Uuid| self.conversations.get(id).is_some_and(|row| row.is_over());
        let gone = |one: &Kept| {
            let Upload { conversation, at, .. } = &one.upload;
            (!one.submitted && *at <= until) || (over(conversation) && !owed.contains(conversation))
        };
        let gone: Vec<bool> = self.files.iter().map(gone).collect();
        let mut left = limit;
        let mut gone = gone.into_iter();
        self.files.retain(|_| {
            let goes = gone.next().unwrap_or(false) && left > 0;
            left -= usize::from(goes);
            !goes
        });
        limit - left
    }
}
