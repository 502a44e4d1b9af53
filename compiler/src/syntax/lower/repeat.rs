//! `repeat up to N { … } exhausted => …`.

use tidegate_diagnostics::codes;

use super::{Lower, arms};
use crate::source::Range;
use crate::syntax::ast::{Block, Name, Step, StepKind};
use crate::syntax::parser::{Kind, Node};
use crate::syntax::problem::Problem;

/// Rounds at most.
const MOST: u32 = 100;

impl<'t> Lower<'t> {
    pub(super) fn repeat_step(&mut self, node: Node<'t>) -> Step {
        let start = node.range();
        let (mut up_to, mut range, mut label) = (None, start, None::<Name>);
        let (mut body, mut exhausted) = (Block::default(), Block::default());
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::number => up_to = self.rounds(part.text(), part.range()),
                Kind::label => label = self.label(part),
                Kind::block => {
                    range = self.from(start);
                    body = self.block(part);
                }
                Kind::exhausted => exhausted = self.exhausted(part),
                _ => {}
            }
        }
        Step { kind: StepKind::Repeat { up_to, body, exhausted }, label, range }
    }

    fn rounds(&mut self, text: &str, range: Range) -> Option<u32> {
        let rounds = text.parse().ok().filter(|rounds| (2..=MOST).contains(rounds));
        if rounds.is_none() {
            let message = format!("`{text}` is no number of rounds");
            let problem = Problem::new(codes::BAD_NUMBER, range, message);
            self.report(problem.help(format!("write a whole number from 2 to {MOST}")));
        }
        rounds
    }

    fn exhausted(&mut self, node: Node<'t>) -> Block {
        let mut body = Block::default();
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::kw_exhausted => {}
                Kind::arrow => self.check_arrow(&part),
                _ => body = self.arm_body(part).unwrap_or_default(),
            }
        }
        body
    }

    /// What stands behind an arrow: a block or one step.
    pub(super) fn arm_body(&mut self, part: Node<'t>) -> Option<Block> {
        match part.kind() {
            Kind::block => Some(self.block(part)),
            Kind::unknown_line => {
                let body = arms::single(super::workflow::unknown(part.range()));
                self.unknown_line(part, super::junk::LineKind::Step);
                Some(body)
            }
            Kind::trigger | Kind::defaults => {
                let at = part.range();
                self.finish(part.children());
                self.out_of_place(
                    at,
                    "this belongs to a whole workflow, not to an arm",
                    "move it to the top of the workflow, or to its end",
                );
                None
            }
            _ => Some(arms::single(self.step(part))),
        }
    }
}
