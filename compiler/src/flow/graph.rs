//! The control-flow graph of one unit: a workflow's body, or one arm of its `defaults`.
//!
//! Nodes are numbered so that every edge leads forward, but for those by which an `idle` arm goes
//! back to the wait that it interrupted, and those by which a `repeat` goes round: going through them
//! in order is already the solution for a unit without these.

use rustc_hash::FxHashMap;

use super::summary::Kind;
use crate::hir::{Expr, Other, Outcome, OutcomeArm, PushId, Step, StepKind, WorkflowId};

/// A position in [`Graph::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The position.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What happens at a node.
#[derive(Debug, Clone, Copy)]
pub enum Op<'p> {
    /// The unit begins.
    Entry,
    /// The unit is left at its end.
    Exit,
    /// `say`, `note`, `wait`, `set`, `let`, `clear`, `record case`, `go on`, or what was not understood.
    Plain(&'p Step),
    /// `ask`, `choose`, `collect`, `verify`
    Wait(&'p Step),
    /// `detect`
    Detect(&'p Step),
    /// `answer`
    Answer(&'p Step),
    /// `hand off`
    HandOff(&'p Step),
    /// `repeat`: a round begins.
    Round(&'p Step),
    /// A round of a `repeat` has come to its end.
    Again(&'p Step),
    /// A condition of an `if`.
    Test(&'p Step, &'p Expr),
    /// `match`
    Switch(&'p Step),
    /// `run`
    Run(&'p Step, WorkflowId),
    /// `create case`
    Create(&'p Step, PushId),
    /// `end`
    Leave(&'p Step),
    /// An `idle` arm of its own gives a wait back the word.
    Resume,
}

impl<'p> Op<'p> {
    /// The step that it belongs to.
    pub fn step(self) -> Option<&'p Step> {
        match self {
            Self::Plain(step)
            | Self::Wait(step)
            | Self::Detect(step)
            | Self::Answer(step)
            | Self::HandOff(step)
            | Self::Round(step)
            | Self::Again(step)
            | Self::Test(step, _)
            | Self::Switch(step)
            | Self::Run(step, _)
            | Self::Create(step, _)
            | Self::Leave(step) => Some(step),
            Self::Entry | Self::Exit | Self::Resume => None,
        }
    }
}

impl Op<'_> {
    /// What the step can end in that its own arms or `defaults` handle.
    pub fn outcomes(self) -> &'static [Kind] {
        match self {
            Self::Wait(Step { kind: StepKind::Verify { .. }, .. }) => {
                &[Kind::Human, Kind::Other(Other::Refused), Kind::Idle]
            }
            Self::Wait(_) => &[Kind::Human, Kind::Idle],
            Self::Detect(_) => &[Kind::Other(Other::Unavailable)],
            Self::Answer(_) => &[
                Kind::Human,
                Kind::Other(Other::Unavailable),
                Kind::Other(Other::Confirmed),
                Kind::Other(Other::Assumed),
                Kind::Other(Other::Unresolved),
            ],
            Self::HandOff(_) => &[
                Kind::Other(Other::Ended),
                Kind::Other(Other::NoAgent),
                Kind::Other(Other::Failed),
                Kind::Other(Other::Lost),
            ],
            _ => &[],
        }
    }
}

/// When an edge is taken.
#[derive(Debug, Clone, Copy)]
pub enum Guard<'p> {
    /// Always.
    Next,
    /// The condition holds, or does not.
    If(bool),
    /// An arm of the `match`, by position.
    Arm(usize),
    /// No arm of the `match`; reported, and gone on with behind it.
    NoArm,
    /// The customer wrote, sent the form, or is signed in.
    Answered,
    /// The customer pressed a button, by position.
    Pressed(usize),
    /// The customer wrote something that is on no button.
    OtherWords,
    /// A `repeat` goes round once more.
    Again,
    /// A `repeat` has gone round as often as it may.
    Exhausted,
    /// The customer wrote while nobody awaited it.
    Meanwhile,
    /// One of the step's own outcome arms.
    Outcome(&'p OutcomeArm, Outcome),
}

/// An edge.
#[derive(Debug, Clone, Copy)]
pub struct Edge<'p> {
    /// Where it leads.
    pub to: NodeId,
    /// When it is taken.
    pub guard: Guard<'p>,
}

/// A node.
#[derive(Debug, Clone)]
pub struct Node<'p> {
    /// What happens.
    pub op: Op<'p>,
    /// Where it goes on.
    pub edges: Vec<Edge<'p>>,
}

/// The graph of one unit.
#[derive(Debug, Clone)]
pub struct Graph<'p> {
    /// The entry first, the exit last.
    pub nodes: Vec<Node<'p>>,
    first: FxHashMap<*const Step, NodeId>,
}

impl<'p> Graph<'p> {
    pub(super) fn new(nodes: Vec<Node<'p>>, first: FxHashMap<*const Step, NodeId>) -> Self {
        Self { nodes, first }
    }

    /// Where the unit begins.
    pub fn entry(&self) -> NodeId {
        NodeId(0)
    }

    /// Where the unit is left at its end.
    pub fn exit(&self) -> NodeId {
        NodeId(u32::try_from(self.nodes.len().saturating_sub(1)).unwrap_or(u32::MAX))
    }

    /// The first node of a step of this unit.
    pub fn of_step(&self, step: &Step) -> Option<NodeId> {
        self.first.get(&std::ptr::from_ref(step)).copied()
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> &Node<'p> {
        &self.nodes[id.index()]
    }

    /// All nodes with their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Node<'p>)> {
        (0u32..).map(NodeId).zip(&self.nodes)
    }
}
