//! The steps of one conversation that gets to a place where something fails.
//!
//! States were joined on the way there, so a failure there need not happen: [`guide`] goes backwards
//! from it to see which ways can matter at all, [`search`] goes forwards along them, one at a time,
//! with states that are never joined. A conversation that fails refutes the proof; none on any way
//! proves it after all; too many ways leave it open.

mod guide;
mod label;
mod search;

pub use label::{HOLDS_NOT, MEANWHILE};

use std::cell::OnceCell;

use crate::hir::{AttrId, Trigger, WorkflowId};
use crate::source::Loc;

use super::domain::{Abs, Content, Origins, Presence};
use super::graph::{NodeId, Op};
use super::state::State;
use super::types;
use super::unit::{Around, Entry, Solved, UnitId, Units};
use super::values::ValueSet;

/// A place where something may fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// The unit.
    pub unit: UnitId,
    /// The node.
    pub node: NodeId,
    /// What matters most for it.
    pub track: Option<Track>,
}

/// What a failure hangs on: an attribute that can be something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// The attribute.
    pub attr: AttrId,
    /// What it must be for the failure.
    pub wanted: Abs,
    /// Everything else.
    pub harmless: Abs,
}

impl Track {
    /// It is blank.
    pub fn blank(attr: AttrId) -> Self {
        Self { attr, wanted: Abs::ANY_BLANK, harmless: Abs::SET }
    }

    /// The conversation gave it a value.
    pub fn written(attr: AttrId) -> Self {
        let foreign = Origins::DEFAULT.or(Origins::SALESFORCE).or(Origins::SESSION);
        let harmless = Abs::set(Content::Any, foreign).join(&Abs::ANY_BLANK);
        Self { attr, wanted: Abs::written(), harmless }
    }

    /// It has one of these values of its list, or is blank.
    pub fn one_of(
        attr: AttrId,
        list: &crate::hir::ListType,
        values: &ValueSet,
        blank: bool,
    ) -> Self {
        let all = types::all_values(list).with_others(true);
        let wanted = Abs::set(Content::List(values.clone()), Origins::ANY);
        let harmless = Abs::set(Content::List(all.minus(values)), Origins::ANY);
        if blank {
            let wanted = wanted.join(&Abs::ANY_BLANK);
            return Self { attr, wanted, harmless };
        }
        Self { attr, wanted, harmless: harmless.join(&Abs::ANY_BLANK) }
    }

    /// Whether it can be what the failure needs in a state.
    pub(crate) fn is_wanted(&self, state: &State) -> bool {
        let met = state.read(self.attr).meet(&self.wanted);
        met.presence != Presence::NEVER
    }
}

/// What came of looking for a conversation that fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// One that does.
    Refuted(Vec<(Loc, String)>),
    /// None does: every way was tried.
    Proved,
    /// There are too many ways.
    Open,
}

/// What is known about all workflows.
#[derive(Debug)]
pub struct Map<'a, 'p> {
    /// The program and the summaries.
    pub around: Around<'a, 'p>,
    /// Graphs by workflow.
    pub units: &'a [Units<'p>],
    /// Entries by workflow.
    pub entries: &'a [Entry],
    /// Where each workflow is run, or started by an agent's reply.
    pub callers: Vec<Vec<(UnitId, NodeId)>>,
    open: State,
    solved: Vec<OnceCell<Solved>>,
}

impl<'a, 'p> Map<'a, 'p> {
    /// A map of workflows; their states are found when they are asked for.
    pub fn new(around: Around<'a, 'p>, units: &'a [Units<'p>], entries: &'a [Entry]) -> Self {
        let mut callers = vec![Vec::new(); units.len()];
        for (workflow, all) in (0u32..).map(WorkflowId).zip(units) {
            for (part, graph) in all.graphs.iter().enumerate() {
                for (id, node) in graph.iter() {
                    let callees: Vec<WorkflowId> = match node.op {
                        Op::Run(_, callee) => vec![callee],
                        Op::HandOff(_) => around.world.replies.workflows().collect(),
                        _ => continue,
                    };
                    for callee in callees {
                        if let Some(list) = callers.get_mut(callee.0 as usize) {
                            list.push((UnitId { workflow, part }, id));
                        }
                    }
                }
            }
        }
        let solved = units.iter().map(|_| OnceCell::new()).collect();
        Self { around, units, entries, callers, open: around.open_entry(), solved }
    }

    /// A map for looking at one workflow, in which nobody asks who runs it.
    pub fn alone(around: Around<'a, 'p>, units: &'a [Units<'p>]) -> Self {
        let (open, callers, solved) = (State::dead(), Vec::new(), Vec::new());
        Self { around, units, entries: &[], callers, open, solved }
    }

    /// The states of a workflow's nodes.
    pub fn solved(&self, workflow: WorkflowId) -> &Solved {
        let at = workflow.0 as usize;
        self.solved[at]
            .get_or_init(|| self.around.solve(&self.units[at], &self.entries[at], &self.open))
    }

    /// Whether conversations begin with a workflow as far as paths are concerned: one with a trigger
    /// does, and so does one that nothing runs.
    fn is_root(&self, workflow: WorkflowId) -> bool {
        let at = workflow.0 as usize;
        self.units[at].workflow.on.is_some_and(Trigger::begins) || self.callers[at].is_empty()
    }

    /// Looks for a conversation in which something fails.
    pub fn find(&self, goal: &Goal, fails: &dyn Fn(&State) -> bool) -> Verdict {
        let near = guide::Guide::new(self, goal, true);
        let first = search::search(self, goal, &near, fails);
        if near.is_whole() || matches!(first, Verdict::Refuted(_)) {
            return first;
        }
        let whole = guide::Guide::new(self, goal, false);
        search::search(self, goal, &whole, fails)
    }
}
