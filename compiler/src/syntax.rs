//! Text to AST. The only user of pest's types.
//!
//! Parsing never fails: a missing part is `None` or [`ast::Name::is_missing`], junk is reported
//! and skipped, and everything that could be understood is in the tree.
//!
//! [`chunks`] cuts a file at its items, [`parse`] reads one of them. A chunk's tree and problems
//! hold places relative to it, so they can be kept for as long as its text stays the same.

pub mod ast;
mod chunk;
mod clean;
mod expected;
pub mod format;
mod lower;
mod parser;
mod problem;
mod secret;
mod suggest;
#[cfg(test)]
mod tests;

pub use chunk::{ChunkText, chunks};
pub use lower::LineKind;
pub use problem::Problem;
pub use secret::Secret;

use tidegate_diagnostics::codes;

use crate::source::Range;

/// Bytes of one file at most; what is longer is reported and not read.
pub const MAX_SOURCE_BYTES: usize = 4 * 1024 * 1024;

/// What one chunk holds, and what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedItem {
    /// What could be understood.
    pub item: ast::Item,
    /// By place; each thing once.
    pub problems: Vec<Problem>,
    /// What looks like a secret, by place.
    pub secrets: Vec<Secret>,
    /// Lines that begin like none of their kind, by place.
    pub unknown: Vec<(Range, LineKind)>,
}

/// Reads one chunk. Always gives a tree.
pub fn parse(chunk: &str) -> ParsedItem {
    if chunk.len() > MAX_SOURCE_BYTES {
        return refused(vec![Problem::new(
            codes::BEYOND_LIMITS,
            Range::default(),
            format!("the file is longer than {} MiB", MAX_SOURCE_BYTES / (1024 * 1024)),
        )]);
    }
    let secrets = secret::find(chunk);
    let clean::Cleaned { text, mut problems } = clean::clean(chunk);
    let Some(tree) = parser::tree(&text) else {
        problems.push(lower::too_deep(lower::first_line(&text)));
        return ParsedItem { secrets, ..refused(problems) };
    };
    let lower::Lowered { item, problems: found, unknown } = lower::chunk(&text, tree);
    problems.extend(found);
    problems.sort();
    problems.dedup();
    ParsedItem { item, problems, secrets, unknown }
}

fn refused(problems: Vec<Problem>) -> ParsedItem {
    let item = ast::Item::Nothing;
    ParsedItem { item, problems, secrets: Vec::new(), unknown: Vec::new() }
}
