//! `text`.

use super::{Expr, Name};
use crate::source::Range;

/// `text NAME { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct TextItem {
    /// The `///` lines above it.
    pub doc: Option<String>,
    /// Its name.
    pub name: Name,
    /// What it is in each language: the language, and the text.
    pub spoken: Vec<(Name, Expr)>,
    /// From `text` to the name's end.
    pub head: Range,
}
