//! One process a file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::StoreError;

/// Held as long as it lives; the operating system releases it when the process ends, however it
/// ends.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

/// Closing the file is not enough: a process that another thread has just begun may have it open
/// for a moment yet.
impl Drop for Lock {
    fn drop(&mut self) {
        // What fails here fails again at whoever takes the lock next, and is told there.
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Takes the lock file beside the store, and writes into it who has it.
    pub(super) fn take(store: &Path) -> Result<Self, StoreError> {
        let unusable =
            |why: std::io::Error| StoreError::Unusable { path: store.into(), why: why.to_string() };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(beside(store))
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let read = file.read_to_string(&mut holder);
                let holder = match read {
                    Ok(_) if !holder.trim().is_empty() => holder.trim().to_owned(),
                    _ => "another process".to_owned(),
                };
                return Err(StoreError::Held { path: store.into(), holder });
            }
            Err(TryLockError::Error(why)) => return Err(unusable(why)),
        }
        file.set_len(0).and_then(|()| file.rewind()).map_err(unusable)?;
        writeln!(file, "process {}", std::process::id()).map_err(unusable)?;
        Ok(Self { file })
    }
}

fn beside(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}
