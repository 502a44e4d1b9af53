//! What is known at a place of a workflow, for whoever asks once the check is done.

use std::sync::Arc;

use crate::flow::domain::Abs;
use crate::flow::eval::World;
use crate::flow::graph::{Graph, Node, NodeId, Op};
use crate::flow::summary::Summary;
use crate::flow::unit::{Around, Entry, Units};
use crate::hir::{AttrId, Program, StepKind, WorkflowId};
use crate::source::{ItemId, Range};

/// What a check knew of the workflows of a program. The states themselves are found anew: few are
/// ever asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct States {
    /// Summaries by workflow.
    pub(super) summaries: Vec<Option<Arc<Summary>>>,
    /// What each workflow is entered with.
    pub(super) entries: Vec<Entry>,
    /// What `idle` arms outside can write at a wait that they interrupt.
    pub(super) ambient: Vec<(AttrId, Abs)>,
}

impl States {
    /// What an attribute can be right before what stands at a byte of a workflow is done. Nothing
    /// where no step stands there; [`Abs::NEVER`] where no conversation gets there.
    pub fn before(
        &self,
        program: &Program,
        workflow: WorkflowId,
        offset: u32,
        attr: AttrId,
    ) -> Option<Abs> {
        let at = workflow.0 as usize;
        let (of, entry) = (program.workflows.get(at)?, self.entries.get(at)?);
        let world = World::new(program);
        let around = Around { world: &world, summaries: &self.summaries, ambient: &self.ambient };
        let units = Units::new(of);
        let (part, node) = units
            .graphs
            .iter()
            .enumerate()
            .filter_map(|(part, graph)| Some((part, node_at(graph, of.item, offset)?)))
            .min_by_key(|(_, (length, _))| *length)
            .map(|(part, (_, node))| (part, node))?;
        let solved = around.solve(&units, entry, &around.open_entry());
        let state = solved.solutions.get(part)?.at(node);
        Some(if state.is_live() { state.read(attr) } else { Abs::NEVER })
    }
}

/// The first node of the narrowest step around a byte, and how wide that is.
fn node_at(graph: &Graph<'_>, item: ItemId, offset: u32) -> Option<(u32, NodeId)> {
    let around = |node: &Node<'_>| {
        let range = place(node, item)?;
        (range.start <= offset && offset <= range.end).then_some(range.end - range.start)
    };
    let nodes = graph.iter().filter_map(|(id, node)| Some((around(node)?, id)));
    nodes.min_by_key(|(length, id)| (*length, *id))
}

/// Where a node's own words stand: for a form, its lines too.
fn place(node: &Node<'_>, item: ItemId) -> Option<Range> {
    if let Op::Test(_, condition) = node.op {
        return Some(condition.range);
    }
    let step = node.op.step()?;
    let StepKind::Collect { fields, .. } = &step.kind else { return Some(step.range) };
    let own = fields.iter().filter(|field| field.at.item == item);
    Some(own.fold(step.range, |range, field| range.to(field.at.range)))
}
