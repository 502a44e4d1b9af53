//! A `match` says what happens for every value that can reach it, and for no other.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::domain::{Abs, Content};
use crate::flow::graph::{Guard, Op};
use crate::flow::path::Track;
use crate::flow::state::State;
use crate::flow::types::active_values;
use crate::flow::values::ValueSet;
use crate::hir::{Expr, ExprKind, ListType, Step, StepKind, Type};
use crate::source::Range;

use super::{Cx, Draft, Place, Proof};

/// Values that are left over, apart by what can be done about them.
#[derive(Default)]
struct Missing {
    named: Vec<String>,
    retired: Vec<String>,
    unlisted: bool,
    blank: bool,
}

pub(super) fn node(cx: &Cx<'_, '_>, at: Place, state: &State, out: &mut Vec<Draft>) {
    let Op::Switch(step) = cx.node(at).op else { return };
    let StepKind::Match { subject, arms } = &step.kind else { return };
    if matches!(subject.ty, Type::Error) {
        return;
    }
    let left = cx.env().uncovered(step, state);
    if left.is_never() {
        return;
    }
    let missing = missing(&left, &subject.ty);
    let name = subject_name(cx, subject);
    let track = track(subject, &left);
    if missing.named.is_empty() && !missing.unlisted && !missing.blank {
        out.push(Draft::suspect(Proof::Exhaustive, at, track, retired(cx, step, &missing, &name)));
        return;
    }
    let finding = Finding::new(codes::MATCH_NOT_EXHAUSTIVE, cx.loc(step.range), {
        format!("this `match` does not say what happens {}", sayings(&missing, &name))
    });
    let finding =
        finding.label(format!("{name} can be more than the arms name")).help(help(&missing));
    let finding = match (arms.first(), new_arm(&missing)) {
        (Some(first), Some(arm)) => {
            let Range { start, .. } = first.range;
            let above = cx.loc(Range { start, end: start });
            finding.fix(format!("add `{arm}`"), vec![(above, format!("{arm}\n"))])
        }
        _ => finding,
    };
    out.push(Draft::suspect(Proof::Exhaustive, at, track, finding));
}

/// A `match`.
pub(super) fn asks(cx: &Cx<'_, '_>, at: Place) -> usize {
    usize::from(matches!(cx.node(at).op, Op::Switch(_)))
}

fn retired(cx: &Cx<'_, '_>, step: &Step, missing: &Missing, name: &str) -> Finding {
    let values = listed(&missing.retired);
    Finding::new(codes::MATCH_MISSES_INACTIVE, cx.loc(step.range), {
        format!(
            "{name} may still be {values}, which is no longer active, and no arm says what happens"
        )
    })
    .help("records keep a value when it is made inactive: name it in an arm, or add `else => …`")
}

fn missing(left: &Abs, ty: &Type) -> Missing {
    let mut missing = Missing { blank: left.may_be_blank(), ..Missing::default() };
    match (&left.content, ty) {
        (Content::Nothing, _) => {}
        (Content::List(set), Type::List(list)) => split(set, list, &mut missing),
        (Content::Bool { no, yes }, _) => {
            let all = [("true", *yes), ("false", *no)];
            missing.named = all.iter().filter(|(_, can)| *can).map(|(n, _)| (*n).into()).collect();
        }
        _ => missing.unlisted = true,
    }
    missing
}

fn split(set: &ValueSet, list: &ListType, missing: &mut Missing) {
    let active = active_values(list);
    for position in set.positions() {
        let Some(value) = list.values.get(position) else { continue };
        let text = format!("\"{}\"", value.value);
        if active.has(position) { &mut missing.named } else { &mut missing.retired }.push(text);
    }
    missing.unlisted = set.others();
}

fn track(subject: &Expr, left: &Abs) -> Option<Track> {
    let ExprKind::Attr(attr) = &subject.kind else { return None };
    match (&left.content, &subject.ty) {
        (Content::List(set), Type::List(list)) => {
            Some(Track::one_of(*attr, list, set, left.may_be_blank()))
        }
        (Content::Nothing, _) => Some(Track::blank(*attr)),
        _ => None,
    }
}

fn subject_name(cx: &Cx<'_, '_>, subject: &Expr) -> String {
    match &subject.kind {
        ExprKind::Attr(attr) => format!("`{}`", cx.world().name(*attr)),
        _ => "the value".to_owned(),
    }
}

/// Texts in backticks, at most six of them.
fn listed(texts: &[String]) -> String {
    const SHOWN: usize = 6;
    let shown: Vec<String> = texts.iter().take(SHOWN).map(|text| format!("`{text}`")).collect();
    match texts.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn sayings(missing: &Missing, name: &str) -> String {
    let mut parts = Vec::new();
    if !missing.named.is_empty() {
        parts.push(format!("for {}", listed(&missing.named)));
    }
    if missing.unlisted {
        parts.push("for other values".to_owned());
    }
    if missing.blank {
        parts.push(format!("where {name} is blank"));
    }
    parts.join(", or ")
}

fn help(missing: &Missing) -> String {
    if missing.unlisted {
        return "values that nobody listed can get here: add `else => …`".to_owned();
    }
    let mut patterns: Vec<String> = missing.named.iter().take(6).cloned().collect();
    if missing.blank {
        patterns.push("blank".to_owned());
    }
    format!("add `{} => go on`, or what else is to happen", patterns.join(", "))
}

/// An arm for all that is left over.
fn new_arm(missing: &Missing) -> Option<String> {
    if missing.unlisted {
        return None;
    }
    let blank = missing.blank.then(|| "blank".to_owned());
    let patterns: Vec<String> = missing.named.iter().cloned().chain(blank).collect();
    (!patterns.is_empty()).then(|| format!("{} => go on", patterns.join(", ")))
}

/// Arms that no conversation takes.
pub(super) fn arms(cx: &Cx<'_, '_>, out: &mut Vec<Draft>) {
    for (at, state) in cx.places() {
        let node = cx.node(at);
        let Op::Switch(step) = node.op else { continue };
        let StepKind::Match { subject, arms } = &step.kind else { continue };
        for edge in &node.edges {
            let Guard::Arm(position) = edge.guard else { continue };
            let Some(arm) = arms.get(position) else { continue };
            let taken = cx.env().follow(node, edge, state).is_live();
            let empty = arm.values.is_empty() && arm.blank.is_none() && arm.otherwise.is_none();
            if taken || empty {
                continue;
            }
            let name = subject_name(cx, subject);
            let message = if arm.otherwise.is_some() {
                format!(
                    "no conversation takes this `else`: the arms name all that {name} can be here"
                )
            } else {
                format!("no conversation takes this arm: {name} is never one of these here")
            };
            let finding = Finding::new(codes::ARM_NOT_REACHED, cx.loc(arm.range), message)
                .help("take it out, or look whether the steps before should lead here");
            out.push(Draft::certain(finding));
        }
    }
}
