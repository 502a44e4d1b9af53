//! The `.tide` files of a project, and the articles in its folder `knowledge`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tidegate_compiler::knowledge;
use tidegate_diagnostics::{SourceMap, SourceText};

/// A source is not read beyond this size.
pub const MAX_SOURCE_BYTES: u64 = 4 * 1024 * 1024;

/// Why the sources could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourcesError {
    /// The disk refused.
    #[error("`{path}` cannot be read: {error}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the disk said.
        error: io::Error,
    },
    /// The text is not UTF-8.
    #[error("`{path}` is not UTF-8 text: byte {offset} does not belong there")]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first wrong byte.
        offset: usize,
    },
    /// The file is larger than [`MAX_SOURCE_BYTES`].
    #[error("`{path}` has {bytes} bytes; a source has {MAX_SOURCE_BYTES} at most")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
}

/// Reads every `.tide` file below the root, in the order of their paths.
///
/// # Errors
/// A folder or file cannot be read, is not UTF-8, or is too large.
pub fn read(root: &Path) -> Result<SourceMap, SourcesError> {
    let files = list(root)?;
    let sources = files.iter().map(|file| read_one(root, file)).collect::<Result<_, _>>()?;
    Ok(SourceMap::new(sources))
}

/// The paths of every `.tide` file below the root, in order. Hidden folders, `target` and
/// `node_modules` are passed over, and links are not followed.
///
/// # Errors
/// A folder cannot be read.
pub fn list(root: &Path) -> Result<Vec<PathBuf>, SourcesError> {
    let mut files = Vec::new();
    collect(root, "tide", &mut files)?;
    files.sort();
    Ok(files)
}

/// Reads every article below the root's folder `knowledge`, in the order of their paths.
///
/// # Errors
/// A folder or file cannot be read, is not UTF-8, or is too large.
pub fn articles(root: &Path) -> Result<Vec<SourceText>, SourcesError> {
    list_articles(root)?.iter().map(|file| read_one(root, file)).collect()
}

/// The paths of every article below the root's folder `knowledge`, in order.
///
/// # Errors
/// A folder cannot be read.
pub fn list_articles(root: &Path) -> Result<Vec<PathBuf>, SourcesError> {
    let folder = root.join(knowledge::FOLDER);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    collect(&folder, "md", &mut files)?;
    files.sort();
    Ok(files)
}

/// Whether a path would be an article of the project, if there were a file.
pub fn is_article(root: &Path, path: &Path) -> bool {
    let inside = path.strip_prefix(root).is_ok_and(|inside| {
        !inside.ancestors().skip(1).filter(|folder| folder.file_name().is_some()).any(passed_over)
    });
    inside && knowledge::is_article(&name(root, path))
}

/// Whether a path would be a source of the project, if there were a file.
pub fn is_source(root: &Path, path: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(root) else { return false };
    let folders = inside.ancestors().skip(1);
    path.extension().is_some_and(|ending| ending == "tide")
        && !folders.filter(|folder| folder.file_name().is_some()).any(passed_over)
}

/// The name by which users know a source: its path in the project, with forward slashes.
pub fn name(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn collect(folder: &Path, wanted: &str, files: &mut Vec<PathBuf>) -> Result<(), SourcesError> {
    let failed = |error| SourcesError::Read { path: folder.to_path_buf(), error };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() && !passed_over(&path) {
            collect(&path, wanted, files)?;
        } else if kind.is_file() && path.extension().is_some_and(|ending| ending == wanted) {
            files.push(path);
        }
    }
    Ok(())
}

fn passed_over(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || name == "target" || name == "node_modules"
}

fn read_one(root: &Path, path: &Path) -> Result<SourceText, SourcesError> {
    Ok(SourceText { name: name(root, path), text: read_file(path)? })
}

/// Reads one source.
///
/// # Errors
/// The file cannot be read, is not UTF-8, or is too large.
pub fn read_file(path: &Path) -> Result<String, SourcesError> {
    let failed = |error| SourcesError::Read { path: path.to_path_buf(), error };
    let bytes = fs::metadata(path).map_err(failed)?.len();
    if bytes > MAX_SOURCE_BYTES {
        return Err(SourcesError::TooLarge { path: path.to_path_buf(), bytes });
    }
    String::from_utf8(fs::read(path).map_err(failed)?).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        SourcesError::NotUtf8 { path: path.to_path_buf(), offset }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_come_in_the_order_of_their_names_and_hidden_folders_do_not() {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in [("b.tide", "b"), ("a/c.tide", "c"), (".x/d.tide", "d"), ("n.txt", "")]
        {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let sources = read(root.path()).unwrap();
        let names: Vec<_> = sources.iter().map(|(_, source)| source.name.as_str()).collect();
        assert_eq!(names, ["a/c.tide", "b.tide"]);
    }

    #[test]
    fn articles_are_those_in_their_folder() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(articles(root.path()).unwrap(), []);
        let files = ["knowledge/b.md", "knowledge/de/a.md", "knowledge/.x/c.md", "d.md"];
        for name in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        let found = articles(root.path()).unwrap();
        let names: Vec<_> = found.iter().map(|source| source.name.as_str()).collect();
        assert_eq!(names, ["knowledge/b.md", "knowledge/de/a.md"]);
        let told = files.map(|name| is_article(root.path(), &root.path().join(name)));
        assert_eq!(told, [true, true, false, false]);
        assert!(read(root.path()).unwrap().iter().next().is_none());
    }

    #[test]
    fn what_would_be_a_source_is_told_without_a_disk() {
        let root = Path::new("/p/.hidden");
        assert!(is_source(root, Path::new("/p/.hidden/a/b.tide")));
        for path in ["/p/.hidden/.a/b.tide", "/p/.hidden/target/b.tide", "/p/b.tide"] {
            assert!(!is_source(root, Path::new(path)), "{path}");
        }
        assert!(!is_source(root, Path::new("/p/.hidden/b.toml")));
    }

    #[test]
    fn a_file_that_is_not_utf_8_is_named_with_the_byte() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("x.tide"), b"map \xff").unwrap();
        let error = read(root.path()).unwrap_err();
        assert!(matches!(error, SourcesError::NotUtf8 { offset: 4, .. }), "{error}");
    }
}
