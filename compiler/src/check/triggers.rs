//! With which workflow a conversation begins is never left to chance: where two could, one stands
//! before the other; where none could, that is told.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::eval::World;
use crate::flow::starts::{Order, starting, starts, when};
use crate::flow::unit::start_state;
use crate::hir::{Workflow, WorkflowId};
use crate::source::Loc;

use super::privacy::misplaced;

/// What holds of all workflows that an opening can start.
pub(super) fn triggers(world: &World<'_>) -> Vec<Finding> {
    let program = world.program;
    let all: Vec<(WorkflowId, &Workflow)> = starting(program)
        .into_iter()
        .filter_map(|id| Some((id, program.workflows.get(id.0 as usize)?.as_ref())))
        .collect();
    let mut found = Vec::new();
    for (_, workflow) in &all {
        if let Some(condition) = &workflow.when {
            misplaced(workflow.item, condition, &mut |finding| found.push(finding));
        }
    }
    let order = Order::of(program);
    found.extend(cycles(&all, &order));
    found.extend(of_no_start(world));
    if found.is_empty() {
        found.extend(overlaps(world, &all, &order));
    }
    if found.is_empty() {
        found.extend(in_vain(world, &all));
        found.extend(uncovered(world, &all));
    }
    found
}

fn place(workflow: &Workflow) -> Loc {
    Loc { item: workflow.item, range: workflow.trigger }
}

/// Each of a pair that stands before the other.
fn cycles(all: &[(WorkflowId, &Workflow)], order: &Order) -> Vec<Finding> {
    let round = all.iter().filter(|(id, _)| order.is_before(*id, *id));
    let round = round.map(|(_, workflow)| {
        let message = format!("`{}` stands before itself, by way of others or not", workflow.name);
        Finding::new(codes::TRIGGER_CYCLE, place(workflow), message)
            .help("take one `before` out, so that one of them comes first")
    });
    round.take(1).collect()
}

/// `before` names what an opening could start.
fn of_no_start(world: &World<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workflow in &world.program.workflows {
        for (later, range) in &workflow.before {
            let Some(other) = world.program.workflows.get(later.0 as usize) else { continue };
            if !other.on_open {
                let message =
                    format!("`{}` is started by nobody but those that run it", other.name);
                found.push(
                    Finding::new(
                        codes::OUT_OF_PLACE,
                        Loc { item: workflow.item, range: *range },
                        message,
                    )
                    .help(format!("take it out here, or give `{}` its `on open`", other.name)),
                );
            }
        }
    }
    found
}

/// Two that could start with one opening, and nothing says which.
fn overlaps(world: &World<'_>, all: &[(WorkflowId, &Workflow)], order: &Order) -> Vec<Finding> {
    let begin = start_state(world);
    let mut found = Vec::new();
    for (at, (one, first)) in all.iter().enumerate() {
        for (other, second) in &all[at + 1..] {
            let stated = order.is_before(*one, *other) || order.is_before(*other, *one);
            let both = when(world, &when(world, &begin, first, true), second, true);
            if stated || !both.is_live() {
                continue;
            }
            let (earlier, later) = (&first.name, &second.name);
            let message = format!("`{later}` and `{earlier}` may both start with one opening");
            let help = match (&first.when, &second.when) {
                (None, None) => format!(
                    "give one of them a `when`, or take `on open` out of one and let the other \
                     `run` it: `run {later}`"
                ),
                (None, Some(_)) => {
                    format!(
                        "say which comes first: `before {earlier}` behind the `when` of `{later}`"
                    )
                }
                _ => format!(
                    "say which comes first: `before {later}` behind the `when` of `{earlier}`"
                ),
            };
            found.push(
                Finding::new(codes::SEVERAL_ON_OPEN, place(second), message)
                    .also(place(first), format!("`{earlier}` starts here"))
                    .help(help),
            );
        }
    }
    found
}

/// Those that never start.
fn in_vain(world: &World<'_>, all: &[(WorkflowId, &Workflow)]) -> Vec<Finding> {
    let states = starts(world);
    let never = all.iter().filter(|(id, _)| !states[id.0 as usize].is_live());
    never
        .map(|(_, workflow)| {
            let message = format!("no opening starts `{}`", workflow.name);
            Finding::new(codes::NEVER_STARTS, place(workflow), message).help(
                "look at its `when`, and at the workflows that stand before it: they start wherever \
                 it could",
            )
        })
        .collect()
}

/// An opening with which nothing starts.
fn uncovered(world: &World<'_>, all: &[(WorkflowId, &Workflow)]) -> Option<Finding> {
    let mut left = start_state(world);
    for (_, workflow) in all {
        left = when(world, &left, workflow, false);
    }
    let (_, last) = all.last().filter(|_| left.is_live())?;
    let message = match all {
        [_] => format!("where the `when` of `{}` does not hold, nothing starts", last.name),
        _ => "where no `when` holds, nothing starts".to_owned(),
    };
    Some(Finding::new(codes::NO_START, place(last), message).label("the last that could start").help(
        "leave out the `when` of one and write `before` it in the others, so that it starts where \
         they do not",
    ))
}
