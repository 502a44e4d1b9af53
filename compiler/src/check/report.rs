//! From suspicions to findings: each is looked for in single conversations.

use std::collections::VecDeque;

use tidegate_diagnostics::Diagnostic;
use tidegate_plan::rehearsal::Wanted;

use crate::finding::Finding;
use crate::flow::domain::Content;
use crate::flow::graph::NodeId;
use crate::flow::path::{Goal, Map, Track, Verdict};
use crate::flow::state::State;
use crate::flow::summary::Kind;
use crate::hir::{Type, WorkflowId};
use crate::source::Loc;

use super::{Cx, Draft, Place, Proof, Way};

/// Looks for a conversation that shows a draft; `None` where no way does, which proves it after all.
pub(super) fn tell(cx: &Cx<'_, '_>, draft: &Draft) -> Option<Finding> {
    match &draft.way {
        Way::Certain => Some(draft.finding.clone()),
        Way::Unhandled(kind) => {
            let path = chain(cx.map, cx.id, *kind);
            Some(draft.finding.clone().path(path))
        }
        Way::Suspect { proof, at, track } => {
            let goal = Goal { unit: cx.unit(at.part), node: at.node, track: track.clone() };
            let fails = |state: &State| shows(cx, *proof, *at, state, draft);
            match cx.map.find(&goal, &fails) {
                Verdict::Refuted(path) => {
                    let mut finding = draft.finding.clone().path(path);
                    finding.wanted = track.as_ref().map(|track| wanted(cx, track));
                    Some(finding)
                }
                Verdict::Proved => None,
                Verdict::Open => {
                    let doubt = doubt(*proof, &draft.finding);
                    Some(match track.as_ref().and_then(|track| lost(cx, *at, track)) {
                        Some((place, what)) => doubt.also(place, what),
                        None => doubt,
                    })
                }
            }
        }
    }
}

/// What an attribute must be for the failure, in the plan's terms.
fn wanted(cx: &Cx<'_, '_>, track: &Track) -> Wanted {
    let list = match (&track.wanted.content, cx.world().ty(track.attr)) {
        (Content::List(values), Type::List(list)) if !values.others() => Some((values, list)),
        _ => None,
    };
    let values = list.map(|(values, list)| {
        let listed = list.values.iter().enumerate().filter(|(at, _)| values.has(*at));
        listed.map(|(_, value)| value.value.clone()).collect()
    });
    Wanted {
        attr: tidegate_plan::model::AttrId(track.attr.0),
        blank: track.wanted.may_be_blank(),
        values: if track.wanted.may_be_set() { values } else { Some(Vec::new()) },
    }
}

/// Whether the proof finds the same in this state.
fn shows(cx: &Cx<'_, '_>, proof: Proof, at: Place, state: &State, draft: &Draft) -> bool {
    let mut found = Vec::new();
    proof.look(cx, at, state, &mut found);
    found.iter().any(|other| {
        other.finding.primary == draft.finding.primary
            && other.finding.diagnostic.code == draft.finding.diagnostic.code
            && other.finding.secondary == draft.finding.secondary
    })
}

/// The finding as a doubt, with what it was that got lost.
fn doubt(proof: Proof, finding: &Finding) -> Finding {
    let message = format!("not proved: {}", finding.diagnostic.message);
    let mut doubt = finding.clone();
    doubt.diagnostic = Diagnostic {
        code: proof.doubt(),
        severity: proof.doubt().severity(),
        message,
        help: Some(
            "too many ways lead here to follow each of them: test the value once more, right \
             before this step"
                .to_owned(),
        ),
        fix: None,
        ..doubt.diagnostic
    };
    doubt.edits = Vec::new();
    doubt
}

/// Where ways met last on which the attribute that matters differs: what it is hangs on the way that
/// was taken, and behind that place nobody knows which one it was.
fn lost(cx: &Cx<'_, '_>, at: Place, track: &Track) -> Option<(Loc, String)> {
    let graph = &cx.units.graphs[at.part];
    let (env, solution) = (cx.env(), &cx.solved.solutions[at.part]);
    let mut leading: Vec<Vec<(NodeId, State)>> = vec![Vec::new(); graph.nodes.len()];
    for (id, node) in graph.iter().filter(|(id, _)| solution.at(*id).is_live()) {
        let behind = env.perform(node, solution.at(id));
        for edge in &node.edges {
            let state = env.follow(node, edge, &behind);
            if state.is_live() {
                leading[edge.to.index()].push((id, state));
            }
        }
    }
    let name = cx.world().name(track.attr);
    let mut seen = vec![false; graph.nodes.len()];
    let mut open = VecDeque::from([at.node]);
    while let Some(id) = open.pop_front() {
        if std::mem::replace(&mut seen[id.index()], true) {
            continue;
        }
        let ways = &leading[id.index()];
        let can = ways.iter().filter(|(_, state)| track.is_wanted(state)).count();
        if can > 0
            && can < ways.len()
            && let Some(step) = graph.node(id).op.step()
        {
            let what = format!(
                "{} ways meet before this, `{name}` hangs on which of them was taken, and that is \
                 forgotten here",
                ways.len()
            );
            return Some((cx.loc(step.range), what));
        }
        open.extend(ways.iter().map(|(from, _)| *from));
    }
    None
}

/// A chain of `run` on which nobody handles an outcome, from where conversations begin.
fn chain(map: &Map<'_, '_>, workflow: WorkflowId, kind: Kind) -> Vec<(Loc, String)> {
    let mut chain = Vec::new();
    let mut at = workflow;
    for _ in 0..map.units.len() {
        let callers = &map.callers[at.0 as usize];
        let caller = callers.iter().find(|(unit, _)| {
            let handled = map.units[unit.workflow.0 as usize].handled();
            !handled.or(map.entries[unit.workflow.0 as usize].outer).has(kind)
        });
        let Some((unit, node)) = caller else { break };
        let units = &map.units[unit.workflow.0 as usize];
        if let Some(step) = units.graphs[unit.part].node(*node).op.step() {
            let name = &map.units[at.0 as usize].workflow.name;
            let by = &units.workflow.name;
            let text = format!("`{name}` is run, and `{by}` has no arm for it either");
            chain.push((Loc { item: units.workflow.item, range: step.range }, text));
        }
        at = unit.workflow;
    }
    chain.reverse();
    chain
}
