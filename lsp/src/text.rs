//! A document's text, and its places as editors count them.

use std::sync::Arc;

use gen_lsp_types::{Position, Range, TextDocumentContentChangeEvent as Change};
use tidegate_diagnostics::Span;

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Bytes of UTF-8.
    Utf8,
    /// Code units of UTF-16.
    Utf16,
}

impl Encoding {
    fn units(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
        }
    }

    /// The byte at which so many units end. One inside a character counts as its beginning.
    fn bytes(self, line: &str, units: usize) -> usize {
        let mut passed = 0;
        for (at, character) in line.char_indices() {
            passed += match self {
                Self::Utf8 => character.len_utf8(),
                Self::Utf16 => character.len_utf16(),
            };
            if passed > units {
                return at;
            }
        }
        line.len()
    }
}

/// A text with the bytes at which its lines begin.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    text: Arc<str>,
    /// The first is 0.
    lines: Arc<[usize]>,
}

impl Text {
    pub(crate) fn new(text: impl Into<Arc<str>>) -> Self {
        let text: Arc<str> = text.into();
        let lines = line_starts(&text).into();
        Self { text, lines }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// A line without its end.
    fn line(&self, at: usize) -> &str {
        let Some(start) = self.lines.get(at) else { return "" };
        let end = self.lines.get(at + 1).copied().unwrap_or(self.text.len());
        self.text[*start..end].trim_end_matches(['\n', '\r'])
    }

    pub(crate) fn position(&self, offset: usize, encoding: Encoding) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.lines.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or(0);
        // Between the two characters that end a line there is no place.
        let before = self.text[start..offset].trim_end_matches('\r');
        let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
        Position { line: number(line), character: number(encoding.units(before)) }
    }

    /// The byte of a position. What lies behind a line's end is its end, what lies behind the last
    /// line is the text's.
    pub(crate) fn offset(&self, position: Position, encoding: Encoding) -> usize {
        let line = position.line as usize;
        match self.lines.get(line) {
            Some(start) => start + encoding.bytes(self.line(line), position.character as usize),
            None => self.text.len(),
        }
    }

    pub(crate) fn range(&self, span: Span, encoding: Encoding) -> Range {
        self.range_of(span.start as usize, span.end as usize, encoding)
    }

    pub(crate) fn range_of(&self, start: usize, end: usize, encoding: Encoding) -> Range {
        Range { start: self.position(start, encoding), end: self.position(end, encoding) }
    }

    /// The text after an editor's change.
    pub(crate) fn changed(&self, change: &Change, encoding: Encoding) -> Self {
        match change {
            Change::TextDocumentContentChangePartial(part) => {
                let start = self.offset(part.range.start, encoding);
                let end = self.offset(part.range.end, encoding).max(start);
                let mut text = String::with_capacity(self.text.len() + part.text.len());
                text.push_str(&self.text[..start]);
                text.push_str(&part.text);
                text.push_str(&self.text[end..]);
                Self::new(text)
            }
            Change::TextDocumentContentChangeWholeDocument(whole) => Self::new(whole.text.as_str()),
        }
    }
}

/// Lines end with `\n`, `\r\n` or `\r`.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
        .filter(|at| !(bytes[*at] == b'\r' && bytes.get(at + 1) == Some(&b'\n')));
    std::iter::once(0).chain(ends.map(|at| at + 1)).collect()
}

#[cfg(test)]
mod tests {
    use gen_lsp_types::{Position, Range, TextDocumentContentChangePartial};
    use proptest::prelude::*;

    use super::{Change, Encoding, Text};

    const BOTH: [Encoding; 2] = [Encoding::Utf8, Encoding::Utf16];

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    fn replace(start: Position, end: Position, text: &str) -> Change {
        let (range, text) = (Range { start, end }, text.to_owned());
        Change::TextDocumentContentChangePartial(TextDocumentContentChangePartial {
            range,
            text,
            ..TextDocumentContentChangePartial::default()
        })
    }

    #[test]
    fn columns_count_what_the_client_counts() {
        let text = Text::new("a\u{e4}\u{1f525}b\r\nc\rd\n");
        let offset = text.as_str().find('b').expect("it is there");
        assert_eq!(text.position(offset, Encoding::Utf16), at(0, 4));
        assert_eq!(text.position(offset, Encoding::Utf8), at(0, 7));
        assert_eq!(text.offset(at(0, 4), Encoding::Utf16), offset);
        assert_eq!(text.position(text.as_str().find('d').expect("d"), Encoding::Utf16), at(2, 0));
    }

    #[test]
    fn what_lies_beyond_the_end_is_the_end() {
        let text = Text::new("ab\r\ncd");
        for encoding in BOTH {
            assert_eq!(text.offset(at(0, 99), encoding), 2);
            assert_eq!(text.offset(at(99, 0), encoding), 6);
            let beyond = text.changed(&replace(at(5, 5), at(1, 0), "x"), encoding);
            assert_eq!(beyond.as_str(), "ab\r\ncdx");
        }
    }

    #[test]
    fn half_a_character_is_its_beginning() {
        let text = Text::new("\u{1f525}x");
        assert_eq!(text.offset(at(0, 1), Encoding::Utf16), 0);
        assert_eq!(text.offset(at(0, 3), Encoding::Utf8), 0);
    }

    proptest! {
        #[test]
        fn a_place_comes_back(text in "[a\u{e4}\u{1f525}\r\n]{0,40}", share in 0usize..=100) {
            let text = Text::new(text.as_str());
            let mut offset = text.as_str().len() * share / 100;
            while !text.as_str().is_char_boundary(offset) {
                offset -= 1;
            }
            let inside_an_end = text.as_str()[..offset].ends_with('\r') && text.as_str()[offset..].starts_with('\n');
            prop_assume!(!inside_an_end);
            for encoding in BOTH {
                prop_assert_eq!(text.offset(text.position(offset, encoding), encoding), offset);
            }
        }
    }
}
