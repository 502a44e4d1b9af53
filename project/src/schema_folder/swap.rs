//! Replacing the folder, state by state.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use super::error::SchemaFolderError;
use super::place::{Places, is_ours};

/// Where a pull can be made to die, by a test: before each change on the disk.
pub(super) type Interrupt<'a> = &'a mut dyn FnMut() -> io::Result<()>;

/// Never dies.
pub(super) fn never() -> io::Result<()> {
    Ok(())
}

/// Keeps two pulls apart until it is dropped, or its process ends.
pub(super) fn lock(root: &Path) -> Result<File, SchemaFolderError> {
    let folder = root.join(".tidegate");
    fs::create_dir_all(&folder).map_err(SchemaFolderError::disk(&folder))?;
    let path = folder.join("pull.lock");
    let file = File::create(&path).map_err(SchemaFolderError::disk(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(SchemaFolderError::Busy),
        Err(fs::TryLockError::Error(error)) => Err(SchemaFolderError::disk(path)(error)),
    }
}

/// Goes through all states to the new metadata.
pub(super) fn replace(
    places: &Places,
    files: &BTreeMap<String, String>,
    die: Interrupt<'_>,
) -> Result<(), SchemaFolderError> {
    sweep(places, die)?;
    refuse_link(&places.current)?;
    make_folder(&places.new, die)?;
    if places.current.is_dir() {
        carry_over(&places.current, &places.new, Path::new(""), die)?;
    }
    for (path, text) in files {
        let path = places.new.join(path);
        if let Some(folder) = path.parent().filter(|folder| !folder.is_dir()) {
            make_folder(folder, die)?;
        }
        write_file(&path, text.as_bytes(), die)?;
    }
    sync_folders(&places.new)?;
    rename(&places.new, &places.ready, places, die)?;
    put_in_place(places, die)
}

/// Finishes what a pull that died had begun: forward where its new metadata is whole, else back.
pub(super) fn sweep(places: &Places, die: Interrupt<'_>) -> Result<(), SchemaFolderError> {
    remove(&places.new, die)?;
    if places.ready.is_dir() {
        return put_in_place(places, die);
    }
    if !places.current.exists() && places.old.is_dir() {
        rename(&places.old, &places.current, places, die)?;
    }
    remove(&places.old, die)
}

/// From "written" or "aside" to "at rest".
fn put_in_place(places: &Places, die: Interrupt<'_>) -> Result<(), SchemaFolderError> {
    if places.current.is_dir() {
        remove(&places.old, die)?;
        rename(&places.current, &places.old, places, die)?;
    }
    rename(&places.ready, &places.current, places, die)?;
    remove(&places.old, die)
}

/// Copies what is not the pull's own.
fn carry_over(
    from: &Path,
    to: &Path,
    below: &Path,
    die: Interrupt<'_>,
) -> Result<(), SchemaFolderError> {
    let folder = from.join(below);
    for entry in fs::read_dir(&folder).map_err(SchemaFolderError::disk(&folder))? {
        let entry = entry.map_err(SchemaFolderError::disk(&folder))?;
        let relative = below.join(entry.file_name());
        refuse_link(&entry.path())?;
        if entry.path().is_dir() {
            make_folder(&to.join(&relative), die)?;
            carry_over(from, to, &relative, die)?;
        } else if !is_ours(&relative) {
            let bytes = fs::read(entry.path()).map_err(SchemaFolderError::disk(entry.path()))?;
            write_file(&to.join(&relative), &bytes, die)?;
        }
    }
    Ok(())
}

fn refuse_link(path: &Path) -> Result<(), SchemaFolderError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => {
            Err(SchemaFolderError::Link { path: path.to_path_buf() })
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(SchemaFolderError::disk(path)(error)),
    }
}

fn make_folder(path: &Path, die: Interrupt<'_>) -> Result<(), SchemaFolderError> {
    die().and_then(|()| fs::create_dir_all(path)).map_err(SchemaFolderError::disk(path))
}

fn write_file(path: &Path, bytes: &[u8], die: Interrupt<'_>) -> Result<(), SchemaFolderError> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    die().and_then(|()| write()).map_err(SchemaFolderError::disk(path))
}

fn rename(
    from: &Path,
    to: &Path,
    places: &Places,
    die: Interrupt<'_>,
) -> Result<(), SchemaFolderError> {
    die()
        .and_then(|()| fs::rename(from, to))
        .and_then(|()| sync_folder(&places.root))
        .map_err(SchemaFolderError::disk(to))
}

fn remove(path: &Path, die: Interrupt<'_>) -> Result<(), SchemaFolderError> {
    if !path.exists() {
        return Ok(());
    }
    die().and_then(|()| fs::remove_dir_all(path)).map_err(SchemaFolderError::disk(path))
}

fn sync_folders(folder: &Path) -> Result<(), SchemaFolderError> {
    for entry in fs::read_dir(folder).map_err(SchemaFolderError::disk(folder))? {
        let path = entry.map_err(SchemaFolderError::disk(folder))?.path();
        if path.is_dir() {
            sync_folders(&path)?;
        }
    }
    sync_folder(folder).map_err(SchemaFolderError::disk(folder))
}

/// Makes the names in a folder durable, on systems where a folder can be opened.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
