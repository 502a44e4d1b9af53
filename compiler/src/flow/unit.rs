//! A workflow's units, and their states for all that enter it.

use std::sync::Arc;

use crate::hir::{AttrId, Outcome, OutcomeArm, StepKind, Workflow, WorkflowId};

use super::build;
use super::domain::Abs;
use super::eval::World;
use super::facts::{Fact, Facts};
use super::graph::{Graph, NodeId, Op};
use super::names;
use super::replies::begun;
use super::solve::{Out, Solution, outs, solve};
use super::state::{Cell, State};
use super::summary::{Effect, Kind, Kinds, Summary};
use super::transfer::Env;

/// Names a unit: a workflow, and its body (0) or an arm of its `defaults` (from 1 on).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId {
    /// The workflow.
    pub workflow: WorkflowId,
    /// The part.
    pub part: usize,
}

/// The graphs of a workflow.
#[derive(Debug)]
pub struct Units<'p> {
    /// The workflow.
    pub workflow: &'p Workflow,
    /// The body first, then the arms of `defaults`.
    pub graphs: Vec<Graph<'p>>,
}

impl<'p> Units<'p> {
    /// The graphs of a workflow.
    pub fn new(workflow: &'p Workflow) -> Self {
        let mut graphs = vec![build::graph(&workflow.body)];
        graphs.extend(workflow.defaults.iter().map(|arm| build::graph(&arm.body)));
        Self { workflow, graphs }
    }

    /// What its `defaults` handle.
    pub fn handled(&self) -> Kinds {
        let outcomes = self.workflow.defaults.iter().flat_map(|arm| &arm.outcomes);
        outcomes.filter_map(|outcome| Kind::of(*outcome)).fold(Kinds::default(), Kinds::with)
    }

    /// The arm of `defaults` that a part is; `None` for the body.
    pub fn arm(&self, part: usize) -> Option<&'p OutcomeArm> {
        self.workflow.defaults.get(part.checked_sub(1)?)
    }

    /// The parts that handle a kind of outcome.
    pub fn handlers(&self, kind: Kind) -> impl Iterator<Item = usize> {
        let arms = self.workflow.defaults.iter().enumerate();
        arms.filter(move |(_, arm)| handles(arm, kind)).map(|(at, _)| at + 1)
    }

    /// The workflows that it runs, and those that agents' replies start while it is handed off.
    pub fn callees(&self, world: &World<'_>) -> Vec<WorkflowId> {
        let nodes = || self.graphs.iter().flat_map(|graph| &graph.nodes);
        let runs = nodes().filter_map(|node| match node.op {
            Op::Run(_, callee) => Some(callee),
            _ => None,
        });
        let hands_off = nodes().any(|node| matches!(node.op, Op::HandOff(_)));
        let replies = world.replies.workflows().filter(|_| hands_off);
        let mut all: Vec<WorkflowId> = runs.chain(replies).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Whether an arm handles a kind of outcome.
pub fn handles(arm: &OutcomeArm, kind: Kind) -> bool {
    arm.outcomes.iter().any(|outcome| Kind::of(*outcome) == Some(kind))
}

/// Whether an arm may hand back to the wait: it stands for silence only.
fn may_resume(arm: &OutcomeArm) -> bool {
    arm.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Idle(_)))
}

/// Everything that looking at a workflow needs beside itself.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a, 'p> {
    /// The program.
    pub world: &'a World<'p>,
    /// Summaries by workflow.
    pub summaries: &'a [Option<Arc<Summary>>],
    /// What `idle` arms outside can write at a wait that they interrupt.
    pub ambient: &'a [(AttrId, Abs)],
}

impl<'a, 'p> Around<'a, 'p> {
    /// What one workflow's graphs are looked at with.
    pub fn env(&self, units: &Units<'p>, idle: &'a [Effect]) -> Env<'a, 'p> {
        Env {
            world: self.world,
            summaries: self.summaries,
            idle,
            handled: units.handled(),
            ambient: self.ambient,
        }
    }

    /// An entry of which nothing is known, to which summaries are relative.
    pub fn open_entry(&self) -> State {
        let cells = self.world.tops.iter();
        let cells = cells.map(|top| Cell { kept: top.clone(), own: Abs::NEVER }).collect();
        State::new(cells, Facts::SAME)
    }

    /// What the `idle` arms do that go back to the wait.
    pub fn idle_effects(&self, units: &Units<'p>, entry: &State) -> Vec<Effect> {
        let env = self.env(units, &[]);
        let mut effects = Vec::new();
        for (part, graph) in units.graphs.iter().enumerate() {
            if units.arm(part).is_some_and(may_resume) {
                let solution = solve(&env, graph, entry);
                effects.extend(Effect::between(entry, solution.at(graph.exit())));
            }
        }
        effects
    }

    /// A workflow's summary.
    pub fn summarise(&self, units: &Units<'p>, entry: &State) -> (Summary, usize) {
        let idle = self.idle_effects(units, entry);
        let env = self.env(units, &idle);
        let mut visits = 0;
        let mut returns = None;
        let mut per_part = Vec::new();
        for (part, graph) in units.graphs.iter().enumerate() {
            let solution = solve(&env, graph, entry);
            visits += solution.visits;
            if part == 0 {
                returns = Effect::between(entry, solution.at(graph.exit()));
            }
            per_part.push(outs(&env, graph, &solution));
        }
        let escapes = escapes(units, entry, &per_part);
        let (reads, writes) = names::touched(units, self.world, self.summaries);
        let waits = units.graphs.iter().flat_map(|graph| &graph.nodes).any(|node| match node.op {
            Op::Wait(_) | Op::Detect(_) | Op::Answer(_) | Op::HandOff(_) => true,
            Op::Plain(step) => matches!(step.kind, StepKind::Wait(_)),
            Op::Run(_, callee) => self.summary(callee).is_some_and(|summary| summary.waits),
            _ => false,
        });
        (Summary { returns, escapes, waits, reads, writes }, visits)
    }

    /// The summary of a workflow.
    pub fn summary(&self, workflow: WorkflowId) -> Option<&'a Summary> {
        self.summaries.get(workflow.0 as usize).and_then(|summary| summary.as_deref())
    }
}

/// The outcomes that a workflow's own `defaults` leave to its callers.
///
/// What leaves an arm is relative to any entry, so it is put behind what leads into the arm; arms
/// whose own outcomes lead into arms are followed until nothing new comes of it.
fn escapes(units: &Units<'_>, entry: &State, per_part: &[Vec<Out>]) -> Vec<(Kind, Effect)> {
    let mut at: Vec<(Kind, State)> = Kind::all().map(|kind| (kind, State::dead())).collect();
    for out in per_part.iter().take(1).flatten() {
        at[out.kind.index()].1.join(&out.state);
    }
    for _ in 0..=units.graphs.len() {
        let mut changed = false;
        for through in Kind::all() {
            let (_, before) = at[through.index()].clone();
            for part in units.handlers(through).filter(|_| before.is_live()) {
                for out in per_part.get(part).into_iter().flatten() {
                    let effect = Effect::between(entry, &out.state);
                    let after = effect.map_or_else(State::dead, |effect| effect.after(&before));
                    changed |= at[out.kind.index()].1.join(&after);
                }
            }
        }
        if !changed {
            break;
        }
    }
    let handled = units.handled();
    let left = at.iter().filter(|(kind, _)| !handled.has(*kind));
    left.filter_map(|(kind, state)| Some((*kind, Effect::between(entry, state)?))).collect()
}

/// What a workflow is entered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The states of all that enter, joined.
    pub state: State,
    /// The outcomes that are handled outside on every chain of `run` that leads here.
    pub outer: Kinds,
    /// Whether a conversation gets here at all.
    pub reached: bool,
}

/// A workflow's units with their states.
#[derive(Debug)]
pub struct Solved {
    /// By part.
    pub solutions: Vec<Solution>,
    /// Outcomes that leave the graphs, by part.
    pub outs: Vec<Vec<Out>>,
    /// What its `idle` arms do that go back.
    pub idle: Vec<Effect>,
}

impl Solved {
    /// How often nodes were performed.
    pub fn visits(&self) -> usize {
        self.solutions.iter().map(|solution| solution.visits).sum()
    }
}

impl<'p> Around<'_, 'p> {
    /// The states of a workflow's nodes for all that enter it.
    pub fn solve(&self, units: &Units<'p>, entry: &Entry, open: &State) -> Solved {
        let idle = self.idle_effects(units, open);
        let env = self.env(units, &idle);
        let dead = State::dead();
        let mut entries = vec![dead.clone(); units.graphs.len()];
        entries[0] = entry.state.clone();
        let mut solutions: Vec<Solution> = units
            .graphs
            .iter()
            .zip(&entries)
            .map(|(graph, state)| solve(&env, graph, state))
            .collect();
        let mut found: Vec<Vec<Out>> = vec![Vec::new(); units.graphs.len()];
        let mut stale = vec![0];
        // An arm is entered by what leaves the body and other arms; each round settles one more.
        for _ in 0..=units.graphs.len() {
            for part in std::mem::take(&mut stale) {
                found[part] = outs(&env, &units.graphs[part], &solutions[part]);
                for out in &found[part] {
                    for handler in units.handlers(out.kind) {
                        if entries[handler].join(&out.state) && !stale.contains(&handler) {
                            stale.push(handler);
                        }
                    }
                }
            }
            for part in &stale {
                solutions[*part] = solve(&env, &units.graphs[*part], &entries[*part]);
            }
        }
        Solved { solutions, outs: found, idle }
    }

    /// What the workflows that it runs are entered with, and those that agents' replies start, in the
    /// order of the steps.
    pub fn calls(
        &self,
        units: &Units<'p>,
        solved: &Solved,
        entry: &Entry,
    ) -> Vec<(WorkflowId, Entry)> {
        let outer = entry.outer.or(units.handled());
        let env = self.env(units, &solved.idle);
        let reached = entry.reached;
        let mut calls = Vec::new();
        for (graph, solution) in units.graphs.iter().zip(&solved.solutions) {
            for (id, node) in graph.iter() {
                let state = solution.at(id);
                if let (Op::Run(_, callee), true) = (node.op, state.is_live()) {
                    let state = state.clone();
                    calls.push((callee, Entry { state, outer, reached }));
                }
                if let Op::HandOff(_) = node.op
                    && solution.at(id).is_live()
                {
                    // No outcome comes of what runs in the background.
                    let outer = Kinds::all();
                    let begun = begun(self.world, &env.perform(node, solution.at(id)));
                    let begun = begun.into_iter().filter(|(_, state)| state.is_live());
                    calls.extend(begun.map(|(id, state)| (id, Entry { state, outer, reached })));
                }
            }
        }
        calls
    }
}

/// What an opening begins with.
pub fn start_state(world: &World<'_>) -> State {
    let starts = world.program.attributes.iter().map(super::types::start);
    State::new(starts.map(Cell::known).collect(), Facts::at_start())
}

/// What a workflow that nothing runs is looked at with: anything.
pub fn unknown_state(world: &World<'_>) -> State {
    let mut state = State::new(world.tops.iter().cloned().map(Cell::known).collect(), Facts::any());
    for fact in [Fact::Spoken, Fact::Silent, Fact::Wrote, Fact::FileSent] {
        state.set_fact(fact, false);
    }
    state
}

/// What `idle` arms of `defaults` that go back to the wait may write, for waits of the workflows
/// that are run from there.
pub fn ambient(
    world: &World<'_>,
    units: &[Units<'_>],
    writes: &[Vec<AttrId>],
) -> Vec<(AttrId, Abs)> {
    let mut attrs: Vec<AttrId> = Vec::new();
    for workflow in units {
        for (part, graph) in workflow.graphs.iter().enumerate() {
            let returns = graph.iter().any(|(id, _)| leads_to(graph, id, graph.exit()));
            if workflow.arm(part).is_some_and(may_resume) && returns {
                attrs.extend(names::writes(graph, writes));
            }
        }
    }
    attrs.sort_unstable();
    attrs.dedup();
    let attrs = world.with_dependents(attrs);
    attrs.into_iter().filter_map(|a| Some((a, world.tops.get(a.0 as usize)?.clone()))).collect()
}

fn leads_to(graph: &Graph<'_>, from: NodeId, to: NodeId) -> bool {
    graph.node(from).edges.iter().any(|edge| edge.to == to)
}
