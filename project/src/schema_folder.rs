//! The pulled metadata in a project's `schema/` folder, replaced whole or not at all.
//!
//! A folder cannot be replaced in one act on every system, so a pull goes through states of which
//! each shows either the old metadata or the new:
//!
//! | state | `schema` | `.schema-new` | `.schema-ready` | `.schema-old` | metadata |
//! |---|---|---|---|---|---|
//! | at rest | old | | | | old |
//! | writing | old | part | | | old |
//! | written | old | | new | | old |
//! | aside | | | new | old | new |
//! | in place | new | | | old | new |
//! | at rest | new | | | | new |
//!
//! Only whole and synced folders get the name `.schema-ready`. Readers change nothing: they read
//! `schema`, or where it is absent `.schema-ready`, or `.schema-old`. The next pull sweeps up what
//! one that died has left. What is not the pull's own in the folder, such as notes, is carried over.

mod error;
mod place;
mod swap;
#[cfg(test)]
mod tests;

use std::path::Path;

use tidegate_schemas::catalog::Catalog;
use tidegate_schemas::codec;

pub use error::SchemaFolderError;

use place::Places;

/// The folder's name in a project.
pub const FOLDER: &str = "schema";

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The folder says something else now.
    Changed,
    /// The folder said the same already and was left alone.
    Unchanged,
}

/// Reads the metadata of the last pull that came to its end.
///
/// # Errors
///
/// There is none, it cannot be read as a catalog, or it contradicts itself.
pub fn read(root: &Path) -> Result<Catalog, SchemaFolderError> {
    let files = place::read(root)?;
    let catalog = codec::from_files(&files).map_err(SchemaFolderError::Unreadable)?;
    codec::coherent(&catalog).map_err(SchemaFolderError::Unreadable)?;
    Ok(catalog)
}

/// Replaces the metadata. Killed at any moment, it leaves the old or the new.
///
/// # Errors
///
/// The disk refuses, another pull is at work, or the folder holds a link. The old metadata is whole
/// then.
pub fn write(root: &Path, catalog: &Catalog) -> Result<Written, SchemaFolderError> {
    let places = Places::of(root);
    let _lock = swap::lock(root)?;
    let files = codec::to_files(catalog);
    if place::read(root).is_ok_and(|current| current == files) {
        swap::sweep(&places, &mut swap::never)?;
        return Ok(Written::Unchanged);
    }
    swap::replace(&places, &files, &mut swap::never)?;
    Ok(Written::Changed)
}
