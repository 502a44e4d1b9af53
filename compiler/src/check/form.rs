//! A form can be filled in, and accepts nothing that its field refuses.

use rust_decimal::Decimal;
use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::graph::Op;
use crate::flow::types::largest;
use crate::hir::{CollectField, Literal, StepKind, Type};

use super::{Cx, Draft};

pub(super) fn forms(cx: &Cx<'_, '_>, out: &mut Vec<Draft>) {
    for (at, _) in cx.places() {
        let Op::Wait(step) = cx.node(at).op else { continue };
        let StepKind::Collect { fields, .. } = &step.kind else { continue };
        for field in fields {
            bounds(cx, field, out);
        }
    }
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
