//! One line as it is written: blanks between its tokens, and where it is broken.
//!
//! A line that fits stands on one line, however it was written. One that does not is broken at its
//! outermost and loosest operators first, all that are alike at once, then inside brackets. One
//! with comments inside keeps the breaks that its author gave it.

use super::line::{Line, LineKind, Role, Token};
use super::{STEP, WIDTH, column};

/// How loosely a bracket holds together, beside the operators around it: they go first.
const BRACKET: u8 = u8::MAX;
/// A comma goes before all operators, `then` and `else` among them.
const COMMA: u8 = 0;

/// The tokens on one line.
pub(super) fn joined(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    join(tokens, &mut text);
    text
}

fn join(tokens: &[Token<'_>], out: &mut String) {
    for (at, token) in tokens.iter().enumerate() {
        if at > 0 && token.is_apart_from(&tokens[at - 1]) {
            out.push(' ');
        }
        out.push_str(&token.text);
    }
}

fn width_of(tokens: &[Token<'_>]) -> usize {
    let blanks = tokens.windows(2).filter(|pair| pair[1].is_apart_from(&pair[0])).count();
    blanks + tokens.iter().map(Token::width).sum::<usize>()
}

/// Columns of a line that is not broken. A comment behind it does not count.
pub(super) fn width(line: &Line<'_>) -> usize {
    line.depth * STEP + width_of(line.code())
}

/// Writes a line, with what stands between its tokens in `source` where that is to be kept.
pub(super) fn write(line: &Line<'_>, column: usize, source: &str, newline: &str, out: &mut String) {
    let base = line.depth * STEP;
    let code = line.code();
    let comment = line.tokens.get(code.len());
    if line.kind == LineKind::Described
        && let [value, rest @ ..] = code
    {
        indent(base, out);
        out.push_str(&value.text);
        if !rest.is_empty() {
            indent(column::blanks(value.width(), column), out);
            join(rest, out);
        }
    } else if width(line) <= WIDTH && !is_broken_anyway(code) {
        indent(base, out);
        join(code, out);
    } else {
        Layout::new(code, base, source).write(newline, out);
    }
    if let Some(comment) = comment {
        out.push(' ');
        out.push_str(&comment.text);
    }
    out.push_str(newline);
}

fn indent(columns: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', columns));
}

/// Whether these tokens do not stand on one line though they fit.
fn is_broken_anyway(tokens: &[Token<'_>]) -> bool {
    let ends_with_comma =
        |pair: &[Token<'_>]| pair[0].role == Role::Comma && pair[1].role == Role::Close;
    tokens.iter().any(|token| matches!(token.role, Role::TextLine | Role::Comment))
        || tokens.windows(2).any(ends_with_comma)
}

/// A line that is written on several.
struct Layout<'a, 't> {
    tokens: &'a [Token<'t>],
    base: usize,
    source: &'a str,
    /// Whether the author's breaks stay.
    written: bool,
    /// Whether a row begins with the token.
    breaks: Vec<bool>,
    /// The bracket around each token; brackets stand outside of themselves.
    around: Vec<Option<usize>>,
    /// The partner of each bracket.
    partner: Vec<usize>,
    /// How many brackets stand around each token.
    depth: Vec<usize>,
}

/// What one physical line holds.
struct Row {
    from: usize,
    to: usize,
    indent: usize,
}

impl<'a, 't> Layout<'a, 't> {
    fn new(tokens: &'a [Token<'t>], base: usize, source: &'a str) -> Self {
        let written = tokens.iter().any(|token| token.role == Role::Comment);
        let count = tokens.len();
        let mut layout = Self {
            tokens,
            base,
            source,
            written,
            breaks: vec![false; count],
            around: vec![None; count],
            partner: vec![0; count],
            depth: vec![0; count],
        };
        layout.match_brackets();
        layout.forced();
        if written {
            layout.as_written()
        } else {
            layout.narrow()
        }
        layout
    }

    fn match_brackets(&mut self) {
        let mut open: Vec<usize> = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            if token.role == Role::Close
                && let Some(partner) = open.pop()
                && self.tokens[partner].role == Role::Open
            {
                self.partner[partner] = at;
                self.partner[at] = partner;
            }
            self.around[at] = open.last().copied();
            self.depth[at] = open.len();
            if matches!(token.role, Role::Open | Role::TightOpen) {
                open.push(at);
            }
        }
    }

    /// The lines of a text, and the values of a list that ends with a comma.
    fn forced(&mut self) {
        for at in 1..self.tokens.len() {
            let (before, role) = (self.tokens[at - 1].role, self.tokens[at].role);
            if before == Role::TextLine || role == Role::TextLine {
                self.breaks[at] = true;
            }
            if before == Role::Comma && role == Role::Close && !self.written {
                self.break_bracket(self.partner[at]);
            }
        }
    }

    fn as_written(&mut self) {
        for at in 1..self.tokens.len() {
            let (before, token) = (&self.tokens[at - 1], &self.tokens[at]);
            let joins = matches!(token.role, Role::Brace | Role::BraceEnd) || goes_on(token);
            let broken = newlines(self.source, before, token) > 0 && !joins;
            self.breaks[at] |= broken || before.role == Role::Comment;
        }
    }

    fn break_bracket(&mut self, open: usize) {
        let close = self.partner[open];
        if close <= open + 1 {
            return;
        }
        self.breaks[open + 1] = true;
        self.breaks[close] = true;
        for at in open + 2..close {
            if self.around[at] == Some(open) && self.tokens[at - 1].role == Role::Comma {
                self.breaks[at] = true;
            }
        }
    }

    /// Breaks rows that are too long until none is, or they can't be broken.
    fn narrow(&mut self) {
        loop {
            let rows = self.rows();
            let long = rows.iter().filter(|row| self.width(row) > WIDTH);
            let Some((row, loosest)) =
                long.filter_map(|row| Some((row, self.loosest(row)?))).next()
            else {
                return;
            };
            for at in row.from + 1..row.to {
                if self.strength(at) == Some(loosest) {
                    self.break_before(at);
                }
            }
        }
    }

    fn break_before(&mut self, at: usize) {
        if self.tokens[at - 1].role == Role::Open {
            self.break_bracket(at - 1);
        } else {
            self.breaks[at] = true;
        }
    }

    fn loosest(&self, row: &Row) -> Option<(usize, u8)> {
        (row.from + 1..row.to).filter_map(|at| self.strength(at)).min()
    }

    /// How strongly a token holds to the one before it, where the grammar lets a line end there:
    /// brackets around them, then how tightly the operator binds. Inside brackets `then` and `else`
    /// begin a row; elsewhere no row may begin with an operator.
    fn strength(&self, at: usize) -> Option<(usize, u8)> {
        let branch = |at: usize| matches!(&*self.tokens[at].text, "then" | "else");
        let inside = |at: usize| self.around[at].is_some();
        match self.tokens[at - 1].role {
            Role::Open if self.partner[at - 1] > at => Some((self.depth[at - 1], BRACKET)),
            Role::Comma => Some((self.depth[at - 1], COMMA)),
            Role::Operator(binds) if !(branch(at - 1) && inside(at - 1)) => {
                Some((self.depth[at - 1], binds))
            }
            _ => match self.tokens[at].role {
                Role::Operator(binds) if branch(at) && inside(at) => Some((self.depth[at], binds)),
                _ => None,
            },
        }
    }

    fn width(&self, row: &Row) -> usize {
        row.indent + width_of(&self.tokens[row.from..row.to])
    }

    fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        // Where the row begins in which each open bracket stands.
        let mut open = Vec::new();
        let mut indent = self.base;
        for (at, token) in self.tokens.iter().enumerate() {
            if at == 0 || self.breaks[at] {
                if at > 0 {
                    indent = self.indent(at, open.last().copied());
                }
                rows.push(Row { from: at, to: at, indent });
            }
            if let Some(row) = rows.last_mut() {
                row.to = at + 1;
            }
            match token.role {
                Role::Open => open.push(indent),
                Role::Close => drop(open.pop()),
                _ => {}
            }
        }
        rows
    }

    /// Where a row begins that begins with a token, in a bracket that was opened on a row that
    /// begins there.
    fn indent(&self, at: usize, bracket: Option<usize>) -> usize {
        let role = self.tokens[at].role;
        if let Some(opened) = bracket {
            return if role == Role::Close { opened } else { opened + STEP };
        }
        let next = self.tokens[at..].iter().find(|token| token.role != Role::Comment);
        match next {
            Some(next) if next.role == Role::Brace || goes_on(next) => self.base,
            Some(next) if next.role == Role::TextLine => self.base + STEP,
            _ => self.base + 2 * STEP,
        }
    }

    fn write(&self, newline: &str, out: &mut String) {
        for row in self.rows() {
            if row.from > 0 {
                out.push_str(newline);
                if self.keeps_blank_line(row.from) {
                    out.push_str(newline);
                }
            }
            indent(row.indent, out);
            join(&self.tokens[row.from..row.to], out);
        }
    }

    fn keeps_blank_line(&self, at: usize) -> bool {
        let (before, token) = (&self.tokens[at - 1], &self.tokens[at]);
        self.written
            && before.role != Role::Open
            && token.role != Role::Close
            && newlines(self.source, before, token) > 1
    }
}

/// How many lines end between two tokens as they were written.
fn newlines(source: &str, before: &Token<'_>, token: &Token<'_>) -> usize {
    let gap = source.get(before.end..token.start).unwrap_or_default();
    gap.bytes().filter(|byte| *byte == b'\n').count()
}

/// Whether a token goes on behind a block's `}`.
fn goes_on(token: &Token<'_>) -> bool {
    matches!(&*token.text, "else" | "exhausted")
}
