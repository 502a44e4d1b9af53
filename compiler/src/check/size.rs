//! What is written fits: the longest text the field, a number its digits.

use rust_decimal::Decimal;
use tidegate_diagnostics::codes;
use tidegate_schemas::catalog::{Field, FieldKind};

use crate::finding::Finding;
use crate::flow::domain::{Abs, Content, Range as NumberRange};
use crate::flow::eval::eval;
use crate::flow::graph::Op;
use crate::flow::moved::shift;
use crate::flow::state::State;
use crate::flow::types::{largest, text_of};
use crate::hir::{Expr, ExprKind, StepKind, Type};
use crate::source::{Loc, Range};

use super::places::push_at;
use super::{Cx, Draft, Place, Proof};

/// What a place takes.
#[derive(Clone, Copy)]
enum Room {
    Text(u32),
    Number { precision: u32, scale: u32 },
}

/// What is written where.
struct Write<'e> {
    target: String,
    room: Room,
    value: &'e Expr,
    at: Loc,
}

pub(super) fn node(cx: &Cx<'_, '_>, at: Place, state: &State, out: &mut Vec<Draft>) {
    for write in writes(cx, at) {
        let value = eval(cx.world(), state, write.value);
        if !value.may_be_set() || matches!(write.value.ty, Type::Error) {
            continue;
        }
        let finding = match write.room {
            Room::Text(max) => text(&write, &value, max),
            Room::Number { precision, scale } => {
                let far = shift(cx.world(), state, write.value);
                let operand = far.map(|(attr, far)| (cx.world().name(attr), far));
                number(&write, &value, (precision, scale), operand)
            }
        };
        out.extend(finding.map(|found| Draft::suspect(Proof::Size, at, None, found)));
    }
}

/// Texts and numbers that must fit.
pub(super) fn asks(cx: &Cx<'_, '_>, at: Place) -> usize {
    writes(cx, at).len()
}

fn writes<'p>(cx: &Cx<'_, 'p>, at: Place) -> Vec<Write<'p>> {
    let node = cx.node(at);
    let mut found = Vec::new();
    if let Op::Plain(step) = node.op
        && let StepKind::Set { attr, value } = &step.kind
        && let Some(room) = room_of_type(cx.world().ty(*attr))
    {
        let target = cx.world().name(*attr);
        found.push(Write { target, room, value, at: cx.loc(value.range) });
    }
    if let Some(push) = push_at(cx, node) {
        for line in &push.fields {
            let Some(room) = line.known.as_deref().and_then(room_of_field) else { continue };
            let at = Loc { item: push.item, range: line.value.range };
            found.push(Write { target: line.field.clone(), room, value: &line.value, at });
        }
    }
    found
}

fn room_of_type(ty: &Type) -> Option<Room> {
    match ty {
        Type::Text(max) => max.map(Room::Text),
        Type::Email(max) | Type::Phone(max) | Type::Url(max) => Some(Room::Text(*max)),
        Type::Number { precision, scale } => {
            Some(Room::Number { precision: *precision, scale: *scale })
        }
        _ => None,
    }
}

fn room_of_field(field: &Field) -> Option<Room> {
    match &field.kind {
        FieldKind::Int { digits } => Some(Room::Number { precision: *digits, scale: 0 }),
        FieldKind::Double(digits) | FieldKind::Currency(digits) | FieldKind::Percent(digits) => {
            Some(Room::Number { precision: digits.precision, scale: digits.scale })
        }
        kind => kind.text_length().map(Room::Text),
    }
}

fn text(write: &Write<'_>, value: &Abs, max: u32) -> Option<Finding> {
    let longest = text_of(value, &write.value.ty).max;
    if longest <= max {
        return None;
    }
    let target = &write.target;
    let message = if longest == u32::MAX {
        format!("nothing bounds this text, and `{target}` takes {max} characters")
    } else {
        format!("this text can have {longest} characters, and `{target}` takes {max}")
    };
    let finding =
        Finding::new(codes::TEXT_TOO_LONG, write.at, message).label(if longest == u32::MAX {
            "of any length".to_owned()
        } else {
            format!("up to {longest} characters")
        });
    let pipe = format!(" | first {max}");
    Some(
        finding
            .help(format!("cut it with `| first {max}`; a line break counts as two characters"))
            .fix(format!("cut it with `| first {max}`"), edits(write, &pipe)),
    )
}

/// Appends a pipe, in brackets where it would bind to the last operand only.
fn edits(write: &Write<'_>, pipe: &str) -> Vec<(Loc, String)> {
    let Range { start, end } = write.at.range;
    let at = |byte| Loc { range: Range { start: byte, end: byte }, ..write.at };
    let simple = matches!(
        write.value.kind,
        ExprKind::Literal(_) | ExprKind::Attr(_) | ExprKind::Template(_) | ExprKind::Pipe(..)
    );
    if simple {
        return vec![(at(end), pipe.to_owned())];
    }
    vec![(at(start), "(".to_owned()), (at(end), format!("){pipe}"))]
}

/// What is written is an attribute, by so much larger.
type Operand = Option<(String, Decimal)>;

fn number(
    write: &Write<'_>,
    value: &Abs,
    (precision, scale): (u32, u32),
    operand: Operand,
) -> Option<Finding> {
    let Content::Number(range) = &value.content else { return None };
    let target = &write.target;
    // Zeros at the end of a number that is known take no room.
    let known = range.low == range.high;
    let digits = if known { range.low.normalize().scale() } else { range.scale };
    if digits > scale {
        let message = format!(
            "this number can have more than the {scale} digits behind the point that `{target}` takes"
        );
        let pipe = format!(" | round {scale}");
        return Some(
            Finding::new(codes::NUMBER_DOES_NOT_FIT, write.at, message)
                .help(format!("round it with `| round {scale}`"))
                .fix(format!("round it with `| round {scale}`"), edits(write, &pipe)),
        );
    }
    let limit = largest(precision, scale);
    let outside = range.high.max(-range.low);
    if outside <= limit {
        return None;
    }
    let largest =
        if outside >= Decimal::MAX { "any size".to_owned() } else { format!("{outside}") };
    let message = format!("this number can reach {largest}, and `{target}` takes {limit} at most");
    let help = match bounds(range, limit, operand) {
        Some(bounds) => {
            format!("bound it before with `if {bounds}`, or in the form that asks for it")
        }
        None => format!(
            "bound what it is made of before, with `if … <= …` or in the form that asks for it, so \
             that it comes to {limit} at most"
        ),
    };
    Some(Finding::new(codes::NUMBER_DOES_NOT_FIT, write.at, message).help(help))
}

/// A condition under which an attribute, moved so far, stays within a limit.
fn bounds(range: &NumberRange, limit: Decimal, operand: Operand) -> Option<String> {
    let (name, far) = operand?;
    let high = (range.high > limit).then(|| limit.checked_sub(far)).flatten();
    let low = (range.low < -limit).then(|| (-limit).checked_sub(far)).flatten();
    let high = high.map(|most| format!("{name} <= {}", most.normalize()));
    let low = low.map(|least| format!("{name} >= {}", least.normalize()));
    let both: Vec<String> = high.into_iter().chain(low).collect();
    (!both.is_empty()).then(|| both.join(" and "))
}
