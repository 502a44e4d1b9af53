//! `workflow`, and blocks of steps.

use tidegate_diagnostics::codes;
use tidegate_plan::model::Visit;

use super::junk::LineKind;
use super::{Lower, too_deep};
use crate::source::Range;
use crate::syntax::ast::{Block, Defaults, Expr, Name, Once, Step, Trigger, Workflow};
use crate::syntax::parser::{Kind, Node};
use crate::syntax::problem::Problem;

/// What stands in a workflow's own block beside its steps.
#[derive(Default)]
struct Frame {
    trigger: Option<Trigger>,
    defaults: Option<Defaults>,
}

impl<'t> Lower<'t> {
    pub(super) fn workflow(&mut self, node: Node<'t>, doc: Option<String>) -> Workflow {
        let start = node.range();
        let (mut name, mut body) = (None, Block::default());
        let (mut head, mut frame) = (start, Frame::default());
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::workflow_name => name = Some(self.name(&part)),
                Kind::block => {
                    head = self.from(start);
                    body = self.steps(part, Some(&mut frame));
                }
                _ => {}
            }
        }
        let name = name.unwrap_or(Name { text: String::new(), range: head.after() });
        Workflow { doc, name, trigger: frame.trigger, body, defaults: frame.defaults, head }
    }

    pub(super) fn block(&mut self, node: Node<'t>) -> Block {
        if self.blocks >= super::MAX_NESTING {
            let range = node.range();
            self.report(too_deep(self.first_letter(range.start)));
            return Block { steps: Vec::new(), range };
        }
        self.blocks += 1;
        let block = self.steps(node, None);
        self.blocks -= 1;
        block
    }

    fn steps(&mut self, node: Node<'t>, mut frame: Option<&mut Frame>) -> Block {
        let range = node.range();
        let mut steps: Vec<Step> = Vec::new();
        let mut lines = node.children();
        let around = std::mem::replace(&mut self.lines, LineKind::Step);
        while let Some(line) = self.next(&mut lines) {
            match line.kind() {
                Kind::unknown_line => {
                    steps.push(unknown(line.range()));
                    self.unknown_line(line, LineKind::Step);
                }
                Kind::trigger => self.trigger(line, frame.as_deref_mut(), steps.is_empty()),
                Kind::defaults => self.defaults(line, frame.as_deref_mut()),
                _ => steps.push(self.step(line)),
            }
        }
        self.lines = around;
        Block { steps, range }
    }

    fn trigger(&mut self, node: Node<'t>, frame: Option<&mut Frame>, first: bool) {
        let range = node.range();
        let (mut event, mut when, mut once, mut before) = (None, None, None, Vec::new());
        let mut after = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::kw_open | Kind::kw_message => event = Some(self.name(&part)),
                Kind::when_clause => when = self.guard(part),
                Kind::once_clause => once = self.once(part),
                Kind::before_clause => before = self.earlier(part),
                Kind::agent_reply => event = Some(self.agent_reply(part)),
                Kind::visit_event => (event, after) = self.visit(part),
                Kind::unknown_event => self.report(
                    Problem::new(
                        codes::UNKNOWN_LINE,
                        part.range(),
                        format!("`{}` is no event", part.text()),
                    )
                    .help("write `on visit`, `on open`, `on message` or `on agent reply`"),
                ),
                _ => {}
            }
        }
        let Some(event) = event else { return };
        let trigger = Trigger { event, after, when, once, before, range };
        match frame {
            Some(frame) if frame.trigger.is_some() => self.twice(range, "on"),
            Some(frame) if first => frame.trigger = Some(trigger),
            Some(frame) => {
                self.out_of_place(range, "`on` stands above the steps", "move it to the top");
                frame.trigger = Some(trigger);
            }
            None => self.out_of_place(
                range,
                "`on` stands at the top of a workflow, not in a block",
                "move it right below `workflow`",
            ),
        }
    }

    /// A visit, and after how long it is one.
    fn visit(&mut self, node: Node<'t>) -> (Option<Name>, Option<u64>) {
        let (mut event, mut after) = (None, None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::kw_visit => event = Some(self.name(&part)),
                Kind::number => after = self.after_a_visit(part.text(), part.range()),
                _ => {}
            }
        }
        (event, after)
    }

    fn after_a_visit(&mut self, text: &str, range: Range) -> Option<u64> {
        let after = self.duration(text, range)?;
        if after <= Visit::MAX_MS {
            return Some(after);
        }
        let message = format!("`{text}` is longer than a page tells of a visit");
        self.report(
            Problem::new(codes::BEYOND_LIMITS, range, message)
                .help("write `30m` at most: whoever stays longer has left the page open"),
        );
        None
    }

    /// Two words that name one event.
    fn agent_reply(&mut self, node: Node<'t>) -> Name {
        let range = node.range();
        let mut parts = node.children();
        while self.next(&mut parts).is_some() {}
        Name { text: Trigger::AGENT_REPLY.to_owned(), range }
    }

    fn guard(&mut self, node: Node<'t>) -> Option<Expr> {
        let mut found = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::expr {
                found = Some(self.expression(part));
            }
        }
        found
    }

    fn once(&mut self, node: Node<'t>) -> Option<Once> {
        let range = node.range();
        let (mut period, mut zone) = (None, None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::kw_visit | Kind::kw_day | Kind::kw_person => period = Some(self.name(&part)),
                Kind::pipe_zone => zone = self.zone(part),
                _ => {}
            }
        }
        Some(Once { period: period?, zone, range })
    }

    fn earlier(&mut self, node: Node<'t>) -> Vec<Name> {
        let mut found = Vec::new();
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::workflow_name {
                found.push(self.name(&part));
            }
        }
        found
    }

    fn defaults(&mut self, node: Node<'t>, frame: Option<&mut Frame>) {
        let mut range = node.range();
        range.end = range.start + 8;
        let mut arms = Vec::new();
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::arms {
                arms = self.outcome_arms(part);
            }
        }
        match frame {
            Some(frame) if frame.defaults.is_some() => self.twice(range, "defaults"),
            Some(frame) => frame.defaults = Some(Defaults { arms, range }),
            None => self.out_of_place(
                range,
                "`defaults` belongs to a whole workflow, not to a block in it",
                "move it to the end of the workflow",
            ),
        }
    }

    pub(super) fn twice(&mut self, at: Range, what: &str) {
        self.report(
            Problem::new(codes::GIVEN_TWICE, at, format!("`{what}` is given twice"))
                .help("keep one of them"),
        );
    }

    pub(super) fn out_of_place(&mut self, at: Range, message: &str, help: &str) {
        self.report(Problem::new(codes::OUT_OF_PLACE, at, message).help(help));
    }
}

pub(super) fn unknown(range: Range) -> Step {
    Step { kind: crate::syntax::ast::StepKind::Unknown, label: None, range }
}
