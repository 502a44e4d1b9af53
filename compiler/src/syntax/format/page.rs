//! A file of lines, and the blank lines between them.

use super::column::{Above, columns};
use super::keep::Written;
use super::layout;
use super::line::{Line, LineKind, Role};
use super::walk::{self, Walked};
use crate::syntax::{ChunkText, clean, lower, parser};

/// A file as it comes to be.
pub(super) struct Page<'t> {
    file: &'t str,
    newline: &'static str,
    parts: Vec<Part>,
}

/// Lines between which no blank line comes or goes.
struct Part {
    place: Place,
    /// Whether a blank line stands before it.
    blank: bool,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Where an item begins.
    Item,
    /// A comment outside of all items.
    Comment,
    /// Where blank lines are what they were, but one at most.
    Inside,
}

const BYTE_ORDER_MARK: char = '\u{FEFF}';

impl<'t> Page<'t> {
    pub(super) fn new(file: &'t str) -> Self {
        // The first line says how lines end.
        let first = file.split_inclusive('\n').find(|line| !is_blank(line));
        let newline = if first.is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
        Self { file, newline, parts: Vec::new() }
    }

    /// Adds a chunk. Tells whether all of it was understood.
    pub(super) fn chunk(&mut self, chunk: &ChunkText<'t>) -> bool {
        let cleaned = clean::clean(chunk.text);
        let conflict = cleaned.problems.iter().any(clean::is_conflict);
        let tree = if conflict { None } else { parser::tree(&cleaned.text) };
        let Some(tree) = tree else {
            self.whole(chunk);
            return false;
        };
        let mut problems = lower::every_problem(&cleaned.text, tree.clone());
        problems.extend(cleaned.problems);
        let Walked { lines, balanced } = walk::lines(chunk.text, &cleaned.text, tree);
        if !balanced {
            self.whole(chunk);
            return false;
        }
        let mut written = Written::new(chunk.text);
        written.mark(&lines, &problems);
        Lines { page: self, chunk, written }.add(&lines);
        problems.is_empty()
    }

    /// A chunk that stays as it is, without the blank lines around it.
    fn whole(&mut self, chunk: &ChunkText<'t>) {
        let lines: Vec<&str> =
            chunk.text.split_inclusive('\n').skip_while(|line| is_blank(line)).collect();
        let blanks = lines.iter().rev().take_while(|line| is_blank(line)).count();
        let lines = &lines[..lines.len() - blanks];
        if !lines.is_empty() {
            self.push(Place::Item, true, lines.concat());
        }
    }

    fn push(&mut self, place: Place, blank: bool, mut text: String) {
        // A lone carriage return would no longer be the fault that it is.
        if !text.ends_with(['\n', '\r']) {
            text.push_str(self.newline);
        }
        self.parts.push(Part { place, blank, text });
    }

    /// The whole text: one blank line between items, with the comments right above them.
    pub(super) fn finish(mut self) -> String {
        // Whether what stands below is an item, or a comment right above one.
        let mut item = false;
        for at in (0..self.parts.len()).rev() {
            let place = self.parts[at].place;
            item = place == Place::Item || (item && place == Place::Comment);
            let above = at.checked_sub(1).map(|above| self.parts[above].place);
            if item && above != Some(Place::Comment) {
                self.parts[at].blank = true;
            }
            item &= !self.parts[at].blank;
        }
        let mut text = String::new();
        if self.file.starts_with(BYTE_ORDER_MARK) {
            text.push(BYTE_ORDER_MARK);
        } else if self.parts.first().is_some_and(|part| part.text.starts_with(BYTE_ORDER_MARK)) {
            // At the very beginning it would no longer be the fault that it is.
            text.push_str(self.newline);
        }
        for (at, part) in self.parts.iter().enumerate() {
            if at > 0 && part.blank {
                text.push_str(self.newline);
            }
            text.push_str(&part.text);
        }
        text
    }
}

/// The lines of one chunk on their way to the page.
struct Lines<'p, 't> {
    page: &'p mut Page<'t>,
    chunk: &'p ChunkText<'t>,
    written: Written<'t>,
}

impl Lines<'_, '_> {
    fn add(&mut self, lines: &[Line<'_>]) {
        let columns = columns(lines, |at| self.above(&lines[at]));
        // Written lines that have been dealt with.
        let mut done = 0;
        for (at, line) in lines.iter().enumerate() {
            let (first, last) = self.written.of(line);
            self.kept_alone(done..first);
            let opened = at > 0 && lines[at - 1].ends_with(Role::Brace);
            let closes = line.begins_with(Role::BraceEnd);
            let blank = first >= done && !opened && !closes && self.blank_above(first);
            let from = first.max(done);
            if !self.written.is_kept(first) {
                let mut text = String::new();
                let (source, newline) = (self.chunk.text, self.page.newline);
                layout::write(line, columns[at], source, newline, &mut text);
                self.page.push(place(line), blank, text);
            } else if from <= last {
                let text = self.as_written(from..last + 1);
                self.page.push(place(line), blank, text);
            }
            done = done.max(last + 1);
        }
        self.kept_alone(done..self.written.count());
    }

    fn above(&self, line: &Line<'_>) -> Above {
        let (first, _) = self.written.of(line);
        if self.written.is_kept(first) {
            Above::Kept
        } else if self.blank_above(first) {
            Above::Apart
        } else {
            Above::Joined
        }
    }

    /// Whether the line of the file above a written line of the chunk is blank.
    fn blank_above(&self, at: usize) -> bool {
        let start = self.chunk.start as usize + self.written.start(at);
        let above = self.page.file[..start].strip_suffix('\n');
        above.is_some_and(|above| {
            let line = &above[above.rfind('\n').map_or(0, |end| end + 1)..];
            is_blank(line.strip_suffix('\r').unwrap_or(line))
        })
    }

    /// Written lines that are to be kept though nothing of the tree stands on them.
    fn kept_alone(&mut self, range: std::ops::Range<usize>) {
        for at in range {
            if self.written.is_kept(at) && !is_blank(self.written.line(at)) {
                let text = self.as_written(at..at + 1);
                self.page.push(Place::Inside, self.blank_above(at), text);
            }
        }
    }

    fn as_written(&self, range: std::ops::Range<usize>) -> String {
        range.map(|at| self.written.line(at)).collect()
    }
}

fn place(line: &Line<'_>) -> Place {
    match line.kind {
        LineKind::Item => Place::Item,
        LineKind::Comment if line.depth == 0 => Place::Comment,
        _ => Place::Inside,
    }
}

/// Whether a line, with its end or without, holds nothing; what may stand nowhere is something.
fn is_blank(line: &str) -> bool {
    let line = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}
