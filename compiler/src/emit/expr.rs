//! Expressions to the arena: operands before their users.

use tidegate_plan::model::{Arithmetic, Comparison, ConstId, Expr, ExprId, HoursId, ListId, Pipe};
use tidegate_plan::value::Value;

use super::{Emitter, position, slot};
use crate::hir::{self, ExprKind, Literal, TemplatePart, Type};
use crate::source::ItemId;
use crate::syntax::ast::BinaryOp;
use crate::types::assign;
use crate::types::literal;

impl Emitter<'_> {
    pub(super) fn node(&mut self, expr: Expr) -> ExprId {
        let id = ExprId(position(self.plan.expressions.len()));
        self.plan.expressions.push(expr);
        id
    }

    /// A literal's constant; empty text is blank and has none.
    pub(super) fn literal(&mut self, literal: &Literal, ty: &Type) -> Option<ConstId> {
        let value = literal::value(literal, ty)?;
        Some(self.constant(value))
    }

    /// An expression of an item.
    pub(super) fn expr(&mut self, item: ItemId, expr: &hir::Expr) -> ExprId {
        let node = match &expr.kind {
            ExprKind::Literal(literal) => {
                self.literal(literal, &expr.ty).map_or(Expr::Blank, Expr::Const)
            }
            ExprKind::Blank | ExprKind::Unknown | ExprKind::Error => Expr::Blank,
            ExprKind::Now => Expr::Now,
            ExprKind::Attr(attr) => Expr::Attr(slot(*attr)),
            ExprKind::PersonVerified => Expr::PersonVerified,
            ExprKind::PersonKnown => Expr::PersonKnown,
            ExprKind::Not(operand) => Expr::Not(self.expr(item, operand)),
            ExprKind::IsBlank(operand) => Expr::IsBlank(self.expr(item, operand)),
            ExprKind::Binary(op, left, right) => self.binary(item, *op, left, right),
            ExprKind::In(operand, values) => self.membership(item, operand, values),
            ExprKind::InHours(instant, hours) => {
                Expr::InHours(self.expr(item, instant), HoursId(hours.0))
            }
            ExprKind::If(condition, yes, no) => {
                let condition = self.expr(item, condition);
                let yes = self.expr(item, yes);
                let no = self.expr(item, no);
                Expr::If(condition, yes, no)
            }
            ExprKind::Template(parts) => return self.template(item, parts),
            ExprKind::Pipe(pipe, operand) => {
                let list = match &operand.ty {
                    Type::List(list) => self.list_of(list),
                    _ => None,
                };
                let operand = self.expr(item, operand);
                Expr::Pipe(self.pipe(pipe, list), operand)
            }
            ExprKind::Reveal(operand, reason) => {
                let reason = self.constant(Value::Text(reason.to_string()));
                Expr::Pipe(Pipe::Reveal(reason), self.text(item, operand))
            }
        };
        self.node(node)
    }

    fn binary(&mut self, item: ItemId, op: BinaryOp, left: &hir::Expr, right: &hir::Expr) -> Expr {
        if let (BinaryOp::Matches, ExprKind::Literal(pattern)) = (op, &right.kind) {
            let operand = self.expr(item, left);
            return match self.literal(pattern, &right.ty) {
                Some(pattern) => Expr::Matches(operand, pattern),
                // Nothing but blank matches an empty pattern, and blank matches none.
                None => {
                    let blank = self.node(Expr::Blank);
                    Expr::Contains(operand, blank)
                }
            };
        }
        self.requires_beside(item, left, right);
        self.requires_beside(item, right, left);
        let (one, other) = (self.expr(item, left), self.expr(item, right));
        let compare = |comparison| Expr::Compare(comparison, one, other);
        let arithmetic = |arithmetic| Expr::Arithmetic(arithmetic, one, other);
        match op {
            BinaryOp::Or => Expr::Or(one, other),
            BinaryOp::And => Expr::And(one, other),
            BinaryOp::Equal => compare(Comparison::Equal),
            BinaryOp::NotEqual => compare(Comparison::NotEqual),
            BinaryOp::Less => compare(Comparison::Less),
            BinaryOp::AtMost => compare(Comparison::AtMost),
            BinaryOp::Greater => compare(Comparison::Greater),
            BinaryOp::AtLeast => compare(Comparison::AtLeast),
            BinaryOp::Contains | BinaryOp::Matches => Expr::Contains(one, other),
            BinaryOp::StartsWith => Expr::StartsWith(one, other),
            BinaryOp::EndsWith => Expr::EndsWith(one, other),
            BinaryOp::OrElse => Expr::OrElse(one, other),
            BinaryOp::Add => arithmetic(Arithmetic::Add),
            BinaryOp::Subtract => arithmetic(Arithmetic::Subtract),
            BinaryOp::Multiply => arithmetic(Arithmetic::Multiply),
            BinaryOp::Divide => arithmetic(Arithmetic::Divide),
        }
    }

    /// A literal beside a list attribute must stay one of its values.
    fn requires_beside(&mut self, item: ItemId, subject: &hir::Expr, literal: &hir::Expr) {
        // Beside a list that is only shown, a literal stays free text.
        let is_value = matches!(literal.ty, Type::List(_) | Type::MultiList(_));
        if let (true, ExprKind::Attr(attr), ExprKind::Literal(Literal::Text(value))) =
            (is_value, &subject.kind, &literal.kind)
        {
            self.requires_value(*attr, value, (item, literal.range));
        }
    }

    fn membership(&mut self, item: ItemId, operand: &hir::Expr, values: &[Literal]) -> Expr {
        let mut constants = Vec::with_capacity(values.len());
        for value in values {
            constants.extend(self.literal(value, &operand.ty));
            if let (Type::List(_), ExprKind::Attr(attr), Literal::Text(text)) =
                (&operand.ty, &operand.kind, value)
            {
                self.requires_value(*attr, text, (item, operand.range));
            }
        }
        let operand = self.expr(item, operand);
        Expr::In(operand, constants)
    }

    fn template(&mut self, item: ItemId, parts: &[TemplatePart]) -> ExprId {
        let mut ids = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                TemplatePart::Text(text) if text.is_empty() => {}
                TemplatePart::Text(text) => {
                    let constant = self.constant(Value::Text(text.clone()));
                    ids.push(self.node(Expr::Const(constant)));
                }
                TemplatePart::Hole(hole) => ids.push(self.text(item, hole)),
            }
        }
        match ids.as_slice() {
            [] => self.node(Expr::Blank),
            _ => self.node(Expr::Join(ids)),
        }
    }

    fn pipe(&mut self, pipe: &hir::Pipe, list: Option<ListId>) -> Pipe {
        let mut zone = |name: &str| self.constant(Value::Text(name.to_owned()));
        match pipe {
            hir::Pipe::Lower => Pipe::Lower,
            hir::Pipe::Upper => Pipe::Upper,
            hir::Pipe::Trim => Pipe::Trim,
            hir::Pipe::First(count) => Pipe::First(*count),
            hir::Pipe::Last(count) => Pipe::Last(*count),
            hir::Pipe::Mask => Pipe::Mask,
            hir::Pipe::Text => Pipe::Text,
            // Every list type comes from an attribute, so there is a list; without one, the value.
            hir::Pipe::Label => list.map_or(Pipe::Text, Pipe::Label),
            hir::Pipe::Round(digits) => Pipe::Round(*digits),
            hir::Pipe::DateIn(name) => Pipe::DateIn(zone(name)),
            hir::Pipe::TimeIn(name) => Pipe::TimeIn(zone(name)),
            hir::Pipe::DateTimeIn(name) => Pipe::DateTimeIn(zone(name)),
        }
    }

    /// An expression made text by the one rule, where it is none.
    pub(super) fn text(&mut self, item: ItemId, expr: &hir::Expr) -> ExprId {
        let value = self.expr(item, expr);
        let blank_or_text = matches!(expr.ty, Type::Error | Type::Blank);
        if assign::is_textual(&expr.ty) || blank_or_text {
            return value;
        }
        self.node(Expr::Pipe(Pipe::Text, value))
    }
}
