//! Which places can lead to a failure, and how far they are from it.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::flow::graph::{Edge, NodeId, Op};
use crate::flow::state::State;
use crate::flow::unit::UnitId;

use super::{Goal, Map, Track};

/// A place: a node of a unit, and whether the tracked attribute is already as the failure wants it.
type Place = (UnitId, NodeId, bool);

/// The distance of each place to the failure; places from which there is no way are missing.
#[derive(Debug)]
pub(super) struct Guide {
    distance: FxHashMap<Place, u32>,
    whole: bool,
}

impl Guide {
    /// Goes backwards from a failure, breadth first; with `near` only until conversations begin.
    pub(super) fn new(map: &Map<'_, '_>, goal: &Goal, near: bool) -> Self {
        let mut guide = Self { distance: FxHashMap::default(), whole: true };
        let mut queue = VecDeque::new();
        let mut reverse = FxHashMap::default();
        let place = (goal.unit, goal.node, true);
        guide.distance.insert(place, 0);
        queue.push_back(place);
        while let Some(place) = queue.pop_front() {
            let distance = guide.distance.get(&place).copied().unwrap_or(0) + 1;
            if near && is_beginning(map, place, goal.track.as_ref()) {
                guide.whole = queue.is_empty();
                break;
            }
            for before in before(map, goal.track.as_ref(), &mut reverse, place) {
                if let std::collections::hash_map::Entry::Vacant(entry) =
                    guide.distance.entry(before)
                {
                    entry.insert(distance);
                    queue.push_back(before);
                }
            }
        }
        guide
    }

    /// Whether it knows every place.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// How far a place is; `None` where no way leads on.
    pub(super) fn distance(
        &self,
        unit: UnitId,
        node: NodeId,
        state: &State,
        track: Option<&Track>,
    ) -> Option<u32> {
        let wanted = track.is_none_or(|track| track.is_wanted(state));
        let at = |flag| self.distance.get(&(unit, node, flag)).copied();
        match track {
            // What is partly wanted can go either way.
            Some(track) if wanted && !state.read(track.attr).meet(&track.harmless).is_never() => {
                match (at(true), at(false)) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                }
            }
            _ => at(wanted),
        }
    }
}

fn is_beginning(map: &Map<'_, '_>, (unit, node, flag): Place, track: Option<&Track>) -> bool {
    if node != NodeId(0) || unit.part != 0 || !map.is_root(unit.workflow) {
        return false;
    }
    let entry = &map.entries[unit.workflow.0 as usize].state;
    track.is_none_or(|track| {
        let mask = if flag { &track.wanted } else { &track.harmless };
        !entry.read(track.attr).meet(mask).is_never()
    })
}

/// Edges into each node of a unit.
type Reverse = FxHashMap<UnitId, Vec<Vec<(NodeId, usize)>>>;

fn before(
    map: &Map<'_, '_>,
    track: Option<&Track>,
    reverse: &mut Reverse,
    (unit, node, flag): Place,
) -> Vec<Place> {
    let units = &map.units[unit.workflow.0 as usize];
    let graph = &units.graphs[unit.part];
    let edges = reverse.entry(unit).or_insert_with(|| {
        let mut into = vec![Vec::new(); graph.nodes.len()];
        for (id, source) in graph.iter() {
            for (at, edge) in source.edges.iter().enumerate() {
                into[edge.to.index()].push((id, at));
            }
        }
        into
    });
    let mut found = Vec::new();
    for (source, at) in &edges[node.index()] {
        let edge = &graph.node(*source).edges[*at];
        along(map, track, (unit, *source), edge, flag, &mut found);
    }
    if node == graph.entry() {
        if unit.part == 0 {
            let callers = &map.callers[unit.workflow.0 as usize];
            for (caller, at) in callers {
                found.push((*caller, *at, flag));
                // Replies before this one may have changed it.
                let graph = &map.units[caller.workflow.0 as usize].graphs[caller.part];
                if let Op::HandOff(_) = graph.node(*at).op {
                    found.push((*caller, *at, !flag));
                }
            }
        } else {
            into_arm(map, unit, flag, &mut found);
        }
    }
    found
}

/// What an arm of `defaults` is entered from. What `idle` arms or a `run` did before is of no
/// interest here.
fn into_arm(map: &Map<'_, '_>, arm: UnitId, flag: bool, found: &mut Vec<Place>) {
    let units = &map.units[arm.workflow.0 as usize];
    let outs = &map.solved(arm.workflow).outs;
    for (part, out) in
        outs.iter().enumerate().flat_map(|(part, outs)| outs.iter().map(move |o| (part, o)))
    {
        if units.handlers(out.kind).any(|handler| handler == arm.part) {
            let unit = UnitId { workflow: arm.workflow, part };
            found.extend([(unit, out.node, flag), (unit, out.node, !flag)]);
        }
    }
}

fn along(
    map: &Map<'_, '_>,
    track: Option<&Track>,
    (unit, source): (UnitId, NodeId),
    edge: &Edge<'_>,
    flag: bool,
    found: &mut Vec<Place>,
) {
    let units = &map.units[unit.workflow.0 as usize];
    let solved = map.solved(unit.workflow);
    let node = units.graphs[unit.part].node(source);
    let env = map.around.env(units, &solved.idle);
    let before = solved.solutions[unit.part].at(source);
    let Some(track) = track else {
        if env.follow(node, edge, &env.perform(node, before)).is_live() {
            found.push((unit, source, true));
        }
        return;
    };
    if let Op::Run(_, callee) = node.op
        && enters(map, callee, Some(track))
    {
        let exit = map.units[callee.0 as usize].graphs[0].exit();
        found.push((UnitId { workflow: callee, part: 0 }, exit, flag));
    }
    for had in [true, false] {
        let mut state = before.clone();
        state.learn(track.attr, if had { &track.wanted } else { &track.harmless });
        let after = env.follow(node, edge, &env.perform(node, &state));
        let mask = if flag { &track.wanted } else { &track.harmless };
        if after.is_live() && !after.read(track.attr).meet(mask).is_never() {
            found.push((unit, source, had));
        }
    }
}

/// Whether a path goes into a workflow that returns instead of stepping over it.
pub(super) fn enters(
    map: &Map<'_, '_>,
    callee: crate::hir::WorkflowId,
    track: Option<&Track>,
) -> bool {
    let Some(track) = track else { return false };
    map.around
        .summary(callee)
        .is_some_and(|summary| summary.writes.binary_search(&track.attr).is_ok())
}
