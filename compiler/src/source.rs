//! Places in a project's text that survive edits elsewhere.
//!
//! A file is cut into chunks, one an item. Everything that is kept between two checks holds places
//! relative to its chunk, so an edit above does not spoil it; [`ItemMap`] turns them into
//! [`Span`]s.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use tidegate_diagnostics::{SourceId, Span};

/// A range of bytes relative to its item's chunk.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    /// First byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl fmt::Debug for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}..{}", self.start, self.end)
    }
}

impl Range {
    /// From the first to the last of both.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty range behind it.
    pub fn after(self) -> Self {
        Self { start: self.end, end: self.end }
    }
}

/// Names one item of a project; the same item keeps it from check to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub u32);

/// A place: an item and a range in its chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Loc {
    /// The item.
    pub item: ItemId,
    /// The range.
    pub range: Range,
}

/// Where the items of one check stand.
#[derive(Debug, Clone, Default)]
pub struct ItemMap {
    starts: BTreeMap<ItemId, (SourceId, u32)>,
}

impl ItemMap {
    /// Notes where an item's chunk begins.
    pub fn insert(&mut self, item: ItemId, source: SourceId, start: u32) {
        self.starts.insert(item, (source, start));
    }

    /// Where items begin in each source, in order.
    pub fn starts(&self) -> BTreeMap<SourceId, BTreeSet<u32>> {
        let mut starts: BTreeMap<SourceId, BTreeSet<u32>> = BTreeMap::new();
        for (source, start) in self.starts.values() {
            starts.entry(*source).or_default().insert(*start);
        }
        starts
    }

    /// The place in its source. An item of an earlier check gives the source's beginning.
    pub fn span(&self, loc: Loc) -> Span {
        let (source, start) = self.starts.get(&loc.item).copied().unwrap_or((SourceId(0), 0));
        Span { source, start: start + loc.range.start, end: start + loc.range.end }
    }
}
