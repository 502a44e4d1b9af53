//! What a customer gave is not lost unseen: a change of a list clears what no longer goes with it.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::depend::{Lost, lost};
use crate::flow::domain::Abs;
use crate::flow::eval::eval_as;
use crate::flow::state::State;
use crate::hir::{AttrId, Step, StepKind};
use crate::source::Loc;

use super::{Cx, Draft};

/// Steps that clear an answer beside what they set.
pub(super) fn answers(cx: &Cx<'_, '_>, out: &mut Vec<Draft>) {
    for (at, state) in cx.places().filter(|_| cx.entry.reached) {
        let Some(step) = cx.node(at).op.step() else { continue };
        let changed = changed(cx, state, step);
        for Lost { attr, controller, all } in lost(cx.world(), state, &changed) {
            if changed.iter().all(|(own, _)| *own != attr) {
                out.push(Draft::certain(told(cx, step, attr, controller, all)));
            }
        }
    }
}

/// What a step sets, and to what.
fn changed(cx: &Cx<'_, '_>, state: &State, step: &Step) -> Vec<(AttrId, Abs)> {
    match &step.kind {
        StepKind::Set { attr, value } => {
            vec![(*attr, eval_as(cx.world(), state, value, cx.world().ty(*attr)))]
        }
        StepKind::Clear { attr } => vec![(*attr, Abs::BLANK)],
        StepKind::Collect { fields, .. } => {
            fields.iter().map(|field| (field.attr, cx.env().submitted(field))).collect()
        }
        _ => Vec::new(),
    }
}

fn told(cx: &Cx<'_, '_>, step: &Step, attr: AttrId, controller: AttrId, all: bool) -> Finding {
    let (name, above) = (cx.world().name(attr), cx.world().name(controller));
    let kept = if all { String::new() } else { format!(" unless it goes with the new `{above}`") };
    let message = format!("this clears `{name}`, which the customer gave,{kept}");
    let message = message.trim_end_matches(',').to_owned();
    let finding = Finding::new(codes::ANSWER_CLEARED, cx.loc(step.range), message)
        .label(format!("changes `{above}`, on which its values depend"))
        .help("read it before, keep it in data of your own, or ask for it again");
    match asked(cx, step, attr) {
        Some(at) => finding.also(at, "the customer gives it here"),
        None => finding,
    }
}

/// Where the workflow itself asks for something.
fn asked(cx: &Cx<'_, '_>, here: &Step, attr: AttrId) -> Option<Loc> {
    let steps = cx.units.workflow.steps();
    let mut others = steps.into_iter().filter(|step| step.id != here.id);
    others.find_map(|step| {
        let StepKind::Collect { fields, .. } = &step.kind else { return None };
        let field = fields.iter().find(|field| field.attr == attr)?;
        let own = cx.loc(step.range);
        Some(if field.at.item == own.item { field.at } else { own })
    })
}
