//! With which workflow a conversation begins is never left to chance: where two could, one stands
//! before the other; where none could, that is told.

mod example;

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::eval::World;
use crate::flow::graph::{Graph, Op};
use crate::flow::moments::Moment;
use crate::flow::path::Map;
use crate::flow::replies::begun;
use crate::flow::starts::{Order, begin, starting, starts, when};
use crate::flow::state::State;
use crate::hir::{Trigger, Workflow, WorkflowId};
use crate::source::Loc;

use super::privacy::misplaced;
use example::Example;

/// Workflows that one event can start, those that stand before others first.
struct Started<'p> {
    event: Trigger,
    /// What the event finds before it starts anything.
    begin: State,
    workflows: Vec<(WorkflowId, &'p Workflow)>,
}

/// What holds of all workflows that an event can start.
pub(super) fn triggers(map: &Map<'_, '_>) -> Vec<Finding> {
    let world = map.around.world;
    let program = world.program;
    let all: Vec<Started<'_>> = Trigger::all(program)
        .into_iter()
        .map(|event| {
            let workflows = starting(program, event).into_iter();
            let workflows = workflows
                .filter_map(|id| Some((id, program.workflows.get(id.0 as usize)?.as_ref())))
                .collect();
            let begin = if event.begins() { begin(world, event) } else { handed_off(map) };
            Started { event, begin, workflows }
        })
        .collect();
    let mut found = Vec::new();
    for (_, workflow) in all.iter().flat_map(|its| &its.workflows) {
        if let Some(condition) = &workflow.when {
            misplaced(workflow.item, condition, &mut |finding| found.push(finding));
        }
    }
    let order = Order::of(program);
    found.extend(all.iter().filter_map(|its| cycle(its, &order)));
    found.extend(of_another_start(world));
    if found.is_empty() {
        all.iter().for_each(|its| overlaps(world, its, &order, &mut found));
    }
    if found.is_empty() {
        all.iter().for_each(|its| in_vain(world, its, &mut found));
        found.extend(uncovered(world, &all));
    }
    found
}

/// What the replies of agents find, whoever handed off to them.
fn handed_off(map: &Map<'_, '_>) -> State {
    let mut state = State::dead();
    for (at, units) in map.units.iter().enumerate() {
        let reached = map.entries.get(at).is_some_and(|entry| entry.reached);
        let hands_off =
            |graph: &Graph<'_>| graph.nodes.iter().any(|node| matches!(node.op, Op::HandOff(_)));
        if !reached || !units.graphs.iter().any(hands_off) {
            continue;
        }
        let solved = map.solved(WorkflowId(u32::try_from(at).unwrap_or(u32::MAX)));
        let env = map.around.env(units, &solved.idle);
        for (graph, solution) in units.graphs.iter().zip(&solved.solutions) {
            let nodes = graph.iter().filter(|(_, node)| matches!(node.op, Op::HandOff(_)));
            for (id, node) in nodes {
                state.join(&env.perform(node, solution.at(id)));
            }
        }
    }
    state
}

fn place(workflow: &Workflow) -> Loc {
    Loc { item: workflow.item, range: workflow.trigger }
}

/// What happens once, as it is told.
fn one(event: Trigger) -> &'static str {
    match event {
        Trigger::Visit(_) => "one visit",
        Trigger::Open => "one opening",
        Trigger::Message => "one message",
        Trigger::AgentReply => "one reply",
    }
}

/// One of a pair that stands before the other.
fn cycle(started: &Started<'_>, order: &Order) -> Option<Finding> {
    let mut round = started.workflows.iter().filter(|(id, _)| order.is_before(*id, *id));
    round.next().map(|(_, workflow)| {
        let message = format!("`{}` stands before itself, by way of others or not", workflow.name);
        Finding::new(codes::TRIGGER_CYCLE, place(workflow), message)
            .help("take one `before` out, so that one of them comes first")
    })
}

/// `before` names what the same event could start.
fn of_another_start(world: &World<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workflow in &world.program.workflows {
        let Some(event) = workflow.on else { continue };
        for (later, range) in &workflow.before {
            let Some(other) = world.program.workflows.get(later.0 as usize) else { continue };
            let (name, on) = (&other.name, event.name());
            let (message, help) = match other.on {
                Some(same) if same == event => continue,
                Some(another) => (
                    format!("`{name}` starts `{}`, and `{}` `{on}`", another.name(), workflow.name),
                    format!(
                        "take it out here: an order is stated among those with `{on}`{}",
                        match (event, another) {
                            (Trigger::Open, Trigger::Message)
                            | (Trigger::Message, Trigger::Open) => {
                                ", and an opening comes before a message"
                            }
                            (Trigger::Visit(_), Trigger::Visit(_)) => {
                                ", and what is shown first is shown alone"
                            }
                            _ => "",
                        }
                    ),
                ),
                None => (
                    format!("`{name}` is started by nobody but those that run it"),
                    format!("take it out here, or give `{name}` its `{on}`"),
                ),
            };
            let at = Loc { item: workflow.item, range: *range };
            found.push(Finding::new(codes::OUT_OF_PLACE, at, message).help(help));
        }
    }
    found
}

/// Two that could start with one event, and nothing says which.
fn overlaps(world: &World<'_>, started: &Started<'_>, order: &Order, found: &mut Vec<Finding>) {
    let before = &started.begin;
    let moments = Moment::of_starts(world.program);
    let all = &started.workflows;
    for (at, (id, first)) in all.iter().enumerate() {
        for (other, second) in &all[at + 1..] {
            let stated = order.is_before(*id, *other) || order.is_before(*other, *id);
            let both = moments.iter().find_map(|moment| {
                let begun = when(world, moment, before, first, true);
                let both = when(world, moment, &begun, second, true);
                both.is_live().then_some((moment, both))
            });
            let Some((moment, both)) = both.filter(|_| !stated) else { continue };
            let (earlier, later) = (&first.name, &second.name);
            let one = one(started.event);
            let message = format!("`{later}` and `{earlier}` may both start with {one}");
            let path = Example { world, event: started.event, begin: before, state: &both, moment }
                .of(&[first, second], |workflow, at| match (at, &workflow.when) {
                    (0, _) => format!("`{}` may start", workflow.name),
                    _ => format!("and so may `{}`", workflow.name),
                });
            found.push(
                Finding::new(codes::SEVERAL_ON_OPEN, place(second), message)
                    .also(place(first), format!("`{earlier}` starts here"))
                    .help(ordered(first, second, started.event))
                    .path(path),
            );
        }
    }
}

/// What gives two workflows an order.
fn ordered(first: &Workflow, second: &Workflow, event: Trigger) -> String {
    let (earlier, later) = (&first.name, &second.name);
    match (condition(first), condition(second)) {
        (None, None) => format!(
            "give one of them a `when`, or take `{}` out of one and let the other `run` it: \
             `run {later}`",
            event.name()
        ),
        (None, Some(condition)) => {
            format!("say which comes first: `before {earlier}` behind the {condition} of `{later}`")
        }
        (Some(condition), _) => {
            format!("say which comes first: `before {later}` behind the {condition} of `{earlier}`")
        }
    }
}

/// What keeps a workflow from starting at times, as it is written.
fn condition(workflow: &Workflow) -> Option<String> {
    let once = workflow.once.as_ref().map(|once| format!("`{}`", once.words()));
    once.or_else(|| workflow.when.as_ref().map(|_| "`when`".to_owned()))
}

/// Those that never start.
fn in_vain(world: &World<'_>, started: &Started<'_>, found: &mut Vec<Finding>) {
    let states = starts(world);
    let replied = begun(world, &started.begin);
    let never_comes = !started.begin.is_live();
    for (id, workflow) in &started.workflows {
        let begins = states[id.0 as usize].is_live()
            || replied.iter().any(|(its, state)| its == id && state.is_live());
        if begins {
            continue;
        }
        let name = &workflow.name;
        let (message, help) = match started.event {
            Trigger::Message if never_comes => (
                format!("no message starts `{name}`: every opening has started something before"),
                "give the workflows with `on open` a `when`, or let one of them `run` this one"
                    .to_owned(),
            ),
            Trigger::AgentReply if never_comes => (
                format!("no reply starts `{name}`: nothing hands conversations off to agents"),
                "hand off in another workflow: `hand off using … waiting up to 3m`".to_owned(),
            ),
            event => (
                match event {
                    Trigger::Visit(_) => format!("no visit starts `{name}`"),
                    Trigger::Open => format!("no opening starts `{name}`"),
                    Trigger::Message => format!("no message starts `{name}`"),
                    Trigger::AgentReply => format!("no agent's reply starts `{name}`"),
                },
                "look at its `when`, and at the workflows that stand before it: they start wherever \
                 it could"
                    .to_owned(),
            ),
        };
        found.push(Finding::new(codes::NEVER_STARTS, place(workflow), message).help(help));
    }
}

/// A customer to whom nothing answers, whether they open the Messenger or write.
fn uncovered(world: &World<'_>, all: &[Started<'_>]) -> Option<Finding> {
    let visit = all.iter().filter(|its| its.event.is_visit()).find_map(|its| its.workflows.first());
    let answers = |its: &&Started<'_>| {
        matches!(its.event, Trigger::Open | Trigger::Message) && !its.workflows.is_empty()
    };
    let all: Vec<&Started<'_>> = all.iter().filter(answers).collect();
    let Some(last) = all.last() else { return visit.map(|(_, visit)| unopened(visit)) };
    let moments = Moment::of_starts(world.program);
    let (moment, left) = moments.iter().find_map(|moment| {
        let all = last.workflows.iter();
        let left =
            all.fold(last.begin.clone(), |left, (_, its)| when(world, moment, &left, its, false));
        left.is_live().then_some((moment, left))
    })?;
    let (_, workflow) = last.workflows.last()?;
    let message = match (last.event, last.workflows.as_slice()) {
        (_, [(_, only)]) if only.once.is_some() => {
            format!("where `{}` has started before, nothing starts", only.name)
        }
        (_, [_]) => {
            format!("where the `when` of `{}` does not hold, nothing starts", workflow.name)
        }
        (Trigger::Open, _) => "where no condition holds, nothing starts".to_owned(),
        (_, _) => "where no condition holds, a message starts nothing".to_owned(),
    };
    let asked: Vec<&Workflow> =
        all.iter().flat_map(|its| &its.workflows).map(|(_, workflow)| *workflow).collect();
    let path = Example { world, event: last.event, begin: &last.begin, state: &left, moment }.of(
        &asked,
        |workflow, _| match workflow.once {
            Some(_) => format!("`{}` has started before", workflow.name),
            None => format!("`{}` does not start", workflow.name),
        },
    );
    let finding = Finding::new(codes::NO_START, place(workflow), message)
        .label("the last that could start")
        .help(
            "let one start without a condition and write `before` it in the others, so that it \
             starts where they do not",
        );
    Some(finding.path(path))
}

/// Visits start something, and whoever opens the Messenger by themselves finds nobody.
fn unopened(workflow: &Workflow) -> Finding {
    let message = "whoever opens the Messenger gets no answer: only visits start something";
    Finding::new(codes::NO_START, place(workflow), message)
        .label("this starts for those who take up what is shown")
        .help("write another workflow with `on open` or `on message`, for all others")
}
