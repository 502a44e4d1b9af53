//! Which attributes a unit reads and writes, whatever the states.

use std::sync::Arc;

use crate::hir::{AttrId, Expr, ExprKind, Push, PushId, Step, StepKind};

use super::depend::controller;
use super::eval::World;
use super::graph::{Graph, Op};
use super::summary::Summary;
use super::unit::Units;
use super::walk::{of_step, parts};

/// Attributes that a workflow, with those that it runs, may read and may write; each in order.
pub fn touched(
    units: &Units<'_>,
    world: &World<'_>,
    summaries: &[Option<Arc<Summary>>],
) -> (Vec<AttrId>, Vec<AttrId>) {
    let (mut read, mut written) = (Vec::new(), Vec::new());
    for node in units.graphs.iter().flat_map(|graph| &graph.nodes) {
        read.extend(reads(node.op, world));
        if let Some(step) = node.op.step() {
            written.extend(written_by(step));
            written.extend(reread_by(step, world));
        }
        if let Op::Run(_, callee) = node.op
            && let Some(Some(summary)) = summaries.get(callee.0 as usize)
        {
            read.extend(&summary.reads);
            written.extend(&summary.writes);
        }
        if let Op::HandOff(_) = node.op {
            read.extend(world.replies.reads(world, summaries));
            written.extend(world.replies.writes(summaries));
        }
    }
    (sorted(read), world.with_dependents(sorted(written)))
}

fn sorted(mut attrs: Vec<AttrId>) -> Vec<AttrId> {
    attrs.sort_unstable();
    attrs.dedup();
    attrs
}

/// Attributes that a graph may write; `callees` holds what each workflow writes.
pub fn writes<'a>(graph: &'a Graph<'_>, callees: &'a [Vec<AttrId>]) -> Vec<AttrId> {
    let mut written = Vec::new();
    for node in &graph.nodes {
        if let Some(step) = node.op.step() {
            written.extend(written_by(step));
        }
        if let Op::Run(_, callee) = node.op {
            written.extend(callees.get(callee.0 as usize).into_iter().flatten());
        }
    }
    sorted(written)
}

/// Attributes that a step itself writes.
pub fn written_by(step: &Step) -> Vec<AttrId> {
    match &step.kind {
        StepKind::Set { attr, .. } | StepKind::Let { attr, .. } | StepKind::Clear { attr } => {
            vec![*attr]
        }
        StepKind::Detect { attr, .. } => vec![*attr],
        StepKind::Collect { fields, .. } => fields.iter().map(|field| field.attr).collect(),
        _ => Vec::new(),
    }
}

/// Attributes that a step itself has read anew, where nothing else has written them.
pub fn reread_by<'w>(step: &Step, world: &'w World<'_>) -> &'w [AttrId] {
    if matches!(step.kind, StepKind::Verify { .. }) { &world.synced } else { &[] }
}

/// Attributes that a node itself reads.
pub fn reads(op: Op<'_>, world: &World<'_>) -> Vec<AttrId> {
    let mut read = Vec::new();
    match op {
        Op::Test(_, condition) => read_by(condition, &mut read),
        Op::Create(_, push) => read_by_push(push, world, &mut read),
        _ => {
            let Some(step) = op.step() else { return read };
            for expr in of_step(step) {
                read_by(expr, &mut read);
            }
            match &step.kind {
                StepKind::HandOff { push, .. } => {
                    let push = world.program.channels.get(push.0 as usize);
                    for line in push.iter().flat_map(|push| &push.routed) {
                        read_by(&line.value, &mut read);
                    }
                }
                StepKind::RecordCase { push } => read_by_push(*push, world, &mut read),
                StepKind::Answer { knowing, .. } => {
                    read.extend(knowing.iter().map(|(attr, _)| *attr));
                }
                // What is there already may stay, and what its controller is decides what can be.
                StepKind::Detect { attr, .. } => {
                    let attribute = world.attribute(*attr);
                    read.push(*attr);
                    read.extend(attribute.and_then(|its| controller(world.program, its)));
                }
                _ => {}
            }
        }
    }
    read
}

/// Attributes that an expression reads.
pub fn read_by(expr: &Expr, read: &mut Vec<AttrId>) {
    parts(expr, &mut |part| {
        if let ExprKind::Attr(attr) = &part.kind {
            read.push(*attr);
        }
    });
}

fn read_by_push(push: PushId, world: &World<'_>, read: &mut Vec<AttrId>) {
    let Some(push) = world.program.pushes.get(push.0 as usize) else { return };
    for expr in of_push(push) {
        read_by(expr, read);
    }
    read.extend(push.carry.iter().map(|(_, attr)| *attr));
}

/// The expressions that a push evaluates.
pub fn of_push(push: &Push) -> impl Iterator<Item = &Expr> {
    let conditions = push.owner.iter().filter_map(|(_, when, _)| when.as_ref());
    conditions.chain(push.fields.iter().map(|field| &field.value))
}
