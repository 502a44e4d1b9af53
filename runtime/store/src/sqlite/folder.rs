//! The folder that the store lies in: a file is there after a power cut only where the folder that
//! names it was synced too.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// Makes the folders that are missing, each durable in the one above it.
pub(super) fn make(store: &Path) -> Result<(), StoreError> {
    let folder = folder_of(store);
    // Above the first folder of a relative path is no name.
    let missing = |one: &&Path| !one.as_os_str().is_empty() && !one.exists();
    let missing: Vec<&Path> = folder.ancestors().take_while(missing).collect();
    for one in missing.into_iter().rev() {
        let made = std::fs::create_dir(one).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Ok(()),
            _ => Err(error),
        });
        made.and_then(|()| sync_folder(&folder_of(one))).map_err(|error| {
            let why = format!("its folder `{}` can't be made: {error}", one.display());
            StoreError::Unusable { path: store.into(), why }
        })?;
    }
    Ok(())
}

/// Makes the names of the store's files durable.
pub(super) fn sync(store: &Path) -> Result<(), StoreError> {
    sync_folder(&folder_of(store)).map_err(|error| StoreError::Unusable {
        path: store.into(),
        why: format!("its folder can't be made durable: {error}"),
    })
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The folder of a path; `.` for a bare name.
fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.into(),
        _ => ".".into(),
    }
}
