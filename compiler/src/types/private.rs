//! What a value gives away: which private value it is, or holds, as it stands there.

use crate::hir::{AttrId, Expr, ExprKind, Pipe, TemplatePart};
use crate::source::Range;
use crate::syntax::ast::BinaryOp;

/// The first private value that an expression gives away, and where. What is masked or revealed
/// is not given away, nor is what a condition looks at.
pub(crate) fn exposed(expr: &Expr, is_private: &dyn Fn(AttrId) -> bool) -> Option<(AttrId, Range)> {
    let of = |expr: &Expr| exposed(expr, is_private);
    match &expr.kind {
        ExprKind::Attr(attr) => is_private(*attr).then_some((*attr, expr.range)),
        ExprKind::Binary(
            BinaryOp::OrElse
            | BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide,
            left,
            right,
        ) => of(left).or_else(|| of(right)),
        ExprKind::If(_, yes, no) => of(yes).or_else(|| of(no)),
        ExprKind::Template(parts) => parts.iter().find_map(|part| match part {
            TemplatePart::Hole(hole) => of(hole),
            TemplatePart::Text(_) => None,
        }),
        ExprKind::Pipe(Pipe::Mask, _) => None,
        ExprKind::Pipe(_, operand) => of(operand),
        _ => None,
    }
}
