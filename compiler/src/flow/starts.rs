//! With which workflow a conversation begins.

use crate::hir::{Program, Trigger, Workflow, WorkflowId};

use super::eval::World;
use super::facts::Fact;
use super::moments::Moment;
use super::refine::refine;
use super::state::State;
use super::unit::start_state;

/// Which workflows of a program stand before which, directly or by way of others.
#[derive(Debug)]
pub struct Order {
    before: Vec<Vec<bool>>,
}

impl Order {
    /// The order that the workflows state.
    pub fn of(program: &Program) -> Self {
        let count = program.workflows.len();
        let mut before = vec![vec![false; count]; count];
        for (row, workflow) in before.iter_mut().zip(&program.workflows) {
            for (later, _) in &workflow.before {
                if let Some(cell) = row.get_mut(later.0 as usize) {
                    *cell = true;
                }
            }
        }
        for by in 0..count {
            let through = before[by].clone();
            for row in before.iter_mut().filter(|row| row[by]) {
                row.iter_mut().zip(&through).for_each(|(cell, later)| *cell |= later);
            }
        }
        Self { before }
    }

    /// Whether one stands before the other.
    pub fn is_before(&self, one: WorkflowId, other: WorkflowId) -> bool {
        self.before.get(one.0 as usize).and_then(|row| row.get(other.0 as usize)) == Some(&true)
    }
}

/// The workflows that an event can start, those that stand before others first.
pub fn starting(program: &Program, event: Trigger) -> Vec<WorkflowId> {
    let order = Order::of(program);
    let all = (0u32..).map(WorkflowId).zip(&program.workflows);
    let mut found: Vec<WorkflowId> =
        all.filter(|(_, workflow)| workflow.on == Some(event)).map(|(id, _)| id).collect();
    let earlier = |id: &WorkflowId| {
        (0u32..)
            .map(WorkflowId)
            .take(program.workflows.len())
            .filter(|o| order.is_before(*o, *id))
            .count()
    };
    found.sort_by_key(|id| (earlier(id), *id));
    found
}

/// What an event finds before it starts anything. A message starts something only where the opening
/// has started nothing.
pub fn begin(world: &World<'_>, event: Trigger) -> State {
    let opened = start_state(world);
    match event {
        Trigger::Visit(_) | Trigger::Open => return opened,
        Trigger::Message => {}
        // A reply comes where a workflow hands off: [`super::replies`].
        Trigger::AgentReply => return State::dead(),
    }
    // The message comes at another moment than the opening.
    let mut state = State::dead();
    for moment in Moment::of_starts(world.program) {
        let all = world.program.workflows.iter();
        let openings = all.filter(|its| its.on == Some(Trigger::Open));
        let quiet =
            openings.fold(opened.clone(), |left, its| when(world, &moment, &left, its, false));
        state.join(&quiet);
    }
    state.set_fact(Fact::Spoken, true);
    state.set_fact(Fact::Wrote, true);
    state
}

/// The states in which each workflow of a program starts; no conversation where no event ever
/// starts it.
pub fn starts(world: &World<'_>) -> Vec<State> {
    let program = world.program;
    let order = Order::of(program);
    let begins = Trigger::all(program).into_iter();
    let begins: Vec<(Trigger, State)> = begins.map(|event| (event, begin(world, event))).collect();
    let all = || (0u32..).map(WorkflowId).zip(&program.workflows);
    let moments = Moment::of_starts(program);
    let started = |moment: &Moment, id: WorkflowId, workflow: &Workflow, begin: &State| {
        let earlier = all().filter(|(other, its)| {
            its.on == workflow.on && order.is_before(*other, id) && !order.is_before(id, *other)
        });
        let state = when(world, moment, begin, workflow, true);
        earlier.fold(state, |state, (_, other)| when(world, moment, &state, other, false))
    };
    all()
        .map(|(id, workflow)| {
            let mut state = State::dead();
            let begin = begins.iter().find(|(event, _)| Some(*event) == workflow.on);
            for (moment, (_, begin)) in moments.iter().flat_map(|its| Some((its, begin?))) {
                state.join(&started(moment, id, workflow, begin));
            }
            state
        })
        .collect()
}

/// The state in which a workflow may start at a moment, or need not: its `when` holds, or does not. What
/// has started before need not start again, whatever holds.
pub fn when(
    world: &World<'_>,
    moment: &Moment,
    state: &State,
    workflow: &Workflow,
    truth: bool,
) -> State {
    if !truth && workflow.once.is_some() {
        return state.clone();
    }
    match &workflow.when {
        Some(condition) => refine(world, state, &moment.decided(condition), truth),
        None if truth => state.clone(),
        None => State::dead(),
    }
}
