//! A Tidegate project on disk: manifest, sources, pulled schema.
