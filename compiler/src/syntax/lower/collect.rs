//! The lines of a form.

use super::Lower;
use super::junk::LineKind;
use crate::source::Range;
use crate::syntax::ast::{CollectLine, Form, Name, OutcomeArm, Text, Wording};
use crate::syntax::parser::{Kind, Node};

impl<'t> Lower<'t> {
    pub(super) fn form(&mut self, node: Node<'t>, doc: Option<String>) -> Form {
        let start = node.range();
        let (mut name, mut fields, mut head) = (None, Vec::new(), start);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::form_name => name = Some(self.name(&part)),
                Kind::form_body => {
                    head = self.from(start);
                    let reported = self.problems.len();
                    (fields, _) = self.collect_lines(part);
                    self.asks_for_something(start, &fields, reported);
                }
                _ => {}
            }
        }
        let name = name.unwrap_or(Name { text: String::new(), range: head.after() });
        Form { doc, name, fields, head }
    }

    /// Reports a form without lines, unless something else was reported of it.
    pub(super) fn asks_for_something(
        &mut self,
        start: Range,
        fields: &[CollectLine],
        reported: usize,
    ) {
        if fields.is_empty() && self.problems.len() == reported {
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

    pub(super) fn collect_lines(&mut self, node: Node<'t>) -> (Vec<CollectLine>, Vec<OutcomeArm>) {
        let (mut fields, mut arms) = (Vec::new(), Vec::new());
        let mut lines = node.children();
        let around = std::mem::replace(&mut self.lines, LineKind::Collect);
        while let Some(line) = self.next(&mut lines) {
            match line.kind() {
                Kind::collect_field => fields.push(self.collect_field(line)),
                Kind::arm => arms.extend(self.outcome_arm_of(line)),
                Kind::future_collect_line => self.not_yet_line(line),
                Kind::unknown_line => self.unknown_line(line, LineKind::Collect),
                _ => {}
            }
        }
        self.lines = around;
        (fields, arms)
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
