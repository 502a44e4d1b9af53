//! Awaiting the customer's first words: only where a conversation opens, before anything was done.

use super::{CODE, Verified, refuse};
use crate::model::{Instruction, Plan, WorkflowId};

/// A workflow that awaits them is what an opening starts, nobody runs it, and it does nothing but
/// decide which other workflow runs: what awaits them is its last instruction.
pub(super) fn check(plan: &Plan, id: usize) -> Verified {
    let workflow = &plan.workflows[id];
    let range = workflow.entry.index()..workflow.end.index();
    let awaits = |at: &usize| matches!(plan.code[*at], Instruction::AwaitMessage);
    let Some(first) = range.clone().find(awaits) else { return Ok(()) };
    if plan.on_message.is_none() {
        return refuse("plan.start", CODE, first, "awaits a message that starts nothing");
    }
    if plan.on_open.map(WorkflowId::index) != Some(id) {
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
