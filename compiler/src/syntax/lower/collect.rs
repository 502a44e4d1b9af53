//! The lines of a form.

use super::Lower;
use super::junk::LineKind;
use crate::source::Range;
use crate::syntax::ast::{CollectLine, FileLine, Form, Name, OutcomeArm, Text, Wording};
use crate::syntax::parser::{Kind, Node};

/// What stands in a form.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) fields: Vec<CollectLine>,
    pub(super) files: Vec<FileLine>,
    pub(super) arms: Vec<OutcomeArm>,
}

impl<'t> Lower<'t> {
    pub(super) fn form(&mut self, node: Node<'t>, doc: Option<String>) -> Form {
        let start = node.range();
        let (mut name, mut lines, mut head) = (None, Lines::default(), start);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::form_name => name = Some(self.name(&part)),
                Kind::form_body => {
                    head = self.from(start);
                    let reported = self.problems.len();
                    lines = self.collect_lines(part);
                    self.asks_for_something(start, &lines, reported);
                }
                _ => {}
            }
        }
        let name = name.unwrap_or(Name { text: String::new(), range: head.after() });
        let Lines { fields, files, arms: _ } = lines;
        Form { doc, name, fields, files, head }
    }

    /// Reports a form without lines, unless something else was reported of it.
    pub(super) fn asks_for_something(&mut self, start: Range, lines: &Lines, reported: usize) {
        let nothing = lines.fields.is_empty() && lines.files.is_empty();
        if nothing && self.problems.len() == reported {
            self.empty(
                self.from(start),
                "this form asks for nothing",
                "write a line for each attribute, such as `conversation.Subject required`",
            );
        }
    }

    pub(super) fn using_form(&mut self, node: Node<'t>) -> Name {
        let mut name = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::form_name {
                name = Some(self.name(&part));
            }
        }
        name.unwrap_or_else(|| self.absent_name())
    }

    pub(super) fn collect_lines(&mut self, node: Node<'t>) -> Lines {
        let mut found = Lines::default();
        let mut lines = node.children();
        let around = std::mem::replace(&mut self.lines, LineKind::Collect);
        while let Some(line) = self.next(&mut lines) {
            match line.kind() {
                Kind::collect_field => found.fields.push(self.collect_field(line)),
                Kind::file_line => found.files.push(self.file_line(line)),
                Kind::arm => found.arms.extend(self.outcome_arm_of(line)),
                Kind::unknown_line => self.unknown_line(line, LineKind::Collect),
                _ => {}
            }
        }
        self.lines = around;
        found
    }

    fn file_line(&mut self, node: Node<'t>) -> FileLine {
        let range = node.range();
        let (mut name, mut required, mut label, mut help) = (None, None, None, None);
        let mut rules = Vec::new();
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            let at = part.range();
            let twice = match part.kind() {
                Kind::file_name => {
                    name = Some(self.name(&part));
                    false
                }
                Kind::required => required.replace(at).is_some(),
                Kind::field_label => replaced(&mut label, self.option_text(part)),
                Kind::help => replaced(&mut help, self.option_text(part)),
                Kind::matches => {
                    rules.push(("matches", at));
                    drop(self.pattern_option(part));
                    false
                }
                kind @ (Kind::min | Kind::max) => {
                    rules.push((if kind == Kind::min { "min" } else { "max" }, at));
                    drop(self.limit(part));
                    false
                }
                _ => false,
            };
            if twice {
                let text = self.text;
                let word = super::junk::first_word(&text[at.start as usize..]);
                self.twice(at, word);
            }
        }
        let name = name.unwrap_or_else(|| self.absent_name());
        FileLine { name, required, label, help, rules, range }
    }

    fn collect_field(&mut self, node: Node<'t>) -> CollectLine {
        let mut line = CollectLine {
            place: self.absent_path(),
            required: None,
            label: None,
            help: None,
            matches: None,
            min: None,
            max: None,
            range: node.range(),
        };
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            let (at, kind) = (part.range(), part.kind());
            let twice = match kind {
                Kind::place => {
                    line.place = self.path(&part);
                    false
                }
                Kind::required => line.required.replace(at).is_some(),
                Kind::field_label => replaced(&mut line.label, self.option_text(part)),
                Kind::help => replaced(&mut line.help, self.option_text(part)),
                Kind::matches => replaced(&mut line.matches, self.pattern_option(part)),
                Kind::min | Kind::max => {
                    let slot = if kind == Kind::min { &mut line.min } else { &mut line.max };
                    let limit = self.limit(part);
                    replaced(slot, limit)
                }
                _ => false,
            };
            if twice {
                let text = self.text;
                let word = super::junk::first_word(&text[at.start as usize..]);
                self.twice(at, word);
            }
        }
        line
    }

    fn option_text(&mut self, node: Node<'t>) -> Option<Wording> {
        let mut text = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if is_wording(part.kind()) {
                text = Some(self.wording(part));
            }
        }
        text
    }

    fn wording(&mut self, part: Node<'t>) -> Wording {
        if part.kind() == Kind::text_used {
            return Wording::Named(self.name(&part));
        }
        Wording::Quoted(self.plain_text(part))
    }

    fn pattern_option(&mut self, node: Node<'t>) -> Option<(Text, Option<Wording>)> {
        let (mut pattern, mut otherwise, mut behind_else) = (None, None, false);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::kw_else => behind_else = true,
                kind if is_wording(kind) && behind_else => otherwise = Some(self.wording(part)),
                kind if is_text(kind) => pattern = Some(self.plain_text(part)),
                _ => {}
            }
        }
        Some((pattern?, otherwise))
    }

    fn limit(&mut self, node: Node<'t>) -> Option<crate::syntax::ast::Expr> {
        let mut limit = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if !matches!(part.kind(), Kind::kw_min | Kind::kw_max) {
                limit = Some(self.operand(part));
            }
        }
        limit
    }
}

fn is_text(kind: Kind) -> bool {
    matches!(kind, Kind::string | Kind::raw | Kind::curly)
}

fn is_wording(kind: Kind) -> bool {
    is_text(kind) || kind == Kind::text_used
}

/// Puts a value into a slot; whether another one was there.
fn replaced<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let twice = slot.is_some();
    *slot = value.or(slot.take());
    twice
}
