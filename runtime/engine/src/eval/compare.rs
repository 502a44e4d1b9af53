//! Equality and order.

use std::cmp::Ordering;

use tidegate_plan::model::{Comparison, ExprId};
use tidegate_plan::value::{Value, ValueRef, ValueType};
use tidegate_plan::verify::VerifiedPlan;

/// How texts are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Equality {
    /// Character by character.
    Exact,
    /// E-mail addresses: without case.
    NoCase,
    /// Ids: the first 15 characters, which tell what the three others only repeat.
    Id,
}

impl Equality {
    /// That of two operands: if one is an e-mail address or an id, the other is read as one.
    pub(crate) fn of(plan: &VerifiedPlan, left: ExprId, right: ExprId) -> Self {
        match Self::of_one(plan, left) {
            Self::Exact => Self::of_one(plan, right),
            special => special,
        }
    }

    pub(crate) fn of_one(plan: &VerifiedPlan, operand: ExprId) -> Self {
        match plan.expression_type(operand) {
            Some(ValueType::Email) => Self::NoCase,
            Some(ValueType::Id) => Self::Id,
            _ => Self::Exact,
        }
    }
}

pub(crate) fn compare(
    comparison: Comparison,
    equality: Equality,
    left: Option<&ValueRef<'_>>,
    right: Option<&ValueRef<'_>>,
) -> bool {
    let same = || match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => equal(equality, left, right),
        _ => false,
    };
    let order = || order(left?, right?);
    match comparison {
        Comparison::Equal => same(),
        Comparison::NotEqual => !same(),
        Comparison::Less => order() == Some(Ordering::Less),
        Comparison::AtMost => matches!(order(), Some(Ordering::Less | Ordering::Equal)),
        Comparison::Greater => order() == Some(Ordering::Greater),
        Comparison::AtLeast => matches!(order(), Some(Ordering::Greater | Ordering::Equal)),
    }
}

pub(crate) fn equal(equality: Equality, left: &ValueRef<'_>, right: &ValueRef<'_>) -> bool {
    match (left, right) {
        (ValueRef::Text(left), ValueRef::Text(right)) => {
            left == right || alike(equality, left, right)
        }
        (ValueRef::Many(left), ValueRef::Many(right)) => {
            left.len() == right.len() && left.iter().all(|value| right.contains(value))
        }
        _ => left == right,
    }
}

/// Whether values are the same, where both are text or one is blank. Their equality is asked for
/// only if it matters.
#[inline]
pub(super) fn same_texts(
    equality: impl Fn() -> Equality,
    left: Option<&Value>,
    right: Option<&Value>,
) -> Option<bool> {
    match (left, right) {
        (None, None) => Some(true),
        (None, Some(_)) | (Some(_), None) => Some(false),
        (Some(Value::Text(left)), Some(Value::Text(right))) => {
            Some(left == right || alike(equality(), left, right))
        }
        _ => None,
    }
}

/// Whether texts that differ are the same all the same.
fn alike(equality: Equality, left: &str, right: &str) -> bool {
    match equality {
        Equality::Exact => false,
        Equality::NoCase => same_without_case(left, right),
        Equality::Id => same_id(left, right),
    }
}

pub(crate) fn order(left: &ValueRef<'_>, right: &ValueRef<'_>) -> Option<Ordering> {
    Some(match (left, right) {
        (ValueRef::Number(left), ValueRef::Number(right)) => left.cmp(right),
        (ValueRef::Date(left), ValueRef::Date(right)) => left.cmp(right),
        (ValueRef::DateTime(left), ValueRef::DateTime(right)) => left.cmp(right),
        (ValueRef::Time(left), ValueRef::Time(right)) => left.cmp(right),
        (ValueRef::Duration(left), ValueRef::Duration(right)) => left.cmp(right),
        _ => return None,
    })
}

/// Whether two texts are the same but for case.
pub(crate) fn same_without_case(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
        || left.chars().flat_map(char::to_lowercase).eq(right.chars().flat_map(char::to_lowercase))
}

fn same_id(left: &str, right: &str) -> bool {
    match (left.len(), right.len()) {
        (15, 18) | (18, 15) => left.get(..15) == right.get(..15),
        _ => left == right,
    }
}

/// Whether an ASCII text holds a part when it is in lower case.
pub(crate) fn contains_lowered(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let Some(first) = part.first() else { return true };
    let Some(last_start) = text.len().checked_sub(part.len()) else { return false };
    let mut begins = memchr::memchr2_iter(*first, first.to_ascii_uppercase(), &text[..=last_start]);
    begins.any(|at| {
        let here = &text[at..at + part.len()];
        here.iter().zip(part).all(|(have, want)| have.to_ascii_lowercase() == *want)
    })
}
