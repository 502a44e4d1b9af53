//! Which lines stay as they stand, to the byte.

use super::line::Line;
use crate::syntax::problem::Problem;

/// The lines of a chunk as they were written.
pub(super) struct Written<'t> {
    text: &'t str,
    starts: Vec<usize>,
    kept: Vec<bool>,
}

impl<'t> Written<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let mut starts: Vec<usize> = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        if starts.len() > 1 && starts.last() == Some(&text.len()) {
            starts.pop();
        }
        let kept = vec![false; starts.len()];
        Self { text, starts, kept }
    }

    /// The first and the last written line of a line.
    pub(super) fn of(&self, line: &Line<'_>) -> (usize, usize) {
        let first = line.tokens.first().map_or(0, |token| self.at(token.start));
        let last = line.tokens.last().map_or(first, |token| self.at(token.end.saturating_sub(1)));
        (first, last.max(first))
    }

    fn at(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// A written line with its end.
    pub(super) fn line(&self, at: usize) -> &'t str {
        let end = self.starts.get(at + 1).copied().unwrap_or(self.text.len());
        &self.text[self.starts[at]..end]
    }

    pub(super) fn start(&self, at: usize) -> usize {
        self.starts[at]
    }

    pub(super) fn count(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn is_kept(&self, at: usize) -> bool {
        self.kept[at]
    }

    /// Marks the written lines on which something is not understood, and all of a line that stands
    /// on one of them.
    pub(super) fn mark(&mut self, lines: &[Line<'_>], problems: &[Problem]) {
        for problem in problems {
            let (start, end) = (problem.range.start as usize, problem.range.end as usize);
            self.keep(self.at(start), self.at(end.saturating_sub(1).max(start)));
        }
        let places: Vec<(usize, usize)> = lines.iter().map(|line| self.of(line)).collect();
        for (line, (first, last)) in lines.iter().zip(&places) {
            if line.broken {
                self.keep(*first, *last);
            }
        }
        while self.kept.contains(&true) && self.spread(&places) {}
    }

    fn keep(&mut self, first: usize, last: usize) {
        self.kept[first..=last].fill(true);
    }

    /// Whether another written line is kept now.
    fn spread(&mut self, places: &[(usize, usize)]) -> bool {
        let mut more = false;
        for (first, last) in places {
            let kept = &mut self.kept[*first..=*last];
            if kept.contains(&true) && kept.contains(&false) {
                kept.fill(true);
                more = true;
            }
        }
        more
    }
}
