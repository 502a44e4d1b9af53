//! No value is lost unseen: what a push line discards, and what is set again before it is read.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::domain::Abs;
use crate::flow::eval::eval_as;
use crate::flow::graph::{Graph, Op};
use crate::flow::names::{read_by, reads, written_by};
use crate::flow::path::Track;
use crate::flow::refine::single;
use crate::flow::state::State;
use crate::hir::{AttrId, Origin, Push, PushField, Space, StepKind};
use crate::source::Loc;

use super::places::push_at;
use super::{Cx, Draft, Place, Proof};

/// A push line that takes a field's place without looking at what the conversation put there.
pub(super) fn node(cx: &Cx<'_, '_>, at: Place, state: &State, out: &mut Vec<Draft>) {
    let Some(push) = push_at(cx, cx.node(at)) else { return };
    for line in push.fields.iter().filter(|line| !line.always) {
        let Some(attr) = mapped(cx, push, line) else { continue };
        let mut read = Vec::new();
        read_by(&line.value, &mut read);
        let written = state.read(attr).meet(&Abs::written());
        if written.is_never() || read.contains(&attr) || is_same(cx, state, (attr, &written), line)
        {
            continue;
        }
        let (field, name) = (&line.field, cx.world().name(attr));
        let message =
            format!("this line discards what the conversation may have put into `{name}`");
        let place = Loc { item: push.item, range: line.name_range };
        let finding = Finding::new(codes::PUSH_DISCARDS, place, message)
            .label(format!("`{name}` is not read"))
            .help(format!(
                "write `{field} = {name} ?? …` to prefer what was set, or `always {field} = …` if it \
                 is meant to be discarded"
            ));
        out.push(Draft::suspect(Proof::Discard, at, Some(Track::written(attr)), finding));
    }
    if let Some((attr, finding)) = under_transcript(cx, push)
        && !state.read(attr).meet(&Abs::written()).is_never()
    {
        out.push(Draft::suspect(Proof::Discard, at, Some(Track::written(attr)), finding));
    }
}

/// What would be carried to the field that takes the transcript, and what is wrong with that.
fn under_transcript(cx: &Cx<'_, '_>, push: &Push) -> Option<(AttrId, Finding)> {
    let (field, range) = push.transcript_field()?;
    let (_, attr) = push.carry.iter().find(|(carried, _)| carried == field)?;
    let name = cx.world().name(*attr);
    let message =
        format!("the transcript discards what the conversation may have put into `{name}`");
    let finding = Finding::new(codes::PUSH_DISCARDS, Loc { item: push.item, range }, message)
        .label(format!("`{name}` is not read"))
        .help(format!(
            "write `transcript to file`, or `carry except {field}` if it is meant to be discarded"
        ));
    Some((*attr, finding))
}

/// Whether a line writes the only value that the conversation can have put there.
fn is_same(cx: &Cx<'_, '_>, state: &State, (attr, put): (AttrId, &Abs), line: &PushField) -> bool {
    let put = put.meet(&Abs::SET);
    let value = eval_as(cx.world(), state, &line.value, cx.world().ty(attr));
    single(&put) && single(&value) && put.content == value.content
}

/// Lines that must not discard what was set.
pub(super) fn asks(cx: &Cx<'_, '_>, at: Place) -> usize {
    let Some(push) = push_at(cx, cx.node(at)) else { return 0 };
    let lines = push.fields.iter().filter(|line| !line.always);
    let lines = lines.filter(|line| mapped(cx, push, line).is_some()).count();
    lines + usize::from(under_transcript(cx, push).is_some())
}

/// The conversation's attribute for the field of a push line.
fn mapped(cx: &Cx<'_, '_>, push: &Push, line: &PushField) -> Option<AttrId> {
    let attributes = (0u32..).map(AttrId).zip(&cx.world().program.attributes);
    let mut found = attributes.filter(|(_, attribute)| {
        attribute.space == Space::Conversation
            && matches!(&attribute.origin, Origin::Field { object, path, .. }
                if *object == push.object && path.len() == 1 && path.first() == Some(&line.field))
    });
    found.next().map(|(attr, _)| attr)
}

/// Values that are overwritten on every path before anything reads them.
pub(super) fn unread(cx: &Cx<'_, '_>, out: &mut Vec<Draft>) {
    for (part, graph) in cx.units.graphs.iter().enumerate() {
        // A `let` that nothing reads is told where its name is resolved, and the Messenger itself reads
        // which language is spoken.
        let mut candidates = written_twice(graph);
        candidates.retain(|attr| !is_let(cx, *attr) && !is_session(cx, *attr));
        if candidates.is_empty() {
            continue;
        }
        let live = live_after(cx, graph, &candidates);
        for (id, node) in graph.iter() {
            let Some(step) = node.op.step() else { continue };
            if !cx.solved.solutions[part].at(id).is_live() {
                continue;
            }
            for attr in written_by(step) {
                let Ok(at) = candidates.binary_search(&attr) else { continue };
                if live[id.index()].get(at) == Some(&false) {
                    out.push(Draft::certain(lost(cx, step, attr)));
                }
            }
        }
    }
}

fn is_session(cx: &Cx<'_, '_>, attr: AttrId) -> bool {
    cx.world().attribute(attr).is_some_and(|attribute| attribute.space == Space::Session)
}

fn is_let(cx: &Cx<'_, '_>, attr: AttrId) -> bool {
    cx.world().attribute(attr).is_some_and(|attribute| attribute.space == Space::Let)
}

fn lost(cx: &Cx<'_, '_>, step: &crate::hir::Step, attr: AttrId) -> Finding {
    let name = cx.world().name(attr);
    if let StepKind::Collect { fields, .. } = &step.kind {
        let own = cx.loc(step.range);
        let at = fields.iter().find(|field| field.attr == attr).map_or(own, |field| field.at);
        let message =
            format!("what the customer gives for `{name}` is overwritten before it is read");
        // Of a form that may be used elsewhere, this use is in vain.
        let finding = if at.item == own.item {
            Finding::new(codes::FORM_IN_VAIN, at, message)
        } else {
            Finding::new(codes::FORM_IN_VAIN, own, message).also(at, "it is asked for here")
        };
        return finding.help("do not ask for it, or read it before it is set again");
    }
    let message = format!("`{name}` is set again on every path before anything reads this value");
    Finding::new(codes::SET_IN_VAIN, cx.loc(step.range), message).help("take this step out")
}

fn written_twice(graph: &Graph<'_>) -> Vec<AttrId> {
    let steps = graph.nodes.iter().filter_map(|node| node.op.step());
    let mut all: Vec<AttrId> = steps.flat_map(written_by).collect();
    all.sort_unstable();
    let mut twice: Vec<AttrId> = all.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0]).collect();
    twice.dedup();
    twice
}

/// For each node which candidates somebody may read behind it. Whatever leaves the graph may read
/// everything.
fn live_after(cx: &Cx<'_, '_>, graph: &Graph<'_>, candidates: &[AttrId]) -> Vec<Vec<bool>> {
    let count = graph.nodes.len();
    let mut before = vec![vec![true; candidates.len()]; count];
    let mut after = before.clone();
    for at in (0..count).rev() {
        let node = &graph.nodes[at];
        if !node.edges.is_empty() {
            let mut live = vec![false; candidates.len()];
            for edge in &node.edges {
                let to = edge.to.index();
                for (mine, theirs) in live.iter_mut().zip(&before[to]) {
                    *mine |= *theirs || to <= at;
                }
            }
            after[at] = live;
        }
        let mut live = after[at].clone();
        let leaves_here = !node.op.outcomes().is_empty()
            || matches!(node.op, Op::Exit | Op::Leave(_) | Op::Resume);
        let written = node.op.step().map(written_by).unwrap_or_default();
        let mut read = reads(node.op, cx.world());
        if let Op::Run(_, callee) = node.op {
            match cx.map.around.summary(callee) {
                Some(summary) => read.extend(&summary.reads),
                None => live.fill(true),
            }
            // An outcome inside may lead to any arm.
            let escapes = cx.map.around.summary(callee).is_some_and(|s| s.waits);
            live.iter_mut().for_each(|one| *one |= escapes);
        }
        for (attr, one) in candidates.iter().zip(&mut live) {
            *one = (*one && !written.contains(attr)) || read.contains(attr) || leaves_here;
        }
        before[at] = live;
    }
    after
}
