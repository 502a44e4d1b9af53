//! From places in sources to items, and back.

use tidegate_diagnostics::{SourceId, Span};

use super::facade::Analysis;
use crate::source::{ItemId, Loc, Range};
use crate::syntax::ParsedItem;

/// An item as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// Its id.
    pub id: ItemId,
    /// The source that it stands in.
    pub source: SourceId,
    /// The byte at which its chunk begins.
    pub start: u32,
    /// What could be understood of it.
    pub parsed: &'a ParsedItem,
}

impl Written<'_> {
    /// The place of a range of it.
    pub fn span(&self, range: Range) -> Span {
        Span { source: self.source, start: self.start + range.start, end: self.start + range.end }
    }
}

impl Analysis {
    /// All items, in the order of sources and of their text.
    pub fn written(&self) -> impl DoubleEndedIterator<Item = Written<'_>> {
        self.chunks.iter().map(|chunk| {
            let begins = Loc { item: chunk.item, range: Range::default() };
            let Span { source, start, .. } = self.items.span(begins);
            Written { id: chunk.item, source, start, parsed: &chunk.parsed }
        })
    }

    /// The item at a byte of a source. Behind its last word it is still the item's place.
    pub fn written_at(&self, source: SourceId, offset: u32) -> Option<Written<'_>> {
        self.written().rev().find(|its| its.source == source && its.start <= offset)
    }

    /// The item of an id.
    pub fn written_as(&self, id: ItemId) -> Option<Written<'_>> {
        self.written().find(|its| its.id == id)
    }
}
