//! The names in an expression.

use super::{Named, Valued, Walker, Wanted};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, TemplatePart};

impl<'t> Walker<'t> {
    /// An expression whose value belongs to something.
    pub(super) fn expr_for(&mut self, expr: &'t Expr, of: Option<Valued>) {
        self.expr(expr, &of.map_or(Wanted::Anything, Wanted::Like));
    }

    pub(super) fn expr(&mut self, expr: &'t Expr, wanted: &Wanted) {
        match &expr.kind {
            ExprKind::Text(text) => {
                if let Wanted::Like(of) = wanted {
                    self.note_value(expr.range, text, of);
                }
            }
            ExprKind::Template(parts) => {
                for part in parts {
                    match part {
                        TemplatePart::Text(_) => {}
                        TemplatePart::Hole(hole) => self.expr(hole, &Wanted::Anything),
                    }
                }
            }
            ExprKind::Path(path) => {
                self.path(path, wanted);
            }
            ExprKind::Not(operand) => self.expr(operand, &Wanted::Condition),
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, wanted),
            ExprKind::IsBlank { operand, negated: _ } => self.expr(operand, &Wanted::Anything),
            ExprKind::In(operand, values) => {
                self.expr(operand, &Wanted::Anything);
                let of = self.valued_by(operand);
                values.iter().for_each(|value| self.expr_for(value, of.clone()));
            }
            ExprKind::InHours(instant, hours) => {
                self.expr(instant, &Wanted::Anything);
                self.uses(hours, Named::Hours);
            }
            ExprKind::If(condition, then, otherwise) => {
                self.expr(condition, &Wanted::Condition);
                self.expr(then, wanted);
                self.expr(otherwise, wanted);
            }
            ExprKind::Pipe(operand, call) => {
                self.expr(operand, &Wanted::Anything);
                self.uses(&call.name, Named::Pipe);
            }
            ExprKind::Number(_)
            | ExprKind::Bool(_)
            | ExprKind::Duration(_)
            | ExprKind::Blank
            | ExprKind::Now
            | ExprKind::PersonVerified
            | ExprKind::PersonKnown
            | ExprKind::Missing => {}
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &'t Expr, right: &'t Expr, wanted: &Wanted) {
        match op {
            BinaryOp::Or | BinaryOp::And => {
                self.expr(left, &Wanted::Condition);
                self.expr(right, &Wanted::Condition);
            }
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::AtMost
            | BinaryOp::Greater
            | BinaryOp::AtLeast
            | BinaryOp::Contains
            | BinaryOp::StartsWith
            | BinaryOp::EndsWith
            | BinaryOp::Matches => {
                let (of_left, of_right) = (self.valued_by(left), self.valued_by(right));
                self.expr_for(left, of_right);
                self.expr_for(right, of_left);
            }
            BinaryOp::OrElse => {
                let of = match wanted {
                    Wanted::Like(of) => Some(of.clone()),
                    _ => self.valued_by(left),
                };
                self.expr(left, wanted);
                self.expr_for(right, of);
            }
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide => {
                self.expr(left, &Wanted::Anything);
                self.expr(right, &Wanted::Anything);
            }
        }
    }

    /// What an expression's value belongs to, where it is a name alone or with another value for
    /// blank.
    pub(super) fn valued_by(&self, expr: &Expr) -> Option<Valued> {
        match &expr.kind {
            ExprKind::Path(path) => self.valued(path),
            ExprKind::Binary(BinaryOp::OrElse, left, _) => self.valued_by(left),
            _ => None,
        }
    }
}
