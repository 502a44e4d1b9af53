//! Steps and workflows that no conversation comes to.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::graph::Op;
use crate::flow::path::Map;
use crate::flow::unit::Units;
use crate::hir::{OutcomeArm, Step, StepKind};
use crate::source::Loc;

use super::{Cx, Draft};

/// The first step of each run of steps that nothing reaches.
pub(super) fn steps(cx: &Cx<'_, '_>, out: &mut Vec<Draft>) {
    for part in 0..cx.units.graphs.len() {
        if cx.solved.solutions[part].before[0].is_live() {
            let arm = cx.units.arm(part);
            block(cx, part, arm.map_or(&cx.units.workflow.body, |arm| &arm.body), out);
        }
    }
}

fn is_live(cx: &Cx<'_, '_>, part: usize, step: &Step) -> bool {
    let node = cx.units.graphs[part].of_step(step);
    node.is_none_or(|node| cx.solved.solutions[part].at(node).is_live())
}

fn block(cx: &Cx<'_, '_>, part: usize, steps: &[Step], out: &mut Vec<Draft>) {
    let mut before: Option<&Step> = None;
    for step in steps {
        if !is_live(cx, part, step) {
            // A whole block that nothing reaches is told by what leads there, where it is an arm.
            let Some(before) = before else { return };
            let message = "no conversation comes to this step";
            let finding = Finding::new(codes::STEP_NOT_REACHED, cx.loc(step.range), message)
                .also(cx.loc(before.range), "nothing goes on behind this")
                .help("take it out, or look whether the steps before should end here");
            out.push(Draft::certain(finding));
            return;
        }
        inside(cx, part, step, out);
        before = Some(step);
    }
}

fn inside(cx: &Cx<'_, '_>, part: usize, step: &Step, out: &mut Vec<Draft>) {
    match &step.kind {
        StepKind::Ask { arms }
        | StepKind::Verify { arms }
        | StepKind::Collect { arms, .. }
        | StepKind::Detect { arms, .. }
        | StepKind::Answer { arms, .. }
        | StepKind::HandOff { arms, .. }
        | StepKind::CreateCase { arms, .. } => own(cx, part, arms, out),
        StepKind::Choose { options, other, arms, .. } => {
            for (_, steps) in options {
                block(cx, part, steps, out);
            }
            if let Some(steps) = other {
                block(cx, part, steps, out);
            }
            own(cx, part, arms, out);
        }
        StepKind::If { branches, otherwise } => {
            for (condition, steps) in branches {
                if steps.first().is_some_and(|first| !is_live(cx, part, first)) {
                    let message = "this never holds here, so what depends on it never happens";
                    let finding =
                        Finding::new(codes::BRANCH_NOT_REACHED, cx.loc(condition.range), message)
                            .help("take the branch out, or look whether the condition is meant so");
                    out.push(Draft::certain(finding));
                } else {
                    block(cx, part, steps, out);
                }
            }
            block(cx, part, otherwise, out);
        }
        StepKind::Match { arms, .. } => {
            for arm in arms {
                block(cx, part, &arm.body, out);
            }
        }
        StepKind::Repeat { body, exhausted, .. } => {
            block(cx, part, body, out);
            never_exhausted(cx, part, step, exhausted, out);
        }
        _ => {}
    }
}

/// A repeat whose every round leaves: it never goes round.
fn never_exhausted(
    cx: &Cx<'_, '_>,
    part: usize,
    step: &Step,
    exhausted: &[Step],
    out: &mut Vec<Draft>,
) {
    let graph = &cx.units.graphs[part];
    let mut again = graph
        .iter()
        .filter(|(_, node)| matches!(node.op, Op::Again(own) if std::ptr::eq(own, step)));
    let ends = again.any(|(id, _)| cx.solved.solutions[part].at(id).is_live());
    if ends {
        return block(cx, part, exhausted, out);
    }
    let message = "no round of this comes to its end, so nothing is ever repeated";
    let finding = Finding::new(codes::BRANCH_NOT_REACHED, cx.loc(step.range), message).help(
        "take the `repeat` out and leave its steps, or look whether each way should leave it",
    );
    out.push(Draft::certain(finding));
}

fn own(cx: &Cx<'_, '_>, part: usize, arms: &[OutcomeArm], out: &mut Vec<Draft>) {
    for arm in arms {
        block(cx, part, &arm.body, out);
    }
}

/// Workflows that nothing runs.
pub(super) fn workflows(map: &Map<'_, '_>) -> Vec<Finding> {
    // Where nothing starts at all, that is told instead.
    if !map.units.iter().any(|units| units.workflow.on.is_some()) {
        return Vec::new();
    }
    // A step that was not understood may have been meant to run one.
    let mut steps = map.units.iter().flat_map(|units| &units.graphs).flat_map(|graph| &graph.nodes);
    let unclear = |step: &Step| matches!(step.kind, StepKind::Error);
    if steps.any(|node| node.op.step().is_some_and(unclear)) {
        return Vec::new();
    }
    let idle = map
        .units
        .iter()
        .zip(&map.callers)
        .filter(|(units, callers)| callers.is_empty() && units.workflow.on.is_none());
    idle.map(|(Units { workflow, .. }, _)| {
        let at = Loc { item: workflow.item, range: workflow.head };
        Finding::new(codes::WORKFLOW_NOT_RUN, at, format!("nothing runs `{}`", workflow.name))
            .help("let another workflow `run` it, give it `on open`, or take it out")
    })
    .collect()
}
