//! Forms and their lines.

use super::{Expr, Name, Path, Text, Wording};
use crate::source::Range;

/// `form NAME { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The `///` lines above it.
    pub doc: Option<String>,
    /// Its name.
    pub name: Name,
    /// Its lines.
    pub fields: Vec<CollectLine>,
    /// The files that it asks for.
    pub files: Vec<FileLine>,
    /// From `form` to the name's end.
    pub head: Range,
}

/// `ATTR [required] [label TEXT] [matches '…' [else TEXT]] [min V] [max V]`
#[derive(Debug, Clone, PartialEq)]
pub struct CollectLine {
    /// What it sets.
    pub place: Path,
    /// Where `required` stands.
    pub required: Option<Range>,
    /// What the customer reads.
    pub label: Option<Wording>,
    /// A hint for the customer.
    pub help: Option<Wording>,
    /// The pattern, and what to say where it does not match.
    pub matches: Option<(Text, Option<Wording>)>,
    /// The smallest value or length.
    pub min: Option<Expr>,
    /// The largest value or length.
    pub max: Option<Expr>,
    /// The line.
    pub range: Range,
}

/// `file NAME [required] [label TEXT] [help TEXT]`
#[derive(Debug, Clone, PartialEq)]
pub struct FileLine {
    /// Its name in the form.
    pub name: Name,
    /// Where `required` stands.
    pub required: Option<Range>,
    /// What the customer reads.
    pub label: Option<Wording>,
    /// A hint for the customer.
    pub help: Option<Wording>,
    /// Rules that files don't have: the word, and where each stands.
    pub rules: Vec<(&'static str, Range)>,
    /// The line.
    pub range: Range,
}
