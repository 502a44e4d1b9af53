//! Finding a project.

use std::path::{Path, PathBuf};

/// The manifest's file name.
pub const MANIFEST: &str = "tidegate.toml";

/// The nearest folder, from `start` upwards, that holds a manifest.
pub fn find(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|folder| folder.join(MANIFEST).is_file()).map(Path::to_path_buf)
}
