//! The one canonical style of Tide: text to text.
//!
//! Only blanks, line breaks and the lines' ends change: every token and every comment stays what it
//! is, in its order. What is not understood stays as it stands, line by line; where braces don't
//! match, the whole item does. So the style needs no valid program, and what it does to a line does
//! not depend on what stands on others, but for a column of descriptions.
//!
//! chunk → tree → [`line::Line`]s of tokens (`walk`) → which of them stay (`keep`) → text (`layout`,
//! `column`) → the file with its blank lines (`page`). The tree says where a line ends; how a line
//! is written follows from its tokens alone. A rule that nothing here knows by name is walked
//! through, so that its tokens come out in their order.

mod column;
mod keep;
mod layout;
mod line;
mod page;
#[cfg(test)]
mod tests;
mod walk;

use tidegate_diagnostics::{Diagnostic, SourceId};

use super::problem::Problem;
use super::{MAX_SOURCE_BYTES, chunks, parse};
use crate::source::{ItemId, ItemMap};

/// Columns of a line at most, where it can be broken.
const WIDTH: usize = 120;
/// Blanks of one step inwards.
const STEP: usize = 2;

/// A text in the canonical style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// The text.
    pub text: String,
    /// Why parts of it stay as they stood.
    problems: Vec<Misunderstood>,
}

/// What is wrong with a chunk that begins at a byte of the text as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Misunderstood {
    start: u32,
    problem: Problem,
}

impl Formatted {
    /// What is not understood, and so stays as it stands, with places in the text as it was.
    pub fn diagnostics(&self, source: SourceId) -> Vec<Diagnostic> {
        let item = ItemId(0);
        let placed = |found: &Misunderstood| {
            let mut items = ItemMap::default();
            items.insert(item, source, found.start);
            found.problem.finding(item).place(&items)
        };
        self.problems.iter().map(placed).collect()
    }
}

/// Brings a file into the canonical style.
pub fn format(text: &str) -> Formatted {
    let mut problems = Vec::new();
    if text.len() > MAX_SOURCE_BYTES {
        misunderstood(text, 0, &mut problems);
        return Formatted { text: text.to_owned(), problems };
    }
    let mut page = page::Page::new(text);
    for chunk in chunks(text) {
        if !page.chunk(&chunk) {
            misunderstood(chunk.text, chunk.start, &mut problems);
        }
    }
    Formatted { text: page.finish(), problems }
}

fn misunderstood(text: &str, start: u32, problems: &mut Vec<Misunderstood>) {
    let found = parse(text).problems.into_iter();
    problems.extend(found.map(|problem| Misunderstood { start, problem }));
}
