//! A Tidegate project on disk: the manifest, the sources, the pulled schema.

pub mod manifest;
pub mod root;
pub mod schema_folder;
pub mod sources;
pub mod whole_file;
