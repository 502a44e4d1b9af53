//! The grammar at work: the one place that names pest.

// The derive writes items without documentation.
#![allow(missing_docs)]

use pest::Parser as _;
use pest::iterators::{Pair, Pairs};

use crate::source::Range;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/tide.pest"]
struct Grammar;

/// What a node is: a rule of the grammar.
pub(super) type Kind = Rule;

/// A node of the tree, with the part of the chunk that it covers.
#[derive(Debug, Clone)]
pub(super) struct Node<'t>(Pair<'t, Rule>);

/// The nodes right below a node, in order.
#[derive(Debug, Clone)]
pub(super) struct Children<'t>(Pairs<'t, Rule>);

/// The tree of a chunk; `None` only where it is nested too deeply to be read.
pub(super) fn tree(text: &str) -> Option<Children<'_>> {
    let chunk = Grammar::parse(Rule::chunk, text).ok()?.next()?;
    Some(Children(chunk.into_inner()))
}

/// Every rule of the grammar.
#[cfg(test)]
pub(super) fn rules() -> impl Iterator<Item = Kind> {
    Rule::all_rules().iter().copied()
}

impl<'t> Node<'t> {
    pub(super) fn kind(&self) -> Kind {
        self.0.as_rule()
    }

    pub(super) fn text(&self) -> &'t str {
        self.0.as_str()
    }

    /// The byte at which it begins.
    pub(super) fn start(&self) -> usize {
        self.0.as_span().start()
    }

    /// Without the blanks at its end, which the grammar skips in search of the next part.
    pub(super) fn range(&self) -> Range {
        let start = self.0.as_span().start();
        let end = start + self.0.as_str().trim_end().len();
        let number = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Range { start: number(start), end: number(end) }
    }

    pub(super) fn children(self) -> Children<'t> {
        Children(self.0.into_inner())
    }
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        self.0.next().map(Node)
    }
}
