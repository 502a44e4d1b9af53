//! Where a new line of a map belongs.
//!
//! Lines of a map stand in groups: a blank line or a comment of its own begins a new one. The new
//! line goes into the group that has most fields of its kind (a parent's, custom, standard), or
//! else into the last one. A group that is sorted stays sorted; in another one, the line follows
//! the last of its kind.

use std::ops::Range as Bytes;

use crate::source::Range;
use crate::syntax::ast::{Map, MapLine};

/// What a line replaces, and what stands around it.
pub(super) struct Spot {
    /// Relative to the chunk; mostly empty.
    pub(super) range: Range,
    before: String,
    after: &'static str,
}

impl Spot {
    /// What is put there.
    pub(super) fn text(&self, line: &str) -> String {
        format!("{}{line}{}", self.before, self.after)
    }
}

/// One `sync FIELD` line.
struct Line {
    path: Vec<String>,
    /// From the `sync` to the end of its descriptions.
    bytes: Bytes<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Parent(String),
    Custom,
    Standard,
}

impl Line {
    fn kind(&self) -> Kind {
        kind(&self.path)
    }

    fn key(&self) -> String {
        key(&self.path)
    }
}

fn kind(path: &[String]) -> Kind {
    match path {
        [single] if single.ends_with("__c") => Kind::Custom,
        [_] | [] => Kind::Standard,
        [parents @ .., _] => Kind::Parent(parents.join(".")),
    }
}

fn key(path: &[String]) -> String {
    path.join(".").to_lowercase()
}

/// The place of a line for the field of a path, in a map that was read without problems.
pub(super) fn spot(chunk: &str, map: &Map, path: &[String]) -> Spot {
    let groups = groups(chunk, map);
    let of_kind = |group: &&Vec<Line>| group.iter().filter(|it| it.kind() == kind(path)).count();
    // Of several that have as many, the last.
    match groups.iter().max_by_key(of_kind) {
        Some(group) => among(chunk, group, path),
        None => after(chunk, &last(map)),
    }
}

/// The `sync FIELD` lines, cut into groups.
fn groups(chunk: &str, map: &Map) -> Vec<Vec<Line>> {
    let mut groups: Vec<Vec<Line>> = Vec::new();
    for line in &map.lines {
        let MapLine::Sync { field, whole, .. } = line else { continue };
        let path = field.parts.iter().map(|part| part.text.clone()).collect();
        let line = Line { path, bytes: bytes(*whole) };
        let earlier = groups.last_mut().filter(|group| {
            group.last().is_some_and(|last| adjoin(chunk, last.bytes.end, line.bytes.start))
        });
        match earlier {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    groups
}

fn bytes(range: Range) -> Bytes<usize> {
    range.start as usize..range.end as usize
}

/// Whether only documentation stands on the lines between two places.
fn adjoin(chunk: &str, end: usize, start: usize) -> bool {
    let mut between: Vec<&str> = chunk[end..start].split('\n').skip(1).collect();
    between.pop();
    between.iter().all(|line| is_doc(line))
}

fn is_doc(line: &str) -> bool {
    line.trim_start().starts_with("///")
}

fn sorted(lines: &[Line]) -> bool {
    lines.len() > 1 && lines.is_sorted_by_key(Line::key)
}

fn among(chunk: &str, group: &[Line], path: &[String]) -> Spot {
    if sorted(group) {
        return in_order(chunk, group, 0..group.len(), path);
    }
    let of_kind = |line: &Line| line.kind() == kind(path);
    let Some(end) = group.iter().rposition(of_kind).map(|last| last + 1) else {
        return after(chunk, &group[group.len() - 1].bytes);
    };
    let start = group[..end].iter().rposition(|line| !of_kind(line)).map_or(0, |other| other + 1);
    if sorted(&group[start..end]) {
        return in_order(chunk, group, start..end, path);
    }
    after(chunk, &group[end - 1].bytes)
}

/// Behind the last line of a sorted run that sorts before the new one.
fn in_order(chunk: &str, group: &[Line], run: Bytes<usize>, path: &[String]) -> Spot {
    let smaller = group[run.clone()].iter().take_while(|line| line.key() <= key(path)).count();
    match (run.start + smaller).checked_sub(1) {
        Some(previous) => after(chunk, &group[previous].bytes),
        None => before(chunk, &group[0].bytes),
    }
}

/// The last thing that is no `sync FIELD` line: what a map without such lines has.
fn last(map: &Map) -> Bytes<usize> {
    let end = map.lines.last().map(|line| match line {
        MapLine::FindBy { range, .. } | MapLine::Require { range, .. } => *range,
        MapLine::Sync { whole, .. } => *whole,
        // An exception stands deeper; the line itself gives the indentation.
        MapLine::SyncAll { except, range, .. } => {
            except.last().map_or(*range, |name| range.to(name.range))
        }
    });
    bytes(end.or(map.open).unwrap_or_else(|| map.head.after()))
}

/// On a line of its own, behind the line on which something ends.
fn after(chunk: &str, neighbour: &Bytes<usize>) -> Spot {
    let rest = &chunk[neighbour.end..];
    let (line, more) = rest.split_once('\n').unwrap_or((rest, ""));
    let indent = indent(chunk, neighbour.start);
    let newline = newline(chunk);
    let code = line.trim();
    if (code.is_empty() || code.starts_with("//")) && line.len() < rest.len() {
        let at = chunk.len() - more.len();
        return Spot { range: empty(at), before: indent, after: newline };
    }
    // Something else stands on the same line: the map's `}`.
    let blanks = line.len() - line.trim_start().len();
    Spot {
        range: Range { start: offset(neighbour.end), end: offset(neighbour.end + blanks) },
        before: format!("{newline}{indent}"),
        after: newline,
    }
}

/// On a line of its own, before a line and its documentation.
fn before(chunk: &str, neighbour: &Bytes<usize>) -> Spot {
    let head = &chunk[..neighbour.start];
    let mut at = head.rfind('\n').map_or(0, |end| end + 1);
    if !chunk[at..neighbour.start].trim().is_empty() {
        // It stands behind the `{`.
        let before = format!("{}{DEEPER}", newline(chunk));
        let after = newline(chunk);
        return Spot { range: empty(neighbour.start), before, after };
    }
    while let Some(above) = chunk[..at].strip_suffix('\n') {
        let line = above.rfind('\n').map_or(0, |end| end + 1);
        if !is_doc(&above[line..]) {
            break;
        }
        at = line;
    }
    Spot { range: empty(at), before: indent(chunk, neighbour.start), after: newline(chunk) }
}

const DEEPER: &str = "  ";

/// What stands before the code of a line; one step where the line is that of the `{`.
fn indent(chunk: &str, at: usize) -> String {
    let line = chunk[..at].rfind('\n').map_or(0, |end| end + 1);
    let lead = &chunk[line..at];
    if lead.trim().is_empty() && line > 0 && !lead.is_empty() {
        lead.to_owned()
    } else {
        DEEPER.to_owned()
    }
}

fn newline(chunk: &str) -> &'static str {
    if chunk.contains("\r\n") { "\r\n" } else { "\n" }
}

fn empty(at: usize) -> Range {
    Range { start: offset(at), end: offset(at) }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
