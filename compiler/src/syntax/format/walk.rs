//! A chunk's tree to lines of tokens.
//!
//! A node without parts is a token and any other is walked through, so a rule needs a word here only
//! where it is written otherwise: bodies, brackets, texts, and what is not understood.

use std::borrow::Cow;

use super::WIDTH;
use super::line::{Line, LineKind, Role, Token};
use crate::syntax::expected;
use crate::syntax::lower::precedence;
use crate::syntax::parser::{Children, Kind, Node};

/// The lines of a chunk.
pub(super) struct Walked<'t> {
    pub(super) lines: Vec<Line<'t>>,
    /// Whether the braces match, so that the lines are what they seem to be.
    pub(super) balanced: bool,
}

/// Walks over a chunk's tree, which was made of `clean`; the tokens are those of `source`, which is
/// as long.
pub(super) fn lines<'t>(source: &'t str, clean: &'t str, tree: Children<'t>) -> Walked<'t> {
    let mut walk = Walk::new(source, clean);
    walk.chunk(tree);
    walk.end_line();
    Walked { lines: walk.lines, balanced: walk.balanced }
}

/// Whether a comma is one behind which the line may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Loose,
    Tight,
}

struct Walk<'t> {
    source: &'t str,
    clean: &'t str,
    lines: Vec<Line<'t>>,
    /// The line that has begun.
    line: Line<'t>,
    /// Where the last token ended.
    end: usize,
    depth: usize,
    brackets: Vec<Bracket>,
    balanced: bool,
}

impl<'t> Walk<'t> {
    fn new(source: &'t str, clean: &'t str) -> Self {
        Self {
            source,
            clean,
            lines: Vec::new(),
            line: Line::default(),
            end: 0,
            depth: 0,
            brackets: Vec::new(),
            balanced: true,
        }
    }

    fn chunk(&mut self, tree: Children<'t>) {
        for node in tree {
            match node.kind() {
                Kind::EOI => {}
                Kind::comment => self.comment_between(&node),
                Kind::doc => self.own_line(&node),
                _ => {
                    self.begin_line(0, LineKind::Item);
                    self.node(node);
                }
            }
        }
    }

    fn node(&mut self, node: Node<'t>) {
        match node.kind() {
            Kind::expr | Kind::wide | Kind::flat => self.parts(node),
            Kind::string | Kind::raw | Kind::curly => self.text(node),
            Kind::text_lines => {
                for line in node.children() {
                    self.text_line(line);
                }
            }
            Kind::group | Kind::flat_group | Kind::list | Kind::flat_list | Kind::values_wanted => {
                self.bracket(node, Role::Open, Bracket::Loose);
            }
            Kind::type_arguments => self.bracket(node, Role::TightOpen, Bracket::Tight),
            Kind::group_close | Kind::list_close => self.leaf(&node, Role::Close),
            Kind::infix => self.leaf(&node, operator(&node)),
            Kind::colon => self.leaf(&node, Role::Colon),
            Kind::comment => self.leaf(&node, Role::Comment),
            Kind::junk | Kind::head_junk | Kind::group_junk | Kind::hole_junk => {
                self.leaf(&node, Role::Word);
                self.line.broken = true;
            }
            Kind::missing_open
            | Kind::missing_close
            | Kind::after
            | Kind::rest
            | Kind::unknown_item => self.balanced = false,
            kind if expected::words(kind).is_some() => self.missing(),
            _ => self.other(node),
        }
    }

    fn other(&mut self, node: Node<'t>) {
        let mut parts = node.clone().children();
        let Some(first) = parts.next() else { return self.leaf(&node, Role::Word) };
        if first.kind() == Kind::open || parts.any(|part| part.kind() == Kind::open) {
            self.body(node);
        } else {
            self.parts(node);
        }
    }

    fn parts(&mut self, node: Node<'t>) {
        let end = node.start() + node.text().len();
        for part in node.children() {
            self.node(part);
        }
        self.signs_before(end);
    }

    /// Something is missing here. Nothing of it is left in the text, so what it would have belonged
    /// to stays as it is.
    fn missing(&mut self) {
        let line = if self.line.tokens.is_empty() { self.lines.last_mut() } else { None };
        line.unwrap_or(&mut self.line).broken = true;
    }

    // ---- lines ----

    fn begin_line(&mut self, depth: usize, kind: LineKind) {
        self.end_line();
        self.line.depth = depth;
        self.line.kind = kind;
    }

    fn end_line(&mut self) {
        let next = Line { depth: self.depth, ..Line::default() };
        let line = std::mem::replace(&mut self.line, next);
        match line.inline {
            Some(inner) if !line.broken && super::layout::width(&line) > WIDTH => {
                self.unfold(line, inner);
            }
            _ if line.tokens.is_empty() => {}
            _ => self.lines.push(line),
        }
    }

    /// A block that is too long for one line after all.
    fn unfold(&mut self, line: Line<'t>, inner: LineKind) {
        let Line { mut tokens, depth, kind, .. } = line;
        let is = |role| move |token: &Token<'_>| token.role == role;
        let open = tokens.iter().position(is(Role::Brace)).map_or(0, |at| at + 1);
        let close = tokens.iter().rposition(is(Role::BraceEnd)).unwrap_or(tokens.len());
        let end = tokens.split_off(close);
        let inside = tokens.split_off(open);
        let line = |tokens, depth, kind| Line { tokens, depth, kind, ..Line::default() };
        self.lines.push(line(tokens, depth, kind));
        for entry in entries(inside) {
            self.lines.push(line(entry, depth + 1, inner));
        }
        self.lines.push(line(end, depth, LineKind::Code));
    }

    /// A comment between two lines: behind the first, or a line itself.
    fn comment_between(&mut self, node: &Node<'t>) {
        let same_line = !self.source[self.end..node.start()].contains('\n');
        if same_line && !self.line.tokens.is_empty() {
            self.leaf(node, Role::Comment);
        } else {
            self.own_line(node);
        }
    }

    fn own_line(&mut self, node: &Node<'t>) {
        self.begin_line(self.depth, LineKind::Comment);
        self.leaf(node, Role::Comment);
        self.end_line();
    }

    // ---- bodies ----

    fn body(&mut self, node: Node<'t>) {
        let inline = self.stays_on_a_line(&node);
        let mut opened = false;
        let mut entry = None;
        for part in node.children() {
            match part.kind() {
                Kind::open => {
                    opened = true;
                    self.leaf(&part, Role::Brace);
                    self.depth += 1;
                }
                Kind::close => {
                    self.signs_before(part.start());
                    self.close(&part, inline);
                }
                Kind::comment if opened => self.comment_between(&part),
                Kind::doc => self.own_line(&part),
                Kind::comment | Kind::junk | Kind::head_junk => self.node(part),
                Kind::missing_open | Kind::missing_close => self.balanced = false,
                kind => {
                    // A comma belongs to what stands before it.
                    self.signs_before(part.start());
                    if inline {
                        self.line.inline = Some(line_kind(kind));
                    } else {
                        self.begin_entry(kind, entry);
                    }
                    entry = Some(kind);
                    let end = part.start() + part.text().len();
                    self.node(part);
                    self.signs_before(end);
                }
            }
        }
    }

    fn close(&mut self, node: &Node<'t>, inline: bool) {
        self.depth = self.depth.saturating_sub(1);
        let empty = self.line.tokens.last().is_some_and(|last| last.role == Role::Brace);
        if !inline && !empty {
            self.begin_line(self.depth, LineKind::Code);
        }
        self.leaf(node, Role::BraceEnd);
    }

    /// Exceptions stand further in than the `sync *` or `send all` that they belong to, with their comments.
    fn begin_entry(&mut self, kind: Kind, before: Option<Kind>) {
        let belongs = match kind {
            Kind::except => matches!(before, Some(Kind::sync_all | Kind::except)),
            Kind::send_except => matches!(before, Some(Kind::send_all | Kind::send_except)),
            _ => false,
        };
        if !belongs {
            return self.begin_line(self.depth, line_kind(kind));
        }
        self.end_line();
        let own = |line: &&mut Line<'_>| line.kind == LineKind::Comment;
        self.lines.iter_mut().rev().take_while(own).for_each(|line| line.depth = self.depth + 1);
        self.begin_line(self.depth + 1, line_kind(kind));
    }

    /// A form or list of one line may stand on the line of its braces, if it was written so; what a
    /// line of a test names, however much it is.
    fn stays_on_a_line(&self, node: &Node<'t>) -> bool {
        let one = matches!(node.kind(), Kind::values | Kind::collect_body);
        let several = matches!(
            node.kind(),
            Kind::entries | Kind::inner_entries | Kind::case_entries | Kind::routed_entries
        );
        let mut inside = node.clone().children();
        (one || several)
            && !node.text().trim_end().contains('\n')
            && (several || node.clone().children().count() == 3)
            && inside.nth(1).is_some()
            && node.clone().children().all(|its| its.kind() != Kind::comment)
    }

    // ---- tokens ----

    fn leaf(&mut self, node: &Node<'t>, role: Role) {
        let (start, length) = (node.start(), node.text().len());
        let source = self.source;
        let mut text = &source[start..start + length];
        if role == Role::Comment {
            text = text.trim_end_matches(BLANKS);
        }
        // What crosses lines is nothing that a line of the style could hold.
        self.line.broken |= text.contains('\n');
        self.push(one_blank_each(text, role), role, start, start + length);
    }

    fn bracket(&mut self, node: Node<'t>, role: Role, kind: Bracket) {
        let (start, end) = (node.start(), node.start() + node.text().len());
        self.push(Cow::Borrowed(&self.source[start..=start]), role, start, start + 1);
        self.brackets.push(kind);
        for part in node.children() {
            self.node(part);
        }
        self.signs_before(end);
        self.brackets.pop();
    }

    fn push(&mut self, text: Cow<'t, str>, role: Role, start: usize, end: usize) {
        self.signs_before(start);
        self.line.tokens.push(Token { text, role, start, end });
        self.end = end;
    }

    /// The signs that the grammar has no rules for, such as commas.
    fn signs_before(&mut self, to: usize) {
        let from = self.end.min(to);
        for (at, sign) in self.clean[from..to].char_indices() {
            if sign.is_ascii_whitespace() {
                continue;
            }
            let (start, end) = (from + at, from + at + sign.len_utf8());
            let role = match (sign, self.brackets.last()) {
                (',', Some(Bracket::Tight)) => Role::TightComma,
                (',', _) => Role::Comma,
                _ => Role::Word,
            };
            let text = Cow::Borrowed(&self.source[start..end]);
            self.line.tokens.push(Token { text, role, start, end });
        }
        self.end = self.end.max(to);
    }

    // ---- texts ----

    fn text(&mut self, node: Node<'t>) {
        let (start, end) = (node.start(), node.start() + node.text().len());
        let text = self.template(node, start);
        self.push(text, Role::Word, start, end);
    }

    /// One blank stands behind the sign; the rest is the text's own, blanks at its end too.
    fn text_line(&mut self, node: Node<'t>) {
        let (start, end) = (node.start(), node.start() + node.text().len());
        let text = self.template(node, start);
        let text = match text.strip_prefix('>') {
            Some("" | " ") => Cow::Borrowed(">"),
            Some(content) if !content.starts_with(' ') => Cow::Owned(format!("> {content}")),
            _ => text,
        };
        self.push(text, Role::TextLine, start, end);
    }

    /// A text as it stands, but for the expressions in its holes.
    fn template(&mut self, node: Node<'t>, start: usize) -> Cow<'t, str> {
        let source = self.source;
        let end = start + node.text().len();
        let (mut text, mut copied) = (String::new(), start);
        for part in node.children() {
            if expected::words(part.kind()).is_some() {
                self.line.broken = true;
            }
            if part.kind() != Kind::hole {
                continue;
            }
            let (from, to) = (part.start(), part.start() + part.text().len());
            text.push_str(&source[copied..from]);
            text.push_str(&self.hole(part));
            copied = to;
        }
        if copied == start {
            return Cow::Borrowed(&source[start..end]);
        }
        text.push_str(&source[copied..end]);
        Cow::Owned(text)
    }

    fn hole(&mut self, node: Node<'t>) -> String {
        let mut inside = Walk::new(self.source, self.clean);
        inside.end = node.start() + 1;
        for part in node.children().filter(|part| part.kind() != Kind::close) {
            inside.node(part);
        }
        self.line.broken |= inside.line.broken || !inside.balanced;
        format!("{{{}}}", super::layout::joined(&inside.line.tokens))
    }
}

/// Tokens cut behind the commas that stand in no brackets.
fn entries(tokens: Vec<Token<'_>>) -> Vec<Vec<Token<'_>>> {
    let (mut entries, mut depth) = (vec![Vec::new()], 0u32);
    for token in tokens {
        match token.role {
            Role::Open | Role::TightOpen => depth += 1,
            Role::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends = depth == 0 && token.role == Role::Comma;
        entries.last_mut().into_iter().for_each(|entry| entry.push(token.clone()));
        if ends {
            entries.push(Vec::new());
        }
    }
    entries.retain(|entry| !entry.is_empty());
    entries
}

const BLANKS: [char; 3] = [' ', '\t', '\r'];

/// Words of several, such as `no agent`, stand one blank apart.
fn one_blank_each(text: &str, role: Role) -> Cow<'_, str> {
    let word = matches!(role, Role::Word | Role::Operator(_));
    let apart = word && text.starts_with(|first: char| first.is_ascii_alphabetic());
    if !apart || !text.contains(BLANKS) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
}

fn line_kind(kind: Kind) -> LineKind {
    if kind == Kind::described { LineKind::Described } else { LineKind::Code }
}

fn operator(node: &Node<'_>) -> Role {
    // A list stands right behind its `in`.
    if node.text() == "in" { Role::Binding } else { Role::Operator(precedence(node)) }
}
