//! Addresses of files.

use std::path::{Path, PathBuf};

use gen_lsp_types::Uri;
use url::Url;

/// The path of a file's address; `None` for what lies on no disk.
pub(crate) fn to_path(uri: &Uri) -> Option<PathBuf> {
    let url = Url::parse(uri.as_ref()).ok()?;
    if url.scheme() == "file" { url.to_file_path().ok() } else { None }
}

/// The address of a file; `None` for a path that is not absolute.
pub(crate) fn of_path(path: &Path) -> Option<Uri> {
    Some(Uri(Url::from_file_path(path).ok()?.into()))
}
