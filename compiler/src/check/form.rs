//! A form can be filled in, and accepts nothing that its field refuses.

use rust_decimal::Decimal;
use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::depend::{Choice, choice, controller};
use crate::flow::graph::Op;
use crate::flow::state::State;
use crate::flow::types::largest;
use crate::hir::{AttrId, CollectField, Literal, StepKind, Type};
use crate::source::Loc;

use super::{Cx, Draft};

pub(super) fn forms(cx: &Cx<'_, '_>, out: &mut Vec<Draft>) {
    for (at, state) in cx.places() {
        let Op::Wait(step) = cx.node(at).op else { continue };
        let StepKind::Collect { fields, .. } = &step.kind else { continue };
        for (position, field) in fields.iter().enumerate() {
            bounds(cx, field, out);
            let finding = match above(cx, field) {
                None => None,
                Some(above) => match fields.iter().position(|its| its.attr == above) {
                    Some(its) if its > position => Some(out_of_order(cx, field, above)),
                    Some(_) => None,
                    None if cx.entry.reached => unchoosable(cx, field, above, state),
                    None => None,
                },
            };
            let own = cx.loc(step.range);
            out.extend(finding.map(|its| Draft::certain(asked_at(its, field, own))));
        }
    }
}

/// The attribute on which the values of a line depend.
fn above(cx: &Cx<'_, '_>, field: &CollectField) -> Option<AttrId> {
    controller(cx.world().program, cx.world().attribute(field.attr)?)
}

/// A form that may be used elsewhere is told at this use.
fn asked_at(finding: Finding, field: &CollectField, own: Loc) -> Finding {
    if field.at.item == own.item {
        return finding;
    }
    let at = finding.primary;
    Finding { primary: own, ..finding }.also(at, "it is asked for here")
}

fn out_of_order(cx: &Cx<'_, '_>, field: &CollectField, above: AttrId) -> Finding {
    let (name, above) = (cx.world().name(field.attr), cx.world().name(above));
    let message = format!("`{name}` is asked for above `{above}`, on which its values depend");
    Finding::new(codes::FORM_OUT_OF_ORDER, field.at, message)
        .label("nothing can be chosen before the line below")
        .help(format!("write the line of `{above}` above this one"))
}

/// A list of which the form offers nothing, for it does not ask for the one on which it depends.
fn unchoosable(
    cx: &Cx<'_, '_>,
    field: &CollectField,
    above: AttrId,
    state: &State,
) -> Option<Finding> {
    let name = cx.world().name(field.attr);
    let choice = choice(cx.world(), state, field.attr, above);
    let blank = !state.read(above).may_be_set();
    let above = cx.world().name(above);
    let ask = format!("ask for `{above} required` in a line above it, or in a form before");
    let (code, message, help) = match choice {
        Choice::Always => return None,
        Choice::Never => {
            let code = match field.required {
                true => codes::FORM_WITHOUT_CHOICE,
                false => codes::FORM_CHOICE_NOT_PROVED,
            };
            let why = if blank { "is blank" } else { "has no value that one goes with" };
            let message = format!("nobody can choose a value of `{name}`: `{above}` {why} here");
            (code, message, ask)
        }
        Choice::Perhaps(_) if !field.required => return None,
        Choice::Perhaps(None) => {
            let message = format!(
                "nobody can choose a value of `{name}` where `{above}` is blank, and it may be here"
            );
            let help = format!("{ask}; or test it first with `if {above} is set`");
            (codes::FORM_CHOICE_NOT_PROVED, message, help)
        }
        Choice::Perhaps(Some(value)) => {
            let message = format!(
                "nobody can choose a value of `{name}` where `{above}` is `\"{value}\"`, and it may \
                 be here"
            );
            let help = format!(
                "leave `required` out, or ask for it only where it has values: `match {above}` before"
            );
            (codes::FORM_CHOICE_NOT_PROVED, message, help)
        }
    };
    let label = if field.required { "required" } else { "offers nothing" };
    Some(Finding::new(code, field.at, message).label(label).help(help))
}

fn bounds(cx: &Cx<'_, '_>, field: &CollectField, out: &mut Vec<Draft>) {
    let name = cx.world().name(field.attr);
    let (min, max) = (number(field.min.as_ref()), number(field.max.as_ref()));
    let Some(limit) = limit(cx.world().ty(field.attr)) else { return };
    let (value, what) = match (max, min) {
        (Some(high), _) if high > limit => (high, "max"),
        (_, Some(low)) if low > limit => (low, "min"),
        _ => return,
    };
    let is_number = matches!(cx.world().ty(field.attr), Type::Number { .. });
    let unit = if is_number { "" } else { " characters" };
    let finding = if what == "max" {
        let message =
            format!("the form accepts up to {value}{unit} for `{name}`, which takes {limit}");
        Finding::new(codes::FORM_ACCEPTS_TOO_MUCH, field.at, message)
            .help(format!("write `max {limit}`, or leave `max` out: the form keeps to the field"))
    } else {
        let message =
            format!("nobody can fill in `{name}`: at least {value}{unit}, and it takes {limit}");
        Finding::new(codes::FORM_IMPOSSIBLE, field.at, message)
            .help(format!("write a `min` of {limit} at most"))
    };
    out.push(Draft::certain(finding));
}

/// The largest value, or the largest length of a text.
fn limit(ty: &Type) -> Option<Decimal> {
    match ty {
        Type::Text(max) => max.map(Decimal::from),
        Type::Email(max) | Type::Phone(max) | Type::Url(max) => Some(Decimal::from(*max)),
        Type::Number { precision, scale } => Some(largest(*precision, *scale)),
        _ => None,
    }
}

fn number(literal: Option<&Literal>) -> Option<Decimal> {
    match literal {
        Some(Literal::Number(number)) => Some(*number),
        _ => None,
    }
}
