//! The grammar's tree to AST, and the messages for what is missing or does not belong.
//!
//! The tree is walked once, in the order of the text. [`Lower::next`] sees every node first: a
//! missing part waits until it is known what stands in its place, so that "missing" and the junk
//! behind it are one message, and several missing in a row are one too.

mod answer;
mod arms;
mod channel;
mod collect;
mod declaration;
mod expr;
mod foreign;
mod hours;
mod item;
mod junk;
mod number;
mod push;
mod rehearsal;
mod repeat;
mod spoken;
mod step;
mod text;
mod workflow;

pub(super) use expr::precedence;
pub use junk::LineKind;

use tidegate_diagnostics::codes;

use super::ast::{Expr, ExprKind, Item, Name, Path};
use super::parser::{Children, Kind, Node};
use super::problem::Problem;
use crate::source::Range;

/// Blocks within blocks, and expressions within expressions, at most.
const MAX_NESTING: u32 = 32;

/// What comes of a chunk's tree.
pub(super) struct Lowered {
    pub(super) item: Item,
    pub(super) problems: Vec<Problem>,
    /// Lines that begin like none of their kind.
    pub(super) unknown: Vec<(Range, LineKind)>,
}

/// The item of a chunk, and what is wrong with it.
pub(super) fn chunk(text: &str, tree: Children<'_>) -> Lowered {
    let mut lower = Lower::new(text);
    let item = lower.chunk(tree);
    lower.flush();
    let quiet = std::mem::take(&mut lower.quiet);
    let told = |problem: &&Problem| !quiet.iter().any(|range| range.hides(problem));
    let told: Vec<Problem> = lower.problems.iter().filter(told).cloned().collect();
    if !told.is_empty() {
        lower.problems = told;
    }
    Lowered { item, problems: lower.problems, unknown: lower.unknown }
}

/// All that is wrong with a chunk, what follows from something else among it.
pub(super) fn every_problem(text: &str, tree: Children<'_>) -> Vec<Problem> {
    let mut lower = Lower::new(text);
    lower.chunk(tree);
    lower.flush();
    lower.problems
}

/// Where a chunk that can't be read at all is reported.
pub(super) fn first_line(text: &str) -> Range {
    let start = text.len() - text.trim_start().len();
    let line = text[start..].lines().next().unwrap_or_default().trim_end();
    Range { start: offset(start), end: offset(start + line.len()) }
}

/// What is nested so deeply that it is not read.
pub(super) fn too_deep(at: Range) -> Problem {
    Problem::new(codes::BEYOND_LIMITS, at, "this is nested too deeply").help(format!(
        "nest at most {MAX_NESTING} deep: give parts names, or workflows of their own"
    ))
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// One walk over one chunk's tree.
struct Lower<'t> {
    text: &'t str,
    problems: Vec<Problem>,
    /// Lines that begin like none of their kind.
    unknown: Vec<(Range, LineKind)>,
    /// A missing part, until the next token shows what stands in its place.
    pending: Option<Missing>,
    /// Whether junk has just been reported: what is missing behind it is part of it.
    after_junk: bool,
    /// Whether braces don't match; reported once an item, since one lost brace moves all others.
    braces_reported: bool,
    /// Where a mistake has moved all that follows out of its place.
    quiet: Vec<Quiet>,
    /// What the lines are that are walked over.
    lines: junk::LineKind,
    /// Names that `let` gave so far: a word that is one of them needs no quotes.
    lets: Vec<String>,
    /// Where the brackets open that enclose the walk.
    openers: Vec<Range>,
    /// Where the last token ended.
    end: u32,
    blocks: u32,
    nesting: u32,
}

/// A part of the text in which everything follows from the problem at its beginning.
#[derive(Debug, Clone, Copy)]
struct Quiet {
    from: u32,
    to: u32,
}

impl Quiet {
    fn hides(self, problem: &Problem) -> bool {
        self.from < problem.range.start && problem.range.start < self.to
    }
}

#[derive(Debug, Clone, Copy)]
struct Missing {
    kind: Kind,
    /// The end of the token before it.
    at: u32,
    opener: Option<Range>,
    /// Whether the part behind it is missing too.
    and_next: bool,
}

impl<'t> Lower<'t> {
    /// The letter that begins there; nothing at the text's end.
    fn first_letter(&self, start: u32) -> Range {
        let rest = self.text.get(start as usize..).unwrap_or_default();
        let length = rest.chars().next().map_or(0, char::len_utf8);
        Range { start, end: start + offset(length) }
    }

    fn new(text: &'t str) -> Self {
        Self {
            text,
            problems: Vec::new(),
            unknown: Vec::new(),
            pending: None,
            after_junk: false,
            braces_reported: false,
            quiet: Vec::new(),
            lines: junk::LineKind::Step,
            lets: Vec::new(),
            openers: Vec::new(),
            end: 0,
            blocks: 0,
            nesting: 0,
        }
    }

    /// The next node that is really there. Reports what is missing or does not belong before it.
    fn next(&mut self, children: &mut Children<'t>) -> Option<Node<'t>> {
        loop {
            let node = children.next()?;
            match node.kind() {
                Kind::comment | Kind::EOI => {}
                Kind::junk | Kind::head_junk | Kind::group_junk | Kind::hole_junk => {
                    self.junk(&node);
                }
                Kind::open | Kind::close => self.token(&node),
                kind if is_body(kind) => return Some(node),
                kind if super::expected::words(kind).is_some() => self.missing(&node),
                _ => {
                    self.token(&node);
                    return Some(node);
                }
            }
        }
    }

    /// Walks over what is left of a node whose parts have been read.
    fn finish(&mut self, mut children: Children<'t>) {
        while self.next(&mut children).is_some() {}
    }

    fn token(&mut self, node: &Node<'t>) {
        self.flush();
        self.after_junk = false;
        self.end = node.range().end;
    }

    fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// The empty range behind the last token.
    fn here(&self) -> Range {
        Range { start: self.end, end: self.end }
    }

    fn from(&self, start: Range) -> Range {
        Range { start: start.start, end: self.end.max(start.start) }
    }

    fn name(&mut self, node: &Node<'t>) -> Name {
        let name = Name { text: node.text().to_owned(), range: node.range() };
        self.check_name(&name);
        name
    }

    fn absent_name(&self) -> Name {
        Name { text: String::new(), range: self.here() }
    }

    fn check_name(&mut self, name: &Name) {
        if name.text.is_ascii() {
            return;
        }
        self.report(
            Problem::new(
                codes::BAD_NAME,
                name.range,
                format!("the name `{}` has letters other than a to z", name.text),
            )
            .help("names are made of the letters a to z, digits and `_`"),
        );
    }

    fn path(&mut self, node: &Node<'t>) -> Path {
        let range = node.range();
        let mut start = range.start;
        let mut parts = Vec::new();
        for word in node.text().split('.') {
            let end = start + offset(word.len());
            let part = Name { text: word.to_owned(), range: Range { start, end } };
            self.check_name(&part);
            parts.push(part);
            start = end + 1;
        }
        if let Some(last) = parts.last().filter(|last| last.is_missing()) {
            self.report(Problem::new(
                codes::MISSING_PART,
                last.range,
                format!("expected a name after `{}`", node.text()),
            ));
        }
        Path { parts, range }
    }

    fn absent_path(&self) -> Path {
        Path { parts: vec![self.absent_name()], range: self.here() }
    }

    fn absent_expr(&self) -> Expr {
        Expr { kind: ExprKind::Missing, range: self.here() }
    }
}

/// Whether a node only holds others, so that a part missing before it still waits.
fn is_body(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::map_body
            | Kind::data_body
            | Kind::push_body
            | Kind::form_body
            | Kind::text_body
            | Kind::block
            | Kind::arms
            | Kind::inner_arms
            | Kind::values
            | Kind::collect_body
            | Kind::answer_body
            | Kind::test_body
            | Kind::entries
            | Kind::inner_entries
            | Kind::case_entries
            | Kind::after
    )
}
