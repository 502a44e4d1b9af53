//! Where the metadata is, and reading it without changing anything.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tidegate_schemas::codec::{HOURS_FILE, OBJECTS, ORG_FILE};

use super::FOLDER;
use super::error::SchemaFolderError;

/// How often a reader begins again because a pull replaced the folder under it.
const ATTEMPTS: usize = 5;

/// The names that the states in the module's table speak of.
pub(super) struct Places {
    pub(super) root: PathBuf,
    pub(super) current: PathBuf,
    pub(super) new: PathBuf,
    pub(super) ready: PathBuf,
    pub(super) old: PathBuf,
}

impl Places {
    pub(super) fn of(root: &Path) -> Self {
        Places {
            root: root.to_path_buf(),
            current: root.join(FOLDER),
            new: root.join(".schema-new"),
            ready: root.join(".schema-ready"),
            old: root.join(".schema-old"),
        }
    }

    /// The folder that holds the metadata now.
    fn effective(&self) -> Option<&Path> {
        [&self.current, &self.ready, &self.old].into_iter().find(|it| it.is_dir()).map(|it| &**it)
    }
}

/// The files of the metadata, by path below the folder.
pub(super) fn read(root: &Path) -> Result<BTreeMap<String, String>, SchemaFolderError> {
    let places = Places::of(root);
    for _ in 0..ATTEMPTS {
        let before = stamp(&places);
        let files = places.effective().map(files).transpose();
        // Whatever was read while the folder was replaced may be a mix: it does not count.
        if before == stamp(&places) {
            return match files? {
                Some(files) if !files.is_empty() => Ok(files),
                _ => Err(SchemaFolderError::Absent { folder: places.current }),
            };
        }
    }
    Err(SchemaFolderError::Restless { folder: places.current })
}

/// Tells one folder from another that took its name.
fn stamp(places: &Places) -> Option<(PathBuf, SystemTime)> {
    let folder = places.effective()?;
    let modified = fs::metadata(folder).and_then(|it| it.modified()).ok()?;
    Some((folder.to_path_buf(), modified))
}

fn files(folder: &Path) -> Result<BTreeMap<String, String>, SchemaFolderError> {
    let mut files = BTreeMap::new();
    for name in [ORG_FILE, HOURS_FILE] {
        let path = folder.join(name);
        if path.is_file() {
            files.insert(name.to_owned(), text(&path)?);
        }
    }
    let objects = folder.join(OBJECTS);
    let entries = match fs::read_dir(&objects) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(files),
        Err(error) => return Err(SchemaFolderError::disk(objects)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(SchemaFolderError::disk(&objects))?;
        let name = entry.file_name();
        if let Some(name) = name.to_str().filter(|name| is_toml(name)) {
            files.insert(format!("{OBJECTS}/{name}"), text(&entry.path())?);
        }
    }
    Ok(files)
}

/// Whether a file below the folder is the pull's own; any other is a human's.
pub(super) fn is_ours(relative: &Path) -> bool {
    if [ORG_FILE, HOURS_FILE].iter().any(|name| relative == Path::new(name)) {
        return true;
    }
    let in_objects = relative.parent() == Some(Path::new(OBJECTS));
    in_objects && relative.file_name().and_then(|name| name.to_str()).is_some_and(is_toml)
}

fn is_toml(name: &str) -> bool {
    name.len() > ".toml".len() && name.ends_with(".toml") && !name.starts_with('.')
}

fn text(path: &Path) -> Result<String, SchemaFolderError> {
    let bytes = fs::read(path).map_err(SchemaFolderError::disk(path))?;
    String::from_utf8(bytes).map_err(|_| SchemaFolderError::NotText { path: path.to_path_buf() })
}
