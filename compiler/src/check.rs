//! What the language proves, one proof a file, over the graphs and states of [`flow`](crate::flow).
//!
//! A proof looks at one node in one state and says what fails there. Looked at in the joined state
//! of all ways to the node, what fails is a suspicion; looked at again in the state of a single way
//! ([`path`](crate::flow::path)) it is refuted, with that way. So each proof is written once.

mod blank;
mod bound;
mod cache;
mod channels;
mod cleared;
mod complete;
mod dependent;
mod detection;
mod exhaustive;
mod form;
mod languages;
mod list;
mod offered;
mod outcome;
mod overwrite;
mod places;
mod privacy;
mod reach;
mod report;
mod run;
mod size;
mod states;
mod tally;
mod texts;
mod triggers;
mod unhandled;
mod written;

pub use cache::Cache;
pub use run::{Proofs, run};
pub use states::States;
pub use tally::Tally;

use tidegate_schemas::catalog::Catalog;

use crate::finding::Finding;
use crate::flow::eval::World;
use crate::flow::graph::{Node, NodeId};
use crate::flow::path::{Map, Track};
use crate::flow::state::State;
use crate::flow::summary::Kind;
use crate::flow::transfer::Env;
use crate::flow::unit::{Entry, Solved, UnitId, Units};
use crate::hir::{PushId, WorkflowId};
use crate::source::{Loc, Range};
use tidegate_diagnostics::Code;

/// The proofs that look at one node in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Proof {
    Blank,
    Exhaustive,
    Complete,
    Size,
    List,
    Offered,
    Discard,
    Ending,
    Privacy,
}

impl Proof {
    const ALL: [Self; 9] = [
        Self::Blank,
        Self::Exhaustive,
        Self::Complete,
        Self::Size,
        Self::List,
        Self::Offered,
        Self::Discard,
        Self::Ending,
        Self::Privacy,
    ];

    fn look(self, cx: &Cx<'_, '_>, at: Place, state: &State, out: &mut Vec<Draft>) {
        match self {
            Self::Blank => blank::node(cx, at, state, out),
            Self::Exhaustive => exhaustive::node(cx, at, state, out),
            Self::Complete => complete::node(cx, at, state, out),
            Self::Size => size::node(cx, at, state, out),
            Self::List => list::node(cx, at, state, out),
            Self::Offered => offered::node(cx, at, state, out),
            Self::Discard => overwrite::node(cx, at, state, out),
            Self::Ending => outcome::node(cx, at, state, out),
            Self::Privacy => privacy::node(cx, at, state, out),
        }
    }

    /// How much it has to show at a node.
    fn asks(self, cx: &Cx<'_, '_>, at: Place, state: &State) -> usize {
        match self {
            Self::Blank => blank::asks(cx, at, state),
            Self::Exhaustive => exhaustive::asks(cx, at),
            Self::Complete => complete::asks(cx, at, state),
            Self::Size => size::asks(cx, at),
            Self::List => list::asks(cx, at),
            Self::Offered => offered::asks(cx, at),
            Self::Discard => overwrite::asks(cx, at),
            Self::Ending => usize::from(outcome::ends(cx, at).is_some()),
            Self::Privacy => privacy::asks(cx, at, state),
        }
    }

    /// The code of what could be neither proved nor refuted.
    fn doubt(self) -> Code {
        use tidegate_diagnostics::codes;
        match self {
            Self::Blank => codes::BLANK_NOT_PROVED,
            Self::Exhaustive => codes::MATCH_NOT_PROVED,
            Self::Complete => codes::CASE_NOT_PROVED,
            Self::Size => codes::SIZE_NOT_PROVED,
            Self::List => codes::LIST_NOT_PROVED,
            Self::Offered => codes::OFFER_NOT_PROVED,
            Self::Discard => codes::DISCARD_NOT_PROVED,
            Self::Ending => codes::ENDING_NOT_PROVED,
            Self::Privacy => codes::PRIVACY_NOT_PROVED,
        }
    }
}

/// A node of the workflow that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    part: usize,
    node: NodeId,
}

/// What comes of a finding before it is told.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// Nothing: it holds wherever a conversation goes.
    Certain,
    /// A single way must show it.
    Suspect { proof: Proof, at: Place, track: Option<Track> },
    /// An outcome that no chain of `run` handles; the chain goes along.
    Unhandled(Kind),
}

/// A finding before its path is known. It names places of its own workflow and of pushes only, so
/// that it can be cached with the workflow.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    finding: Finding,
    way: Way,
}

impl Draft {
    fn certain(finding: Finding) -> Self {
        Self { finding, way: Way::Certain }
    }

    fn suspect(proof: Proof, at: Place, track: Option<Track>, finding: Finding) -> Self {
        Self { finding, way: Way::Suspect { proof, at, track } }
    }
}

/// One workflow, looked at.
pub(crate) struct Cx<'a, 'p> {
    map: &'a Map<'a, 'p>,
    catalog: &'p Catalog,
    id: WorkflowId,
    units: &'a Units<'p>,
    solved: &'a Solved,
    entry: &'a Entry,
}

impl<'a, 'p> Cx<'a, 'p> {
    fn world(&self) -> &'a World<'p> {
        self.map.around.world
    }

    fn env(&self) -> Env<'_, 'p> {
        self.map.around.env(self.units, &self.solved.idle)
    }

    fn node(&self, at: Place) -> &'a Node<'p> {
        self.units.graphs[at.part].node(at.node)
    }

    fn loc(&self, range: Range) -> Loc {
        Loc { item: self.units.workflow.item, range }
    }

    fn push(&self, push: PushId) -> Option<&'p crate::hir::Push> {
        self.world().program.pushes.get(push.0 as usize).map(AsRef::as_ref)
    }

    fn unit(&self, part: usize) -> UnitId {
        UnitId { workflow: self.id, part }
    }

    /// Every node that a conversation gets to, with its joined state.
    fn places(&self) -> impl Iterator<Item = (Place, &'a State)> {
        let units = self.units;
        let solved = self.solved;
        units.graphs.iter().enumerate().flat_map(move |(part, graph)| {
            graph
                .iter()
                .map(move |(node, _)| (Place { part, node }, solved.solutions[part].at(node)))
                .filter(|(_, state)| state.is_live())
        })
    }
}

#[cfg(test)]
mod tests;
