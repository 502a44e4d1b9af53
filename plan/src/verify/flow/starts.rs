//! Where an event starts nothing: awaiting the customer's first words only where a conversation opens, or
//! going on to the opening only where a visit was told of, before anything was done. And what runs in the
//! background: it sets data, and comes to its end at once.

use std::collections::BTreeSet;

use super::{CODE, Verified, refuse, within};
use crate::model::{Instruction, Plan, Space, Visit, WorkflowId};

/// What visits start: each after another time, the shortest first.
pub(super) fn check_visits(plan: &Plan) -> Verified {
    let mut latest = None;
    for (at, Visit { after_ms, workflow }) in plan.visits.iter().enumerate() {
        within("on visit", at, workflow.0, plan.workflows.len(), "workflow")?;
        if *after_ms > Visit::MAX_MS {
            return refuse("plan.visit", "on visit", at, "comes later than any page tells");
        }
        if latest.is_some_and(|latest| latest >= *after_ms) {
            return refuse("plan.visit", "on visit", at, "does not come after the one before");
        }
        latest = Some(*after_ms);
    }
    Ok(())
}

/// A workflow with such an instruction is what an opening or a visit starts, nobody runs it, and it does
/// nothing but decide which other workflow runs: that instruction is its last one.
pub(super) fn check(plan: &Plan, id: usize) -> Verified {
    let workflow = &plan.workflows[id];
    let range = workflow.entry.index()..workflow.end.index();
    let awaits = |at: &usize| matches!(plan.code[*at], Instruction::AwaitMessage);
    let Some(first) = range.clone().find(awaits) else { return Ok(()) };
    let visited = plan.visits.iter().any(|visit| visit.workflow.index() == id);
    if !visited && plan.on_message.is_none() {
        return refuse("plan.start", CODE, first, "awaits a message that starts nothing");
    }
    if !visited && plan.on_open.map(WorkflowId::index) != Some(id) {
        return refuse("plan.start", CODE, first, "awaits a message where nothing opens");
    }
    let runs =
        |one: &Instruction| matches!(one, Instruction::Run { workflow } if workflow.index() == id);
    if let Some(at) = plan.code.iter().position(runs) {
        return refuse("plan.start", CODE, at, "runs what awaits a message");
    }
    for at in range.clone() {
        let next = plan.code.get(at + 1);
        let decides = match &plan.code[at] {
            Instruction::Branch { otherwise, .. } => otherwise.index() > at,
            Instruction::Set { .. } => matches!(next, Some(Instruction::Run { .. })),
            Instruction::Run { .. } => matches!(next, Some(Instruction::Return)),
            Instruction::Return => true,
            Instruction::AwaitMessage => at + 1 == range.end,
            _ => false,
        };
        if !decides {
            return refuse("plan.start", CODE, at, "does more than decide, and awaits a message");
        }
    }
    Ok(())
}

/// What an agent's reply starts, with all that it runs, waits for nobody, says nothing and leads
/// nowhere else. Code lies in bounds by now.
pub(super) fn check_background(plan: &Plan) -> Verified {
    let mut seen = BTreeSet::new();
    let mut left: Vec<WorkflowId> = plan.on_agent_reply.into_iter().collect();
    while let Some(id) = left.pop() {
        if !seen.insert(id) {
            continue;
        }
        let workflow = &plan.workflows[id.index()];
        for at in workflow.entry.index()..workflow.end.index() {
            let quiet = match &plan.code[at] {
                Instruction::Set { attr, .. } | Instruction::Clear { attr } => {
                    plan.attributes[attr.index()].space != Space::Session
                }
                Instruction::Run { workflow } => {
                    left.push(*workflow);
                    true
                }
                Instruction::Branch { .. }
                | Instruction::Match { .. }
                | Instruction::Jump { .. }
                | Instruction::Return => true,
                _ => false,
            };
            if !quiet {
                return refuse("plan.background", CODE, at, "does more than an agent's reply may");
            }
        }
    }
    Ok(())
}
