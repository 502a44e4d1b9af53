//! Writing a file so that it is there whole or not at all.

use std::io::{self, Write};
use std::path::Path;

/// Writes beside the file, syncs, and renames over it. A crash leaves the old file or the new one,
/// which has the permissions of the old one.
///
/// # Errors
/// The folder cannot be made or written, or a folder or device has the name; what is there is
/// untouched then.
pub fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let there = std::fs::metadata(path).ok();
    // A device would be a plain file afterwards.
    if there.as_ref().is_some_and(|there| !there.is_file()) {
        return Err(io::Error::other("something that is no file has this name"));
    }
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    if let Some(there) = there {
        file.as_file().set_permissions(there.permissions())?;
    }
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_file_keeps_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tide");
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o664)).unwrap();
        super::write(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o664);
    }
}
