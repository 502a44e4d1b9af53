//! Expressions: pure, total but for named faults, and without a copy where nothing new is made.

mod compare;
mod compute;

pub(crate) use compare::{Equality, equal, order, same_without_case};

use std::borrow::Cow;

use jiff::Timestamp;
use tidegate_plan::model::{ConstId, Expr, ExprId, Pipe};
use tidegate_plan::value::ValueRef;
use tidegate_plan::verify::VerifiedPlan;

use crate::state::{Conversation, Person, Slot};
use crate::transition::Fault;

/// Bytes at most of one text that a plan can make; of a longer one the beginning.
pub(crate) const MAX_TEXT: usize = 1 << 20;

/// What expressions can see.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    plan: &'a VerifiedPlan,
    slots: &'a [Option<Slot>],
    person: &'a Person,
    now: Timestamp,
}

type Evaluated<'a> = Result<Option<ValueRef<'a>>, Fault>;

impl<'a> Scope<'a> {
    pub(crate) fn new(
        plan: &'a VerifiedPlan,
        conversation: &'a Conversation,
        now: Timestamp,
    ) -> Self {
        Self { plan, slots: &conversation.slots, person: &conversation.person, now }
    }

    /// The value of an expression; `None` for blank.
    pub(crate) fn value(&self, id: ExprId) -> Evaluated<'a> {
        match &self.plan.expressions[id.index()] {
            Expr::Const(constant) => Ok(Some(self.constant(*constant))),
            Expr::Blank => Ok(None),
            Expr::Attr(attr) => Ok(self.slots[attr.index()].as_ref().map(|s| s.value.view())),
            Expr::Now => Ok(Some(ValueRef::DateTime(self.now))),
            Expr::OrElse(left, right) => match self.value(*left)? {
                None => self.value(*right),
                some => Ok(some),
            },
            Expr::Arithmetic(operation, left, right) => {
                let (Some(left), Some(right)) = (self.value(*left)?, self.value(*right)?) else {
                    return Ok(None);
                };
                compute::arithmetic(*operation, &left, &right)
            }
            Expr::If(condition, then, otherwise) => {
                self.value(if self.holds(*condition)? { *then } else { *otherwise })
            }
            Expr::Join(parts) => self.join(parts),
            Expr::Pipe(pipe, operand) => match self.value(*operand)? {
                None => Ok(None),
                Some(value) => compute::pipe(self.plan, *pipe, value),
            },
            _ => Ok(Some(ValueRef::Bool(self.holds(id)?))),
        }
    }

    /// Whether a condition holds; blank does not.
    pub(crate) fn holds(&self, id: ExprId) -> Result<bool, Fault> {
        Ok(match &self.plan.expressions[id.index()] {
            Expr::PersonVerified => *self.person != Person::Unverified,
            Expr::PersonKnown => matches!(self.person, Person::Known { .. }),
            Expr::Not(operand) => !self.holds(*operand)?,
            Expr::And(left, right) => self.holds(*left)? && self.holds(*right)?,
            Expr::Or(left, right) => self.holds(*left)? || self.holds(*right)?,
            Expr::IsBlank(operand) => self.value(*operand)?.is_none(),
            Expr::Compare(comparison, left, right) => {
                let equality = compare::Equality::of(self.plan, *left, *right);
                let (left, right) = (self.value(*left)?, self.value(*right)?);
                compare::compare(*comparison, equality, left.as_ref(), right.as_ref())
            }
            Expr::In(operand, values) => self.is_in(*operand, values)?,
            Expr::Contains(whole, part) => self.contains(*whole, *part)?,
            Expr::StartsWith(whole, part) => {
                self.texts(*whole, *part)?.is_some_and(|[whole, part]| whole.starts_with(&*part))
            }
            Expr::EndsWith(whole, part) => {
                self.texts(*whole, *part)?.is_some_and(|[whole, part]| whole.ends_with(&*part))
            }
            Expr::Matches(operand, pattern) => {
                match (self.value(*operand)?, self.plan.pattern(*pattern)) {
                    (Some(ValueRef::Text(text)), Some(pattern)) => pattern.is_match(&text),
                    _ => false,
                }
            }
            _ => matches!(self.value(id)?, Some(ValueRef::Bool(true))),
        })
    }

    /// The text of an expression; empty for blank.
    pub(crate) fn text(&self, id: ExprId) -> Result<Cow<'a, str>, Fault> {
        Ok(self.value(id)?.map_or(Cow::Borrowed(""), ValueRef::into_text))
    }

    pub(crate) fn constant(&self, id: ConstId) -> ValueRef<'a> {
        self.plan.constants[id.index()].view()
    }

    fn is_in(&self, operand: ExprId, values: &[ConstId]) -> Result<bool, Fault> {
        let equality = compare::Equality::of_one(self.plan, operand);
        let Some(value) = self.value(operand)? else { return Ok(false) };
        Ok(values.iter().any(|one| compare::equal(equality, &value, &self.constant(*one))))
    }

    fn contains(&self, whole: ExprId, part: ExprId) -> Result<bool, Fault> {
        let Some(ValueRef::Text(part)) = self.value(part)? else { return Ok(false) };
        // `x | lower contains "word"` is what everybody writes; it needs no lower-case copy.
        if let Expr::Pipe(Pipe::Lower, inner) = &self.plan.expressions[whole.index()]
            && let Some(ValueRef::Text(text)) = self.value(*inner)?
            && text.is_ascii()
        {
            return Ok(compare::contains_lowered(&text, &part));
        }
        Ok(match self.value(whole)? {
            Some(ValueRef::Text(text)) => text.contains(&*part),
            Some(ValueRef::Many(values)) => values.iter().any(|value| *value == *part),
            _ => false,
        })
    }

    fn texts(&self, left: ExprId, right: ExprId) -> Result<Option<[Cow<'a, str>; 2]>, Fault> {
        Ok(match (self.value(left)?, self.value(right)?) {
            (Some(ValueRef::Text(left)), Some(ValueRef::Text(right))) => Some([left, right]),
            _ => None,
        })
    }

    fn join(&self, parts: &[ExprId]) -> Evaluated<'a> {
        let mut text = String::with_capacity(64);
        for part in parts {
            if let Some(value) = self.value(*part)? {
                text.push_str(&value.into_text());
            }
            if text.len() > MAX_TEXT {
                text.truncate(text.floor_char_boundary(MAX_TEXT));
                break;
            }
        }
        Ok((!text.is_empty()).then_some(ValueRef::Text(Cow::Owned(text))))
    }
}
