//! What rehearsals should come to: steps, arms, outcomes, pushes.

use tidegate_diagnostics::Span;
use tidegate_plan::model::{Instruction, PushId, StepId, Target};
use tidegate_plan::rehearsal::{Point, PointKind, Way};
use tidegate_plan::value::duration_text;

use super::labels::Labels;
use super::{Emitter, position};
use crate::hir::{self, ExprKind, Literal, MatchArm, Outcome};
use crate::source::{ItemId, Loc, Range};
use crate::types::lists::quote;

/// Points found while code is laid out; their targets are labels until [`Points::finish`].
#[derive(Default)]
pub(super) struct Points {
    arms: Vec<Point>,
    steps: Vec<(StepId, Span)>,
}

impl Emitter<'_> {
    /// A place in the project's own sources.
    fn source_span(&self, item: ItemId, range: Range) -> Span {
        self.items.span(Loc { item, range })
    }

    pub(super) fn step_point(&mut self, step: StepId, item: ItemId, range: Range) {
        if self.points.steps.iter().all(|(known, _)| *known != step) {
            let span = self.source_span(item, range);
            self.points.steps.push((step, span));
        }
    }

    /// An arm: where a label leads.
    pub(super) fn arm_point(
        &mut self,
        kind: PointKind,
        name: String,
        place: (ItemId, Range),
        way: Way,
    ) {
        let span = self.source_span(place.0, place.1);
        self.points.arms.push(Point { kind, name, span, way });
    }

    /// All points, in the order of their places. What stands within an arm of several outcomes is
    /// laid out for each of them, and is one point all the same.
    pub(super) fn take_points(&mut self, labels: &Labels) -> Vec<Point> {
        let Points { mut arms, steps } = std::mem::take(&mut self.points);
        for arm in &mut arms {
            if let Way::Instruction(targets) = &mut arm.way {
                targets.iter_mut().for_each(|target| *target = labels.place(*target));
            }
        }
        for (step, span) in steps {
            let own = (0u32..).zip(&self.plan.code_steps).filter(|(_, its)| **its == step);
            let targets: Vec<Target> = own.map(|(at, _)| Target(at)).collect();
            // `go on` does nothing.
            if !targets.is_empty() {
                let name = self.plan.steps[step.index()].id.clone();
                let way = Way::Instruction(targets);
                arms.push(Point { kind: PointKind::Step, name, span, way });
            }
        }
        for (at, push) in self.program.pushes.iter().enumerate() {
            let span = self.source_span(push.item, push.head);
            let way = Way::Push(PushId(position(at)));
            arms.push(Point { kind: PointKind::Push, name: push.name.clone(), span, way });
        }
        for (at, push) in self.program.channels.iter().enumerate() {
            let span = self.source_span(push.item, push.head);
            let of = |instruction: &Instruction| matches!(instruction, Instruction::HandOff { push, .. } if push.index() == at);
            let uses = (0u32..).zip(&self.plan.code).filter(|(_, its)| of(its));
            let way = Way::Instruction(uses.map(|(at, _)| Target(at)).collect());
            arms.push(Point { kind: PointKind::Push, name: push.name.clone(), span, way });
        }
        arms.sort_by_key(|one| (one.span, one.kind));
        arms.into_iter().fold(Vec::new(), with)
    }
}

/// Points in their order, with one more.
fn with(mut points: Vec<Point>, mut next: Point) -> Vec<Point> {
    let place = (next.span, next.kind);
    let mut here = points.iter_mut().rev().take_while(|it| (it.span, it.kind) == place);
    if !here.any(|it| it.name == next.name && it.way.takes(&mut next.way)) {
        points.push(next);
    }
    points
}

/// An outcome as its arm begins.
pub(super) fn outcome_name(outcome: Outcome) -> String {
    match outcome {
        Outcome::Idle(ms) => {
            format!("idle {}", duration_text(i64::try_from(ms).unwrap_or(i64::MAX)))
        }
        other => other.name().to_owned(),
    }
}

/// What stands on a button, where it is the same for everybody.
pub(super) fn button_name(label: &hir::Expr) -> String {
    match &label.kind {
        ExprKind::Literal(Literal::Text(text)) => quote(text),
        _ => "a button".to_owned(),
    }
}

/// The patterns of an arm.
pub(super) fn match_name(arm: &MatchArm) -> String {
    let mut patterns: Vec<String> =
        arm.values.iter().map(|(literal, _)| literal_name(literal)).collect();
    patterns.extend(arm.blank.map(|_| "blank".to_owned()));
    patterns.extend(arm.otherwise.map(|_| "else".to_owned()));
    patterns.join(", ")
}

fn literal_name(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => quote(text),
        Literal::Number(number) => number.to_string(),
        Literal::Bool(value) => value.to_string(),
        Literal::Duration(ms) => duration_text(i64::try_from(*ms).unwrap_or(i64::MAX)),
    }
}
