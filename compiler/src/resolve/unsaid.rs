//! What a visit starts has something to show: it says something, or asks, before it waits or ends.

use std::collections::BTreeSet;

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{Program, Step, StepKind, WorkflowId};
use crate::source::Loc;

/// Workflows that visits start and that have nothing to show, whichever way they go.
pub(crate) fn find(program: &Program) -> Vec<Finding> {
    let visited = program.workflows.iter().filter(|its| its.on.is_some_and(|on| on.is_visit()));
    let silent = visited.filter(|its| !its.is_unclear()).filter_map(|workflow| {
        let mut seen = BTreeSet::new();
        match Showing::of(program, &workflow.body, &mut seen) {
            Showing::Something => None,
            Showing::Nothing | Showing::NothingYet => {
                let message = format!("`{}` shows a visitor nothing", workflow.name);
                let at = Loc { item: workflow.item, range: workflow.trigger };
                Some(
                    Finding::new(codes::NOTHING_TO_SHOW, at, message)
                        .label("it says nothing before it waits or ends")
                        .help("begin with what the visitor is to read: `say \"…\"`"),
                )
            }
        }
    });
    silent.collect()
}

/// What steps can show before the first of them that waits or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Showing {
    Something,
    /// And they come to their end.
    NothingYet,
    /// And one of them waits or ends.
    Nothing,
}

impl Showing {
    fn of(program: &Program, steps: &[Step], seen: &mut BTreeSet<WorkflowId>) -> Self {
        for step in steps {
            let showing = Self::step(program, &step.kind, seen);
            if showing != Self::NothingYet {
                return showing;
            }
        }
        Self::NothingYet
    }

    fn step(program: &Program, kind: &StepKind, seen: &mut BTreeSet<WorkflowId>) -> Self {
        match kind {
            StepKind::Say(_) | StepKind::Choose { .. } => Self::Something,
            StepKind::Collect { title: Some(_), .. } => Self::Something,
            StepKind::Collect { .. }
            | StepKind::Ask { .. }
            | StepKind::Answer { .. }
            | StepKind::Wait(_)
            | StepKind::HandOff { .. }
            | StepKind::CreateCase { .. }
            | StepKind::End(_) => Self::Nothing,
            StepKind::Run(callee) => match program.workflows.get(callee.0 as usize) {
                Some(workflow) if seen.insert(*callee) => {
                    let showing = Self::of(program, &workflow.body, seen);
                    seen.remove(callee);
                    showing
                }
                _ => Self::NothingYet,
            },
            StepKind::If { branches, otherwise } => {
                let blocks = branches.iter().map(|(_, body)| body.as_slice());
                Self::any(program, blocks.chain([otherwise.as_slice()]), seen)
            }
            StepKind::Match { arms, .. } => {
                Self::any(program, arms.iter().map(|arm| arm.body.as_slice()), seen)
            }
            StepKind::Repeat { body, .. } => match Self::of(program, body, seen) {
                Self::Something => Self::Something,
                Self::Nothing | Self::NothingYet => Self::NothingYet,
            },
            // Most of these go on at once, or may.
            StepKind::Note(_)
            | StepKind::Verify { .. }
            | StepKind::Detect { .. }
            | StepKind::RecordCase { .. }
            | StepKind::Set { .. }
            | StepKind::Let { .. }
            | StepKind::Clear { .. }
            | StepKind::LeaveRepeat
            | StepKind::GoOn
            | StepKind::Error => Self::NothingYet,
        }
    }

    /// One of these is done.
    fn any<'s>(
        program: &Program,
        blocks: impl Iterator<Item = &'s [Step]>,
        seen: &mut BTreeSet<WorkflowId>,
    ) -> Self {
        let all: Vec<Self> = blocks.map(|block| Self::of(program, block, seen)).collect();
        [Self::Something, Self::NothingYet]
            .into_iter()
            .find(|one| all.contains(one))
            .unwrap_or(Self::Nothing)
    }
}
