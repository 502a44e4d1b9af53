//! Whether control can go on behind a step.

use crate::flow::order::callees_first;
use crate::hir::{Outcome, OutcomeArm, Program, Step, StepKind, WorkflowId, leaves_repeat};
use crate::resolve::cycles::runs;

/// What is known about all workflows of a program.
pub(super) struct Falls {
    returns: Vec<bool>,
}

impl Falls {
    pub(super) fn of(program: &Program) -> Self {
        let callees: Vec<Vec<WorkflowId>> = program
            .workflows
            .iter()
            .map(|workflow| runs(workflow).into_iter().map(|(callee, _)| callee).collect())
            .collect();
        let mut falls = Self { returns: vec![true; program.workflows.len()] };
        for id in callees_first(&callees) {
            let at = id.0 as usize;
            falls.returns[at] = falls.block(&program.workflows[at].body);
        }
        falls
    }

    /// Whether a workflow can come back to those that run it.
    pub(super) fn returns(&self, workflow: WorkflowId) -> bool {
        self.returns.get(workflow.0 as usize).copied().unwrap_or(true)
    }

    /// Whether control can come to the end of a block.
    pub(super) fn block(&self, steps: &[Step]) -> bool {
        steps.iter().all(|step| self.step(step))
    }

    /// Whether control can come behind a step.
    pub(super) fn step(&self, step: &Step) -> bool {
        match &step.kind {
            StepKind::End(_) | StepKind::CreateCase { .. } | StepKind::LeaveRepeat => false,
            StepKind::Run(callee) => self.returns(*callee),
            StepKind::If { branches, otherwise } => {
                branches.iter().any(|(_, body)| self.block(body)) || self.block(otherwise)
            }
            StepKind::Answer { arms, .. } => arms.iter().any(|arm| self.block(&arm.body)),
            StepKind::Match { arms, .. } => arms.iter().any(|arm| self.block(&arm.body)),
            StepKind::Choose { options, other, arms, .. } => {
                let bodies = options.iter().map(|(_, body)| body.as_slice());
                let human = arms.iter().filter(|arm| is_human(arm)).map(|arm| arm.body.as_slice());
                bodies.chain(other.as_deref()).chain(human).any(|body| self.block(body))
            }
            StepKind::HandOff { arms, .. } => arms.iter().any(|arm| self.block(&arm.body)),
            StepKind::Repeat { body, exhausted, .. } => {
                leaves_repeat(body) || (self.block(body) && self.block(exhausted))
            }
            StepKind::Say(_)
            | StepKind::Note(_)
            | StepKind::Wait(_)
            | StepKind::Ask { .. }
            | StepKind::Collect { .. }
            | StepKind::Detect { .. }
            | StepKind::Verify { .. }
            | StepKind::Set { .. }
            | StepKind::Let { .. }
            | StepKind::Clear { .. }
            | StepKind::RecordCase { .. }
            | StepKind::GoOn
            | StepKind::Error => true,
        }
    }
}

fn is_human(arm: &OutcomeArm) -> bool {
    arm.outcomes.contains(&Outcome::Human)
}
