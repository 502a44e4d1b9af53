//! Why the folder could not be read or replaced.

use std::io;
use std::path::PathBuf;

use tidegate_schemas::codec::Unreadable;

/// Why the folder could not be read or replaced.
#[derive(Debug, thiserror::Error)]
pub enum SchemaFolderError {
    /// Nothing was pulled yet.
    #[error("there is no metadata of an org in `{}`", folder.display())]
    Absent {
        /// The folder that would hold it.
        folder: PathBuf,
    },
    /// What is there is no metadata of ours.
    #[error("the pulled metadata cannot be read: {0}")]
    Unreadable(Unreadable),
    /// A file has bytes that are no text.
    #[error("`{}` is not UTF-8 text", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// A link stands where a folder is to be replaced.
    #[error("`{}` is a link, and a pull replaces the folder whole", path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// Another pull holds the lock.
    #[error("another pull is at work in this project")]
    Busy,
    /// The folder was replaced again and again while it was read.
    #[error("`{}` changes while it is read", folder.display())]
    Restless {
        /// The folder.
        folder: PathBuf,
    },
    /// The disk refused.
    #[error("`{}`: {error}", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the disk said.
        error: io::Error,
    },
}

impl SchemaFolderError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            SchemaFolderError::Absent { .. } => "run `tidegate pull` to fetch it",
            SchemaFolderError::Unreadable(_) | SchemaFolderError::NotText { .. } => {
                "what was written by hand is mended there; what was pulled, `tidegate pull` writes anew"
            }
            SchemaFolderError::Link { .. } => "put a real file or folder in its place",
            SchemaFolderError::Busy => "wait for it to end",
            SchemaFolderError::Restless { .. } => "try again when no pull is at work",
            SchemaFolderError::Disk { .. } => {
                "the metadata of the last pull is kept; try again when the disk allows"
            }
        }
    }

    pub(super) fn disk(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| SchemaFolderError::Disk { path, error }
    }
}
