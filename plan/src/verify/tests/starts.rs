//! What visits start.

use super::{snapshot, spoiled};
use crate::model::{
    Expr, ExprId, Handlers, Instruction, Plan, StepId, Target, Visit, Workflow, WorkflowId,
};

/// A workflow that decides what starts: it runs workflow 0, or awaits the first words.
pub(super) fn runs_or_awaits(plan: &mut Plan, name: &str) -> WorkflowId {
    let begin = plan.code.len();
    let at = |more: usize| Target(u32::try_from(begin + more).unwrap());
    let condition = ExprId(u32::try_from(plan.expressions.len()).unwrap());
    plan.expressions.push(Expr::PersonVerified);
    plan.code.extend([
        Instruction::Branch { condition, otherwise: at(3) },
        Instruction::Run { workflow: WorkflowId(0) },
        Instruction::Return,
        Instruction::AwaitMessage,
    ]);
    plan.code_steps.extend([StepId(0); 4]);
    let (entry, end, defaults) = (at(0), at(4), Handlers::default());
    plan.workflows.push(Workflow { name: name.to_owned(), entry, end, defaults });
    WorkflowId(u32::try_from(plan.workflows.len() - 1).unwrap())
}

#[test]
fn visits_come_in_their_order() {
    let visit = |after_ms, workflow| Visit { after_ms, workflow: WorkflowId(workflow) };
    let visited = |visits: Vec<Visit>| spoiled(|plan| plan.visits = visits);
    let all = [visit(0, 0), visit(30_000, 1), visit(Visit::MAX_MS, 0)];
    assert_eq!(visited(all.to_vec()), "accepted");
    let list = [
        ("none", visited(vec![visit(0, 99)])),
        ("too late", visited(vec![visit(Visit::MAX_MS + 1, 0)])),
        ("twice", visited(vec![visit(1_000, 0), visit(1_000, 1)])),
        ("out of order", visited(vec![visit(2_000, 0), visit(1_000, 1)])),
    ];
    insta::assert_snapshot!(snapshot(&list));
}

#[test]
fn a_visit_that_starts_nothing_goes_on_to_the_opening() {
    // A visit that runs workflow 0 or nothing.
    let visited = |spoil: &dyn Fn(&mut Plan)| {
        spoiled(|plan| {
            let workflow = runs_or_awaits(plan, "on visit");
            plan.visits.push(Visit { after_ms: 30_000, workflow });
            spoil(plan);
        })
    };
    assert_eq!(visited(&|_| {}), "accepted");
    let list = [
        ("of no visit", visited(&|plan| plan.visits.clear())),
        (
            "a wait before",
            visited(&|plan| {
                let at = plan.code.len() - 2;
                plan.code[at] = Instruction::Wait { ms: 1000 };
            }),
        ),
    ];
    insta::assert_snapshot!(snapshot(&list));
}
