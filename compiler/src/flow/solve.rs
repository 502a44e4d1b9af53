//! The states of a unit's nodes: a forward fixpoint.

use std::collections::BTreeSet;

use super::graph::{Graph, NodeId, Op};
use super::state::State;
use super::summary::Kind;
use super::transfer::{Env, owns};

/// A node that was joined this often is in a loop; it then gives up precision so that it ends.
const PATIENCE: u32 = 3;

/// The states of a unit.
#[derive(Debug, Clone)]
pub struct Solution {
    /// Before each node, by position.
    pub before: Vec<State>,
    /// How often nodes were performed.
    pub visits: usize,
}

impl Solution {
    /// The state before a node.
    pub fn at(&self, node: NodeId) -> &State {
        &self.before[node.index()]
    }
}

/// The states of all nodes for conversations that enter in a state.
pub fn solve(env: &Env<'_, '_>, graph: &Graph<'_>, entry: &State) -> Solution {
    let mut before = vec![State::dead(); graph.nodes.len()];
    let mut joined = vec![0u32; graph.nodes.len()];
    before[0] = entry.clone();
    let mut waiting = BTreeSet::from([0u32]);
    let mut visits = 0;
    while let Some(at) = waiting.pop_first() {
        visits += 1;
        let node = graph.node(NodeId(at));
        let behind = env.perform(node, &before[at as usize]);
        for edge in &node.edges {
            let reached = env.follow(node, edge, &behind);
            let to = edge.to.index();
            let changed = if edge.to.0 <= at && joined[to] >= PATIENCE {
                before[to].widen(&reached, &env.world.tops)
            } else {
                before[to].join(&reached)
            };
            if changed {
                joined[to] += 1;
                waiting.insert(edge.to.0);
            }
        }
    }
    Solution { before, visits }
}

/// An outcome that leaves a unit's graph: where, and in which state.
#[derive(Debug, Clone)]
pub struct Out {
    /// What it is.
    pub kind: Kind,
    /// The wait, or the `run` inside which it is.
    pub node: NodeId,
    /// The state then.
    pub state: State,
}

/// The outcomes that no arm at a wait itself handles, in the order of the nodes.
pub fn outs(env: &Env<'_, '_>, graph: &Graph<'_>, solution: &Solution) -> Vec<Out> {
    let mut found = Vec::new();
    for (id, node) in graph.iter() {
        let before = solution.at(id);
        if !before.is_live() {
            continue;
        }
        match node.op {
            Op::Wait(step) | Op::Detect(step) | Op::Answer(step) | Op::HandOff(step) => {
                for kind in node.op.outcomes().iter().copied().filter(|kind| !owns(step, *kind)) {
                    let state = env.raised(node, kind, before);
                    if state.is_live() {
                        found.push(Out { kind, node: id, state });
                    }
                }
            }
            Op::Run(_, workflow) => {
                let summary = env.summaries.get(workflow.0 as usize).and_then(Option::as_ref);
                for (kind, effect) in summary.iter().flat_map(|summary| &summary.escapes) {
                    let state = effect.after(before);
                    if state.is_live() {
                        found.push(Out { kind: *kind, node: id, state });
                    }
                }
            }
            _ => {}
        }
    }
    found
}
