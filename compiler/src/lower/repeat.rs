//! `repeat`, and where `leave repeat` can stand.

use tidegate_diagnostics::codes;
use tidegate_plan::verify::MAX_REPEATS;

use crate::finding::Finding;
use crate::hir::{Outcome, Step, StepKind};
use crate::lower::Lowering;
use crate::source::Range;
use crate::syntax::ast;

/// What `leave repeat` would leave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Around {
    /// Nothing: no repeat is around.
    #[default]
    Nothing,
    /// The repeat around it.
    Repeat,
    /// An arm for silence, which ends the conversation or goes back to its wait.
    Silence,
    /// An arm of `create case`, behind which the conversation is over.
    Case,
}

impl Around {
    /// What is around the body of an arm for these outcomes.
    pub(super) fn within(self, outcomes: &[Outcome]) -> Self {
        let has = |kind: fn(&Outcome) -> bool| outcomes.iter().any(kind);
        if self == Self::Nothing {
            self
        } else if has(|one| matches!(one, Outcome::Idle(_))) {
            Self::Silence
        } else if has(|one| matches!(one, Outcome::Created | Outcome::Delayed | Outcome::Rejected))
        {
            Self::Case
        } else {
            self
        }
    }
}

impl Lowering<'_> {
    pub(super) fn repeat(
        &mut self,
        up_to: Option<u32>,
        body: &ast::Block,
        exhausted: &ast::Block,
        id: &str,
    ) -> StepKind {
        let body =
            self.below(Around::Repeat, |lowering| lowering.block(body, &format!("{id}/round")));
        let exhausted = self.block(exhausted, &format!("{id}/exhausted"));
        // Whatever was meant, more than one round shows all that can go wrong.
        StepKind::Repeat { up_to: up_to.unwrap_or(2), body, exhausted }
    }

    /// Told once a workflow.
    pub(super) fn count_repeat(&mut self, range: Range) {
        self.repeats += 1;
        if self.repeats == MAX_REPEATS + 1 {
            let message = format!("the workflow has more than {MAX_REPEATS} repeats");
            self.report(
                Finding::new(codes::BEYOND_LIMITS, self.at(range), message)
                    .label(format!("one more than {MAX_REPEATS}"))
                    .help("give some of the steps a workflow of their own, and `run` it"),
            );
        }
    }

    /// Lowers what stands in something else.
    pub(super) fn below<T>(&mut self, around: Around, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outside = std::mem::replace(&mut self.around, around);
        let lowered = lower(self);
        self.around = outside;
        lowered
    }

    pub(super) fn leave_repeat(&mut self, range: Range) -> StepKind {
        let (message, help) = match self.around {
            Around::Repeat => return StepKind::LeaveRepeat,
            Around::Nothing => (
                "no repeat is around this `leave repeat`",
                "write `go on` where nothing is to be done, or `end because \"…\"` to end the \
                 conversation",
            ),
            Around::Silence => (
                "an arm for silence can't leave a repeat: it ends the conversation, or goes back to \
                 its wait",
                "end the conversation with `end because \"…\"`, or leave the repeat behind the step",
            ),
            Around::Case => {
                ("nothing follows behind this arm: the conversation ends", "take it out")
            }
        };
        self.report(Finding::new(codes::OUT_OF_PLACE, self.at(range), message).help(help));
        StepKind::Error
    }

    /// The body of an arm for outcomes.
    pub(super) fn arm_block(
        &mut self,
        outcomes: &[Outcome],
        body: &ast::Block,
        prefix: &str,
    ) -> Vec<Step> {
        self.below(self.around.within(outcomes), |lowering| lowering.block(body, prefix))
    }
}
