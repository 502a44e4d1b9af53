//! The order in which workflows are looked at: those that are run before those that run them.

use crate::hir::WorkflowId;

/// Workflows, callees first. In a cycle of `run`, which is an error, the order is some.
pub fn callees_first(callees: &[Vec<WorkflowId>]) -> Vec<WorkflowId> {
    let mut order = Vec::with_capacity(callees.len());
    let mut begun = vec![false; callees.len()];
    for root in (0u32..).map(WorkflowId).take(callees.len()) {
        if begun[root.0 as usize] {
            continue;
        }
        begun[root.0 as usize] = true;
        let mut stack = vec![(root, 0usize)];
        while let Some((workflow, next)) = stack.pop() {
            let Some(callee) = callees[workflow.0 as usize].get(next).copied() else {
                order.push(workflow);
                continue;
            };
            stack.push((workflow, next + 1));
            if let Some(seen) = begun.get_mut(callee.0 as usize).filter(|seen| !**seen) {
                *seen = true;
                stack.push((callee, 0));
            }
        }
    }
    order
}
