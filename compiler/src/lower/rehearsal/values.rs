//! Values that a test gives or expects.

use jiff::Timestamp;
use tidegate_diagnostics::codes;
use tidegate_plan::value::Value;

use crate::finding::Finding;
use crate::hir::{Literal, Type};
use crate::lower::Lowering;
use crate::source::Loc;
use crate::syntax::ast::{Expr, ExprKind, TestValue, Text};
use crate::types::{lists, literal, words};

impl Lowering<'_> {
    /// A value for a place of a type, which `place` names: `None` where it is wrong and reported,
    /// `Some(None)` for blank.
    pub(super) fn fixed_value(
        &mut self,
        value: &TestValue,
        ty: &Type,
        place: &str,
    ) -> Option<Option<Value>> {
        match value {
            TestValue::One(expr) => self.one(expr, ty, place),
            TestValue::Many(values, range) => {
                let at = self.at(*range);
                self.many(values, ty, at, place)
            }
        }
    }

    fn one(&mut self, expr: &Expr, ty: &Type, place: &str) -> Option<Option<Value>> {
        let at = self.at(expr.range);
        if expr.kind == ExprKind::Blank {
            return Some(None);
        }
        let literal = match literal::expect(expr, at) {
            Ok(literal) => literal,
            Err(finding) => {
                self.findings.extend(finding.map(|finding| *finding));
                return None;
            }
        };
        self.passes(literal::fit(&literal, at, ty, place)).then(|| literal::value(&literal, ty))
    }

    fn many(&mut self, values: &[Text], ty: &Type, at: Loc, place: &str) -> Option<Option<Value>> {
        let list = match ty {
            Type::MultiList(list) => list,
            Type::Error => return None,
            other => {
                let message =
                    format!("{place} holds {}, not several values", words::describe(other));
                self.report(Finding::new(codes::WRONG_TYPE, at, message).help("write one value"));
                return None;
            }
        };
        let mut right = true;
        for value in values {
            let at = self.at(value.range);
            right &= self.passes(lists::check_value(list, &value.text, at));
        }
        let values = values.iter().map(|value| value.text.clone()).collect();
        right.then(|| Value::Many(values).or_blank())
    }

    /// The instant at which a test begins.
    pub(super) fn instant(&mut self, text: &Text) -> Option<Timestamp> {
        let written = Literal::Text(text.text.clone());
        let fits = literal::fit(&written, self.at(text.range), &Type::DateTime, "`time`");
        match self.passes(fits).then(|| literal::value(&written, &Type::DateTime))?? {
            Value::DateTime(instant) => Some(instant),
            _ => None,
        }
    }
}
