//! What the range of a sum says of the attribute in it.

use rust_decimal::Decimal;

use crate::hir::{AttrId, Expr, ExprKind};
use crate::syntax::ast::BinaryOp;

use super::domain::{Content, Range};
use super::eval::{World, eval};
use super::refine::single;
use super::state::State;

/// An attribute with a number added or taken away, and how far that moves it.
pub(crate) fn shift(world: &World<'_>, state: &State, expr: &Expr) -> Option<(AttrId, Decimal)> {
    let known = |expr: &Expr| {
        let value = eval(world, state, expr);
        match &value.content {
            Content::Number(range) if single(&value) => Some(range.low),
            _ => None,
        }
    };
    match &expr.kind {
        ExprKind::Attr(attr) => Some((*attr, Decimal::ZERO)),
        ExprKind::Binary(BinaryOp::Add, left, right) => {
            let (operand, by) = match (known(left), known(right)) {
                (_, Some(by)) => (left, by),
                (Some(by), None) => (right, by),
                (None, None) => return None,
            };
            let (attr, far) = shift(world, state, operand)?;
            Some((attr, far.checked_add(by)?))
        }
        ExprKind::Binary(BinaryOp::Subtract, left, right) => {
            let (attr, far) = shift(world, state, left)?;
            Some((attr, far.checked_sub(known(right)?)?))
        }
        _ => None,
    }
}

/// The attribute of an expression that lies in a range, and the range in which it lies then.
pub(super) fn moved(
    world: &World<'_>,
    state: &State,
    expr: &Expr,
    range: Range,
) -> Option<(AttrId, Range)> {
    let (attr, far) = shift(world, state, expr)?;
    let any = Range::any();
    // Where nothing is known of an end, it stays so.
    let back = |end: Decimal, open: Decimal| {
        if end == open { open } else { end.checked_sub(far).unwrap_or(open) }
    };
    let (low, high) = (back(range.low, any.low), back(range.high, any.high));
    Some((attr, Range { low, high, ..range }))
}
