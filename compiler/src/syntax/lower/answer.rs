//! `answer`.

use tidegate_diagnostics::codes;
use tidegate_plan::verify::MAX_TURNS;

use super::Lower;
use super::junk::LineKind;
use crate::source::Range;
use crate::syntax::ast::{Answer, DurationLit, Name, Path, Step, StepKind};
use crate::syntax::parser::{Kind, Node};
use crate::syntax::problem::Problem;

impl<'t> Lower<'t> {
    pub(super) fn answer_step(&mut self, node: Node<'t>) -> Step {
        let start = node.range();
        let (mut answer, mut label, mut range) = (Answer::default(), None::<Name>, None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::number => answer.turns = self.turns(part.text(), part.range()),
                Kind::label => label = self.label(part),
                Kind::answer_body => {
                    range.get_or_insert(self.from(start));
                    self.answer_lines(part, &mut answer);
                }
                _ => {}
            }
        }
        let range = range.unwrap_or_else(|| self.from(start));
        Step { kind: StepKind::Answer(answer), label, range }
    }

    fn turns(&mut self, text: &str, range: Range) -> Option<u32> {
        let turns = text.parse().ok().filter(|turns| (1..=MAX_TURNS).contains(turns));
        if turns.is_none() {
            let message = format!("`{text}` is no number of turns");
            let problem = Problem::new(codes::BAD_NUMBER, range, message);
            self.report(problem.help(format!("write a whole number from 1 to {MAX_TURNS}")));
        }
        turns
    }

    fn answer_lines(&mut self, node: Node<'t>, answer: &mut Answer) {
        let mut lines = node.children();
        let around = std::mem::replace(&mut self.lines, LineKind::Answer);
        while let Some(line) = self.next(&mut lines) {
            let range = line.range();
            match line.kind() {
                Kind::arm => answer.arms.extend(self.outcome_arm_of(line)),
                Kind::knowing => answer.knowing.extend(self.knowing(line)),
                Kind::check_in => {
                    let twice = answer.check_in.is_some();
                    answer.check_in = self.check_in(line).or(answer.check_in.take());
                    if twice {
                        self.twice(Range { end: range.start + 8, ..range }, "check in");
                    }
                }
                Kind::assume => {
                    let twice = answer.assume.is_some();
                    answer.assume = self.assume(line).or(answer.assume);
                    if twice {
                        self.twice(Range { end: range.start + 6, ..range }, "assume");
                    }
                }
                Kind::unknown_line => self.unknown_line(line, LineKind::Answer),
                _ => {}
            }
        }
        self.lines = around;
    }

    fn knowing(&mut self, node: Node<'t>) -> Vec<Path> {
        let mut places = Vec::new();
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::place {
                places.push(self.path(&part));
            }
        }
        places
    }

    fn check_in(
        &mut self,
        node: Node<'t>,
    ) -> Option<(Option<DurationLit>, crate::syntax::ast::Expr)> {
        let (mut after, mut text) = (None, None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::number => after = self.span_of_time(&part),
                Kind::text_lines | Kind::expr => {
                    let mut said = self.value(part);
                    self.check_spoken(Kind::say, &mut said);
                    text = Some(said);
                }
                _ => {}
            }
        }
        Some((after, text?))
    }

    fn assume(&mut self, node: Node<'t>) -> Option<DurationLit> {
        let mut after = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::number {
                after = self.span_of_time(&part);
            }
        }
        after
    }

    fn span_of_time(&mut self, node: &Node<'t>) -> Option<DurationLit> {
        let range = node.range();
        let ms = self.duration(node.text(), range);
        ms.map(|ms| DurationLit { ms, range })
    }
}
