//! A list takes the value that is written, where only the way there can say which one it is.

use tidegate_diagnostics::codes;
use tidegate_schemas::catalog::{FieldKind, ListValue};

use crate::finding::Finding;
use crate::flow::depend::{controller, misfits};
use crate::flow::domain::{Abs, Content, Origins};
use crate::flow::eval::eval_as;
use crate::flow::graph::Op;
use crate::flow::path::Track;
use crate::flow::state::State;
use crate::flow::values::ValueSet;
use crate::hir::{AttrId, Expr, ExprKind, ListType, StepKind, Type};
use crate::source::Loc;

use super::places::{leaves, push_at};
use super::{Cx, Draft, Place, Proof, dependent};

/// A list that something is written to.
struct Target<'p> {
    name: String,
    values: &'p [ListValue],
    /// Whether it refuses what it does not list.
    restricted: bool,
}

pub(super) fn node(cx: &Cx<'_, '_>, at: Place, state: &State, out: &mut Vec<Draft>) {
    let node = cx.node(at);
    if let Op::Plain(step) = node.op
        && let StepKind::Set { attr, value } = &step.kind
        && let Type::List(list) = cx.world().ty(*attr)
    {
        let target =
            Target { name: cx.world().name(*attr), values: &list.values, restricted: !list.open };
        check(cx, at, &target, (cx.loc(value.range), value), state, out);
        beside_controller(cx, at, (*attr, list), value, state, out);
    }
    let Some(push) = push_at(cx, node) else { return };
    for line in &push.fields {
        let Some(FieldKind::Picklist(list)) = line.known.as_ref().map(|field| &field.kind) else {
            continue;
        };
        let target =
            Target { name: line.field.clone(), values: &list.values, restricted: list.restricted };
        let place = Loc { item: push.item, range: line.value.range };
        check(cx, at, &target, (place, &line.value), state, out);
    }
    dependent::pushed(cx, at, push, state, out);
}

/// Lists that are written to.
pub(super) fn asks(cx: &Cx<'_, '_>, at: Place) -> usize {
    let node = cx.node(at);
    let set = matches!(node.op, Op::Plain(step) if matches!(&step.kind,
        StepKind::Set { attr, .. } if matches!(cx.world().ty(*attr), Type::List(_))));
    let is_list = |line: &&crate::hir::PushField| {
        let kind = line.known.as_ref().map(|field| &field.kind);
        matches!(kind, Some(FieldKind::Picklist(_)))
    };
    let lines = push_at(cx, node).map_or(0, |push| push.fields.iter().filter(is_list).count());
    usize::from(set) + lines
}

fn check(
    cx: &Cx<'_, '_>,
    at: Place,
    target: &Target<'_>,
    (place, value): (Loc, &Expr),
    state: &State,
    out: &mut Vec<Draft>,
) {
    leaves(cx.world(), state, value, &mut |leaf, reached| {
        let ExprKind::Attr(attr) = &leaf.kind else { return };
        let Type::List(list) = cx.world().ty(*attr) else { return };
        let Content::List(set) = &reached.read(*attr).content else { return };
        let refused = refused(set, list, target);
        if refused.is_empty() {
            return;
        }
        let place = Loc { range: leaf.range, ..place };
        let track = Track::one_of(*attr, list, &refused, false);
        let finding = finding(cx, place, *attr, list, &refused, target);
        out.push(Draft::suspect(Proof::List, at, Some(track), finding));
    });
}

/// A value of a list whose controller may have one with which it does not go.
fn beside_controller(
    cx: &Cx<'_, '_>,
    at: Place,
    (attr, list): (AttrId, &ListType),
    value: &Expr,
    state: &State,
    out: &mut Vec<Draft>,
) {
    let world = cx.world();
    let controller = world.attribute(attr).and_then(|its| controller(world.program, its));
    let Some(controller) = controller else { return };
    let Content::List(set) = eval_as(world, state, value, world.ty(attr)).content else { return };
    for one in set.positions().filter_map(|at| list.values.get(at)) {
        let Some(valid_for) = &one.valid_for else { continue };
        let Some(other) = misfits(world, state, controller, valid_for).into_iter().next() else {
            continue;
        };
        let (name, above) = (world.name(attr), world.name(controller));
        let (text, place) = (&one.value, cx.loc(value.range));
        let message =
            format!("`\"{text}\"` of `{name}` does not go with `\"{other}\"` of `{above}`");
        let fitting: Vec<String> = valid_for.iter().map(|one| format!("`\"{one}\"`")).collect();
        let finding = Finding::new(codes::LIST_VALUE_REFUSED, place, message)
            .label(format!("`{above}` may be `\"{other}\"` here"))
            .help(format!("it goes with {}: test with `match {above}` before", fitting.join(", ")));
        return out.push(Draft::suspect(Proof::List, at, None, finding));
    }
}

/// The values that the target does not take.
fn refused(set: &ValueSet, list: &ListType, target: &Target<'_>) -> ValueSet {
    let takes = |text: &str| {
        let listed = target.values.iter().find(|value| value.value == text);
        listed.map_or(!target.restricted, |value| value.active || !target.restricted)
    };
    let positions = set.positions();
    let bad = positions.filter(|at| list.values.get(*at).is_some_and(|value| !takes(&value.value)));
    ValueSet::of(bad).with_others(set.others() && target.restricted)
}

fn finding(
    cx: &Cx<'_, '_>,
    place: Loc,
    attr: AttrId,
    list: &ListType,
    refused: &ValueSet,
    target: &Target<'_>,
) -> Finding {
    let name = cx.world().name(attr);
    let named: Vec<String> = refused
        .positions()
        .filter_map(|at| list.values.get(at))
        .take(4)
        .map(|value| format!("`\"{}\"`", value.value))
        .collect();
    let what = match (named.is_empty(), refused.others()) {
        (false, _) => named.join(", "),
        (true, _) => "a value that nobody listed".to_owned(),
    };
    let written = cx.entry.state.read(attr).meet(&Abs::set(Content::Any, Origins::SALESFORCE));
    let source = if written.may_be_set() { ", since its list is open in Salesforce" } else { "" };
    let source = if refused.others() { source } else { "" };
    let message =
        format!("`{name}` may be {what}{source}, and `{}` does not take that", target.name);
    Finding::new(codes::LIST_VALUE_REFUSED, place, message).label("may not be on the list").help(
        format!(
            "test it first with `match {name}`, or write only values that `{}` lists",
            target.name
        ),
    )
}
