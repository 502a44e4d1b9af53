//! Texts: quotes, escapes and holes.

use tidegate_diagnostics::codes;

use super::junk::{CURLY, LineKind, first_line, first_word, shorten};
use super::{Lower, Quiet, offset};
use crate::source::Range;
use crate::syntax::ast::{Expr, ExprKind, TemplatePart, Text};
use crate::syntax::parser::{Kind, Node};
use crate::syntax::problem::Problem;

/// Text and holes as they come; neighbouring text is one part.
#[derive(Default)]
struct Template {
    parts: Vec<TemplatePart>,
}

impl Template {
    fn text(&mut self, text: &str) {
        if let Some(TemplatePart::Text(last)) = self.parts.last_mut() {
            last.push_str(text);
        } else if !text.is_empty() {
            self.parts.push(TemplatePart::Text(text.to_owned()));
        }
    }

    fn finish(mut self) -> ExprKind {
        match self.parts.as_mut_slice() {
            [] => ExprKind::Text(String::new()),
            [TemplatePart::Text(text)] => ExprKind::Text(std::mem::take(text)),
            _ => ExprKind::Template(self.parts),
        }
    }
}

impl<'t> Lower<'t> {
    /// A text that may have holes.
    pub(super) fn string(&mut self, node: Node<'t>) -> Expr {
        let range = node.range();
        let mut template = Template::default();
        self.openers.push(range);
        self.template(node, &mut template);
        self.openers.pop();
        Expr { kind: template.finish(), range }
    }

    pub(super) fn text_lines(&mut self, node: Node<'t>) -> Expr {
        let mut range: Option<Range> = None;
        let mut template = Template::default();
        let mut lines = node.children();
        while let Some(line) = self.next(&mut lines) {
            if range.is_some() {
                template.text("\n");
            }
            let at = line.range();
            range = Some(range.map_or(at, |all| all.to(at)));
            self.text_line(line, &mut template);
        }
        Expr { kind: template.finish(), range: range.unwrap_or_else(|| self.here()) }
    }

    /// One blank behind `>` belongs to the sign.
    fn text_line(&mut self, line: Node<'t>, template: &mut Template) {
        let mut parts = line.children();
        let mut first = true;
        while let Some(part) = self.next(&mut parts) {
            if first && part.kind() == Kind::line_chars {
                template.text(part.text().strip_prefix(' ').unwrap_or(part.text()));
            } else {
                self.template_part(part, template);
            }
            first = false;
        }
    }

    fn template(&mut self, node: Node<'t>, template: &mut Template) {
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            self.template_part(part, template);
        }
    }

    fn template_part(&mut self, part: Node<'t>, template: &mut Template) {
        match part.kind() {
            Kind::chars | Kind::line_chars => template.text(part.text()),
            Kind::escape => {
                let text = self.escape(&part);
                template.text(text);
            }
            Kind::stray_brace => self.report(
                Problem::new(codes::BAD_ESCAPE, part.range(), "this `}` closes no hole")
                    .replace(part.range(), "\\}"),
            ),
            Kind::hole => {
                let hole = self.hole(part);
                template.parts.push(TemplatePart::Hole(hole));
            }
            _ => {}
        }
    }

    fn escape(&mut self, node: &Node<'t>) -> &'static str {
        match node.text() {
            "\\n" => "\n",
            "\\t" => "\t",
            "\\\"" => "\"",
            "\\\\" => "\\",
            "\\{" => "{",
            "\\}" => "}",
            other => {
                let message = format!("`{other}` stands for nothing");
                self.report(
                    Problem::new(codes::BAD_ESCAPE, node.range(), message)
                        .help("a text knows `\\n`, `\\t`, `\\\"`, `\\\\`, `\\{` and `\\}`; a pattern goes into '…'"),
                );
                ""
            }
        }
    }

    fn hole(&mut self, node: Node<'t>) -> Expr {
        let start = node.range().start;
        self.openers.push(Range { start, end: start + 1 });
        let (reported, mut hole) = (self.problems.len(), None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::flat {
                hole = Some(self.expression(part));
            }
        }
        self.openers.pop();
        let mut hole = hole.unwrap_or_else(|| self.absent_expr());
        if self.problems.len() > reported || self.pending.is_some() {
            // Nobody knows what was meant to be shown, so nothing is to be said about it.
            hole.kind = ExprKind::Missing;
        }
        hole
    }

    /// A text that can't have holes: a label, a pattern, a list value.
    pub(super) fn plain_text(&mut self, node: Node<'t>) -> Text {
        let range = node.range();
        let text = match node.kind() {
            Kind::raw => self.raw(node),
            Kind::curly => {
                self.curly(range);
                node.text().trim_matches(CURLY).to_owned()
            }
            _ => self.text_without_holes(node),
        };
        Text { text, range }
    }

    fn text_without_holes(&mut self, node: Node<'t>) -> String {
        let reported = self.problems.len();
        let string = self.string(node).kind;
        // A pattern in double quotes: the first escape says so already.
        let escapes = self.problems[reported..].iter().any(|found| found.code == codes::BAD_ESCAPE);
        let template = match string {
            ExprKind::Text(text) => return text,
            ExprKind::Template(parts) => parts,
            _ => return String::new(),
        };
        let mut text = String::new();
        for part in template {
            match part {
                TemplatePart::Text(piece) => text.push_str(&piece),
                TemplatePart::Hole(_) if escapes => {}
                TemplatePart::Hole(hole) => self.hole_in_plain_text(hole.range),
            }
        }
        text
    }

    /// A hole where the text is the same for everybody.
    pub(super) fn hole_in_plain_text(&mut self, at: Range) {
        let message = "this text is the same for everybody and can't have holes";
        self.report(
            Problem::new(codes::HOLE_NOT_ALLOWED, at, message)
                .help("write `\\{` for a brace, or put a pattern into '…'"),
        );
    }

    pub(super) fn raw(&mut self, node: Node<'t>) -> String {
        self.openers.push(node.range());
        let mut text = String::new();
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::raw_chars {
                part.text().clone_into(&mut text);
            }
        }
        self.openers.pop();
        text
    }

    /// Single quotes take a text as it stands, so a hole in it would be shown to the customer.
    pub(super) fn check_raw(&mut self, text: &str, range: Range) {
        let spaces = ["{person.", "{conversation.", "{session."];
        if spaces.iter().any(|hole| text.contains(hole)) {
            self.report(
                Problem::new(
                    codes::HOLE_NOT_ALLOWED,
                    range,
                    "a text in single quotes is taken as it stands and can't have holes",
                )
                .help("write it in double quotes: `\"…\"`"),
            );
        }
    }

    /// A text without its quotes: the words up to the end of the line.
    pub(super) fn bare_text(&mut self, word: Range) {
        let rest = &self.text[word.start as usize..];
        let line = first_line(rest);
        let line = line.split('{').next().unwrap_or(line).trim_end();
        let range = Range { start: word.start, end: word.start + offset(line.len()) };
        let name = line.strip_suffix(';').map_or("", str::trim_end);
        if !name.is_empty() && name == first_word(name) {
            let at = Range { start: range.start + offset(name.len()), end: range.end };
            let problem = Problem::new(codes::UNEXPECTED_TEXT, at, "unexpected `;`");
            let help = "a line needs no `;` at its end";
            return self.report(problem.replace(at, "").help(help));
        }
        let message = format!("expected a text in quotes, found `{}`", shorten(line));
        let problem = Problem::new(codes::MISSING_PART, range, message);
        self.report(
            problem.replace(range, format!("\"{line}\"")).help("a text stands in quotes: `\"…\"`"),
        );
    }

    /// Where a text goes on over lines until a quote that nothing else opened, these are the text.
    fn quiet_up_to_the_quote(&mut self, quote: char, from: u32) {
        const LINES: usize = 5;
        let mut to = from as usize;
        let mut lines = self.text[to..].split_inclusive('\n');
        to += lines.next().map_or(0, str::len);
        for line in lines.take(LINES) {
            let word = first_word(line.trim_start());
            if LineKind::Step.words().contains(&word) || word.is_empty() {
                return;
            }
            to += line.len();
            if line.matches(quote).count() % 2 == 1 {
                self.quiet.push(Quiet { from, to: offset(to) });
                return;
            }
        }
    }

    /// Reports a text whose quote is missing at its line's end.
    pub(super) fn unclosed_text(&mut self, opener: Range, end: u32) {
        let quote = self.text[opener.start as usize..].chars().next().unwrap_or('"');
        let at = Range { start: opener.start, end: end.max(opener.start + 1) };
        let here = Range { start: end, end };
        self.report(
            Problem::new(codes::UNCLOSED_TEXT, at, "this text has no closing quote")
                .also(here, "a text ends with its line at the latest")
                .replace(here, quote)
                .help(format!(
                    "write `{quote}` where it ends; a text of several lines is a run of lines that begin with `>`"
                )),
        );
        self.quiet_up_to_the_quote(quote, end);
        self.end = self.end.max(end.min(offset(self.text.len())));
    }
}
