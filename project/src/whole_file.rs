//! Writing a file so that it is there whole or not at all.

use std::io::{self, Write};
use std::path::Path;

/// Writes beside the file, syncs, and renames over it. A crash leaves the old file or the new one.
///
/// # Errors
/// The folder cannot be made or written; the old file is untouched then.
pub fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
