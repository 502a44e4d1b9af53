//! Places in source text.

use serde::Serialize;

/// Names one source of a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SourceId(pub u32);

/// A range of bytes (UTF-8) in one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The source.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

/// One source: the name that users know it by, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// A path relative to the project's root, with forward slashes.
    pub name: String,
    /// The text.
    pub text: String,
}

/// All sources of a project, in the order of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceMap {
    sources: Vec<SourceText>,
}

impl SourceMap {
    /// A map of these sources; their ids are their positions.
    pub fn new(sources: Vec<SourceText>) -> Self {
        Self { sources }
    }

    /// The source of an id, if it is one of this map.
    pub fn get(&self, id: SourceId) -> Option<&SourceText> {
        self.sources.get(usize::try_from(id.0).ok()?)
    }

    /// All sources with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &SourceText)> {
        (0u32..).map(SourceId).zip(&self.sources)
    }

    /// Line and column of a byte, both counted from 1; the column counts characters.
    pub fn line_column(&self, id: SourceId, offset: u32) -> Option<(usize, usize)> {
        let (line, before) = self.line_before(id, offset)?;
        Some((line, before.chars().count() + 1))
    }

    /// Line and column of a byte, both counted from 1; the column counts UTF-16 code units.
    pub fn line_column_utf16(&self, id: SourceId, offset: u32) -> Option<(usize, usize)> {
        let (line, before) = self.line_before(id, offset)?;
        Some((line, before.encode_utf16().count() + 1))
    }

    /// The number of a byte's line, and what stands before it there.
    fn line_before(&self, id: SourceId, offset: u32) -> Option<(usize, &str)> {
        let text = &self.get(id)?.text;
        let mut offset = usize::try_from(offset).ok()?.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let line = before.matches('\n').count() + 1;
        Some((line, before.rsplit('\n').next().unwrap_or(before)))
    }
}
