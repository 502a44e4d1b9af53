//! A Tidegate project on disk: the manifest, the sources, the pulled schema, examples, and what a
//! new one begins with.

pub mod examples;
pub mod manifest;
pub mod revision;
pub mod root;
pub mod schema_folder;
pub mod sources;
pub mod template;
pub mod whole_file;
