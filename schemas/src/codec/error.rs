//! What can be wrong with the files of a catalog.

use std::fmt;

/// The files cannot be read as a catalog; every file's first fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Unreadable {
    /// Sorted by file.
    pub faults: Vec<Fault>,
}

/// One fault of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The path below the schema folder.
    pub file: String,
    /// The line, from 1, where it can be told.
    pub line: Option<usize>,
    /// The key, such as `fields.Reason.values[3].label`, where it can be told.
    pub key: Option<String>,
    /// What is wrong: lower case, no full stop.
    pub what: String,
}

impl Fault {
    pub(super) fn of_file(file: &str, what: impl Into<String>) -> Self {
        Fault { file: file.to_owned(), line: None, key: None, what: what.into() }
    }

    pub(super) fn of_key(file: &str, key: impl Into<String>, what: impl Into<String>) -> Self {
        Fault { file: file.to_owned(), line: None, key: Some(key.into()), what: what.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(key) = &self.key {
            write!(f, ": `{}`", key.escape_debug())?;
        }
        write!(f, ": {}", self.what)
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.faults.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}
