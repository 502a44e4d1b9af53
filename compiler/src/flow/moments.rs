//! One event's time is one instant: whether it lies in some hours is the same for all that is asked
//! of it.

use crate::hir::{Expr, ExprKind, HoursId, Literal, Program};

use super::walk::parts;

/// Hours at most that are told apart; of more nothing is known.
const MOST: usize = 6;

/// For some hours, whether an instant lies in them.
#[derive(Debug, Clone, Default)]
pub struct Moment(Vec<(HoursId, bool)>);

impl Moment {
    /// All that the time of an event that starts workflows can be, as far as their conditions ask.
    pub fn of_starts(program: &Program) -> Vec<Self> {
        let mut asked: Vec<HoursId> = Vec::new();
        for when in program.workflows.iter().filter_map(|its| its.when.as_ref()) {
            parts(when, &mut |part| asked.extend(hours_now(part)));
        }
        asked.sort_unstable();
        asked.dedup();
        asked.truncate(MOST);
        let mut all = vec![Self::default()];
        for hours in asked {
            let with = |open: bool| {
                move |moment: &Self| {
                    let mut known = moment.0.clone();
                    known.push((hours, open));
                    Self(known)
                }
            };
            all = all.iter().map(with(true)).chain(all.iter().map(with(false))).collect();
        }
        all
    }

    /// The hours of which a condition asks, and whether it is in them.
    pub fn asked_by(&self, condition: &Expr) -> Vec<(HoursId, bool)> {
        let mut asked = Vec::new();
        parts(condition, &mut |part| asked.extend(hours_now(part)));
        self.0.iter().filter(|(known, _)| asked.contains(known)).copied().collect()
    }

    /// A condition as it is at this moment.
    pub fn decided(&self, condition: &Expr) -> Expr {
        let of = |expr: &Expr| Box::new(self.decided(expr));
        let known = hours_now(condition)
            .and_then(|hours| self.0.iter().find(|(known, _)| *known == hours))
            .map(|(_, open)| ExprKind::Literal(Literal::Bool(*open)));
        let kind = known.unwrap_or_else(|| match &condition.kind {
            ExprKind::Not(one) => ExprKind::Not(of(one)),
            ExprKind::Binary(op, left, right) => ExprKind::Binary(*op, of(left), of(right)),
            ExprKind::If(test, yes, no) => ExprKind::If(of(test), of(yes), of(no)),
            other => other.clone(),
        });
        Expr { kind, ty: condition.ty.clone(), range: condition.range, from: condition.from }
    }
}

/// The hours, where an expression is `now in HOURS`.
fn hours_now(expr: &Expr) -> Option<HoursId> {
    match &expr.kind {
        ExprKind::InHours(instant, hours) if matches!(instant.kind, ExprKind::Now) => Some(*hours),
        _ => None,
    }
}
