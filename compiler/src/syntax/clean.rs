//! What no Tide text may hold: control characters, and what a merge left behind.
//!
//! Both are reported and blanked out before the grammar reads the text, byte for byte, so that
//! places stay what they are and nothing else trips over them.

use std::borrow::Cow;

use tidegate_diagnostics::codes;

use super::problem::Problem;
use crate::source::Range;

/// A chunk that the grammar may read.
pub(super) struct Cleaned<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) problems: Vec<Problem>,
}

pub(super) fn clean(chunk: &str) -> Cleaned<'_> {
    let mut blanked = Vec::new();
    let mut problems = Vec::new();
    conflicts(chunk, &mut blanked, &mut problems);
    characters(chunk, &mut blanked, &mut problems);
    let text = if blanked.is_empty() {
        Cow::Borrowed(chunk)
    } else {
        Cow::Owned(blank_out(chunk, &blanked))
    };
    Cleaned { text, problems }
}

/// Whether a problem is what a merge left behind.
pub(super) fn is_conflict(problem: &Problem) -> bool {
    problem.code == codes::CONFLICT_MARKER
}

fn blank_out(chunk: &str, ranges: &[std::ops::Range<usize>]) -> String {
    let mut text = String::with_capacity(chunk.len());
    for (offset, letter) in chunk.char_indices() {
        let blanked = ranges.iter().any(|range| range.contains(&offset));
        if blanked && letter != '\n' {
            text.extend(std::iter::repeat_n(' ', letter.len_utf8()));
        } else {
            text.push(letter);
        }
    }
    text
}

/// Keeps the first side of a conflict and blanks out the rest, so that names declared in both are
/// neither lost nor declared twice.
fn conflicts(chunk: &str, blanked: &mut Vec<std::ops::Range<usize>>, problems: &mut Vec<Problem>) {
    if !["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| chunk.contains(mark)) {
        return;
    }
    let mut first = None;
    let mut other_side = false;
    let mut offset = 0;
    for line in chunk.split_inclusive('\n') {
        let line_range = offset..offset + line.len();
        let mark = Mark::of(line);
        if mark.is_some() {
            first.get_or_insert(range(offset, offset + line.trim_end().len()));
        }
        match mark {
            Some(Mark::Base | Mark::Middle) => other_side = true,
            Some(Mark::Begin) => other_side = false,
            Some(Mark::End) | None => {}
        }
        if mark.is_some() || other_side {
            blanked.push(line_range);
        }
        if mark == Some(Mark::End) {
            other_side = false;
        }
        offset += line.len();
    }
    if let Some(at) = first {
        problems.push(
            Problem::new(codes::CONFLICT_MARKER, at, "a merge conflict has not been resolved")
                .help("keep one side, or both in order, and delete the marker lines"),
        );
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Begin,
    Base,
    Middle,
    End,
}

impl Mark {
    /// The marker that a line is: seven equal characters, then a blank or the line's end.
    fn of(line: &str) -> Option<Self> {
        let (mark, rest) = line.split_at_checked(7)?;
        if !(rest.is_empty() || rest.starts_with([' ', '\n', '\r'])) {
            return None;
        }
        match mark {
            "<<<<<<<" => Some(Self::Begin),
            "|||||||" => Some(Self::Base),
            "=======" => Some(Self::Middle),
            ">>>>>>>" => Some(Self::End),
            _ => None,
        }
    }
}

fn characters(chunk: &str, blanked: &mut Vec<std::ops::Range<usize>>, problems: &mut Vec<Problem>) {
    let plain = |byte: &u8| matches!(byte, b'\t' | b'\n' | b' '..=b'~');
    if chunk.as_bytes().iter().all(plain) {
        return;
    }
    let mut letters = chunk.char_indices().peekable();
    while let Some((offset, letter)) = letters.next() {
        let line_end = letter == '\r' && letters.peek().is_some_and(|(_, next)| *next == '\n');
        if line_end || !forbidden(letter) {
            continue;
        }
        let end = offset + letter.len_utf8();
        blanked.push(offset..end);
        let at = range(offset, end);
        let message = format!("an invisible character stands here (U+{:04X})", u32::from(letter));
        let problem = Problem::new(codes::FORBIDDEN_CHARACTER, at, message);
        problems.push(if letter.is_whitespace() {
            problem.help("write an ordinary blank in its place").replace(at, " ")
        } else {
            problem.help("delete it").replace(at, "")
        });
    }
}

/// Control characters, and what makes text read otherwise than it is written.
fn forbidden(letter: char) -> bool {
    letter != '\n' && letter != '\t' && letter.is_control()
        || matches!(
            letter,
            '\u{00A0}'
                | '\u{061C}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202F}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}'
        )
}

fn range(start: usize, end: usize) -> Range {
    let number = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
    Range { start: number(start), end: number(end) }
}
