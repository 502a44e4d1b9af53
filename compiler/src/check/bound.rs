//! One event leads to a bounded number of instructions, repeats and what they run multiplied.

use tidegate_diagnostics::codes;
use tidegate_plan::verify::MAX_BOUND;

use crate::finding::Finding;
use crate::flow::path::Map;
use crate::hir::{OutcomeArm, Step, StepKind, WorkflowId};
use crate::source::Loc;

/// Instructions at most that a step is made of beside its blocks, and that a block ends with.
const STEP: u64 = 4;

/// Tells at the costliest repeat that the program needs too many instructions.
pub(super) fn rounds(map: &Map<'_, '_>) -> Option<Finding> {
    let mut costs = Costs { map, known: vec![None; map.units.len()], worst: None };
    let all = (0u32..).map(WorkflowId).take(map.units.len());
    let total = all.map(|id| costs.workflow(id)).fold(0, u64::saturating_add);
    // As the verifier of plans reckons: workflows that run one another, and an arm on top.
    if total.saturating_mul(2).saturating_add(1) <= MAX_BOUND {
        return None;
    }
    let (cost, at) = costs.worst?;
    let message = format!("a message can lead to {cost} instructions here, which is too many");
    Some(
        Finding::new(codes::TOO_MANY_ROUNDS, at, message)
            .label("repeated, with all that is repeated within")
            .help("let it go round less often"),
    )
}

struct Costs<'m, 'a, 'p> {
    map: &'m Map<'a, 'p>,
    known: Vec<Option<u64>>,
    worst: Option<(u64, Loc)>,
}

impl Costs<'_, '_, '_> {
    fn workflow(&mut self, id: WorkflowId) -> u64 {
        let at = id.0 as usize;
        if let Some(known) = self.known[at] {
            return known;
        }
        // One that runs itself is told elsewhere.
        self.known[at] = Some(0);
        let workflow = self.map.units[at].workflow;
        let body = self.block(id, &workflow.body);
        let cost = body.saturating_add(self.arms(id, &workflow.defaults));
        self.known[at] = Some(cost);
        cost
    }

    fn block(&mut self, id: WorkflowId, steps: &[Step]) -> u64 {
        steps.iter().fold(STEP, |all, step| all.saturating_add(self.step(id, step)))
    }

    /// An arm is laid out for each of its outcomes.
    fn arms(&mut self, id: WorkflowId, arms: &[OutcomeArm]) -> u64 {
        arms.iter().fold(0, |all, arm| {
            let copies = u64::try_from(arm.outcomes.len()).unwrap_or(u64::MAX);
            all.saturating_add(self.block(id, &arm.body).saturating_mul(copies))
        })
    }

    fn step(&mut self, id: WorkflowId, step: &Step) -> u64 {
        let cost = match &step.kind {
            StepKind::Repeat { up_to, body, exhausted } => {
                let rounds = self.block(id, body).saturating_mul(u64::from(*up_to));
                let item = self.map.units[id.0 as usize].workflow.item;
                let at = Loc { item, range: step.range };
                if self.worst.is_none_or(|(worst, _)| rounds > worst) {
                    self.worst = Some((rounds, at));
                }
                rounds.saturating_add(self.block(id, exhausted))
            }
            StepKind::Run(callee) => self.workflow(*callee),
            StepKind::Ask { arms }
            | StepKind::Verify { arms }
            | StepKind::Collect { arms, .. }
            | StepKind::Detect { arms, .. }
            | StepKind::Answer { arms, .. }
            | StepKind::HandOff { arms, .. }
            | StepKind::CreateCase { arms, .. } => self.arms(id, arms),
            StepKind::Choose { options, other, arms, .. } => {
                let buttons = options.iter().map(|(_, body)| body).chain(other);
                let buttons =
                    buttons.fold(0, |all: u64, body| all.saturating_add(self.block(id, body)));
                buttons.saturating_add(self.arms(id, arms))
            }
            _ => step
                .blocks()
                .into_iter()
                .fold(0, |all: u64, body| all.saturating_add(self.block(id, body))),
        };
        cost.saturating_add(STEP)
    }
}
