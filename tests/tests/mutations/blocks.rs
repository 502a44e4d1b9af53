//! Steps and arms of sources in the one style, by their lines.

use std::ops::Range;

/// What the lines directly in a block are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inside {
    Steps,
    /// Arms of a `match`.
    Arms,
    /// Arms of a `choose`.
    Buttons,
    /// Fields of a form, `knowing` and the like, and arms for outcomes.
    Parts,
    /// Lines of a declaration.
    Lines,
}

/// A line with all that is indented below it.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Bytes of the source, with the last line's end.
    pub(crate) at: Range<usize>,
    /// Its first line, without the indentation.
    pub(crate) head: String,
    /// What its parent holds.
    pub(crate) among: Inside,
    /// Its number among its siblings' blocks, and its place there.
    pub(crate) block: usize,
    /// The keyword of the item that it stands in.
    pub(crate) item: String,
}

impl Node {
    pub(crate) fn is_arm(&self) -> bool {
        self.head.contains(" => ")
    }
}

/// All lines of a source that stand in blocks, but for those of tests.
pub(crate) fn nodes(text: &str) -> Vec<Node> {
    let mut reader = Reader { lines: lines(text), found: Vec::new(), blocks: 0 };
    let mut at = 0;
    while at < reader.lines.len() {
        let end = reader.end_of(at);
        let head = reader.lines[at].text.to_owned();
        let item = head.split(' ').next().unwrap_or_default().to_owned();
        if !matches!(item.as_str(), "test" | "//" | "///" | "") {
            reader.block(at, end, &item, inside(&head, &item));
        }
        at = end;
    }
    reader.found
}

#[derive(Debug, Clone)]
struct Line<'t> {
    at: Range<usize>,
    indent: usize,
    text: &'t str,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let line = |whole: &str| {
        let at = start..start + whole.len();
        start = at.end;
        at
    };
    let places: Vec<Range<usize>> = text.split_inclusive('\n').map(line).collect();
    let line = |at: Range<usize>| {
        let whole = text[at.clone()].trim_end();
        let bare = whole.trim_start();
        Line { at, indent: whole.len() - bare.len(), text: bare }
    };
    places.into_iter().map(line).collect()
}

struct Reader<'t> {
    lines: Vec<Line<'t>>,
    found: Vec<Node>,
    blocks: usize,
}

impl Reader<'_> {
    /// The line behind a node: what is indented more, or goes on with a `}` at its column, is its own.
    fn end_of(&self, first: usize) -> usize {
        let indent = self.lines[first].indent;
        let rest = self.lines.iter().enumerate().skip(first + 1);
        let own = |line: &Line<'_>| {
            line.text.is_empty()
                || line.indent > indent
                || line.indent == indent && line.text.starts_with('}')
        };
        let end = rest.clone().find(|(_, line)| !own(line)).map_or(self.lines.len(), |(at, _)| at);
        let blank = (first + 1..end).rev().take_while(|at| self.lines[*at].text.is_empty()).count();
        end - blank
    }

    fn block(&mut self, first: usize, end: usize, item: &str, mut among: Inside) {
        let outer = self.lines[first].indent;
        let mut block = self.next_block();
        let mut at = first + 1;
        while at < end {
            let line = self.lines[at].clone();
            if line.indent == outer {
                // `} else {` begins a block of steps of its own.
                (block, among) = (self.next_block(), inside(line.text, item));
                at += 1;
                continue;
            }
            if line.text.is_empty() || line.text.starts_with("//") || line.text.starts_with('>') {
                at += 1;
                continue;
            }
            let close = self.end_of(at);
            let bytes = line.at.start..self.lines[close - 1].at.end;
            let (head, item) = (line.text.to_owned(), item.to_owned());
            self.found.push(Node { at: bytes, head, among, block, item: item.clone() });
            if close > at + 1 {
                self.block(at, close, &item, inside(line.text, &item));
            }
            at = close;
        }
    }

    fn next_block(&mut self) -> usize {
        self.blocks += 1;
        self.blocks
    }
}

/// What a line that opens a block holds.
fn inside(head: &str, item: &str) -> Inside {
    let step = head.rsplit(" => ").next().unwrap_or(head);
    let word = step.trim_start_matches("} ").split(' ').next().unwrap_or_default();
    match word {
        _ if item != "workflow" => Inside::Lines,
        "match" => Inside::Arms,
        "choose" => Inside::Buttons,
        "workflow" | "if" | "else" | "repeat" | "{" => Inside::Steps,
        _ => Inside::Parts,
    }
}
