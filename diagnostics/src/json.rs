//! All there is about a diagnostic, for programs.

use serde::Serialize;

use crate::{Diagnostic, SourceMap};

/// A diagnostic with its place as editors count it.
#[derive(Debug, Serialize)]
pub struct Located<'a> {
    /// The source's name; empty where the place lies in none.
    pub path: &'a str,
    /// Counted from 1; 0 where the place lies in no source.
    pub line: usize,
    /// In characters, counted from 1; 0 where the place lies in no source.
    pub column: usize,
    /// The diagnostic itself.
    #[serde(flatten)]
    pub diagnostic: &'a Diagnostic,
}

/// Diagnostics as `tidegate check --format json` writes them.
pub fn located<'a>(diagnostics: &'a [Diagnostic], sources: &'a SourceMap) -> Vec<Located<'a>> {
    let place = |diagnostic: &'a Diagnostic| {
        let span = diagnostic.primary.span;
        let path = sources.get(span.source).map_or("", |source| source.name.as_str());
        let (line, column) = sources.line_column(span.source, span.start).unwrap_or((0, 0));
        Located { path, line, column, diagnostic }
    };
    diagnostics.iter().map(place).collect()
}
