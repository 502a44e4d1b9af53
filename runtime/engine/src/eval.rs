//! Expressions: pure, total but for named faults, and without a copy where nothing new is made.

mod compare;
mod compute;
mod hours;
mod moments;

pub(crate) use compare::{Equality, equal, order, same_without_case};
pub use compute::mask;
pub(crate) use hours::is_open;

use std::borrow::Cow;

use jiff::Timestamp;
use tidegate_plan::model::{Comparison, ConstId, Expr, ExprId, HoursId, Pipe};
use tidegate_plan::value::{Value, ValueRef};
use tidegate_plan::verify::VerifiedPlan;

use crate::state::{Conversation, Person, Slot};
use crate::transition::Fault;

/// Bytes at most of one text that a plan can make; of a longer one the beginning.
pub(crate) const MAX_TEXT: usize = 1 << 20;

/// Bytes for which room is made where a text's length is not known before it is made.
const USUAL_TEXT: usize = 32;

/// Parts of a text that are looked up before they are put together.
const USUAL_PARTS: usize = 16;

/// What expressions can see.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    plan: &'a VerifiedPlan,
    slots: &'a [Option<Slot>],
    person: &'a Person,
    now: Timestamp,
    /// Whether what is revealed is masked.
    masked: bool,
}

type Evaluated<'a> = Result<Option<ValueRef<'a>>, Fault>;

/// What stands somewhere already.
enum Lying<'a, T: ?Sized> {
    /// Here it is; `None` for blank.
    Here(Option<&'a T>),
    /// It has to be made.
    Made,
}

impl<'a> Scope<'a> {
    /// A conversation of this plan, seen at a time.
    pub fn new(plan: &'a VerifiedPlan, conversation: &'a Conversation, now: Timestamp) -> Self {
        let Conversation { slots, person, .. } = conversation;
        Self { plan, slots, person, now, masked: false }
    }

    /// The same for who reads transcripts: what is revealed to the customer is masked.
    #[must_use]
    pub(crate) fn masked(self) -> Self {
        Self { masked: true, ..self }
    }

    /// The value of an expression; `None` for blank.
    ///
    /// # Errors
    ///
    /// A [`Fault`], which no verified plan and no conversation of it give.
    pub fn value(&self, id: ExprId) -> Evaluated<'a> {
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
            Expr::Join(parts) => {
                let text = self.join(parts)?;
                Ok((!text.is_empty()).then_some(ValueRef::Text(Cow::Owned(text))))
            }
            Expr::Pipe(pipe, operand) => match self.value(*operand)? {
                None => Ok(None),
                Some(value) if self.masked && matches!(pipe, Pipe::Reveal(_)) => {
                    compute::pipe(self.plan, Pipe::Mask, value)
                }
                Some(value) => compute::pipe(self.plan, *pipe, value),
            },
            _ => Ok(Some(ValueRef::Bool(self.holds(id)?))),
        }
    }

    /// Whether a condition holds; blank does not.
    ///
    /// # Errors
    ///
    /// As [`Self::value`].
    pub fn holds(&self, id: ExprId) -> Result<bool, Fault> {
        let mut id = id;
        // What only the right side decides is looked at in this same call.
        loop {
            match &self.plan.expressions[id.index()] {
                Expr::And(left, right) if self.holds(*left)? => id = *right,
                Expr::And(..) => return Ok(false),
                Expr::Or(left, right) if !self.holds(*left)? => id = *right,
                Expr::Or(..) => return Ok(true),
                other => return self.term_holds(id, other),
            }
        }
    }

    #[inline]
    fn term_holds(&self, id: ExprId, term: &Expr) -> Result<bool, Fault> {
        Ok(match term {
            Expr::PersonVerified => *self.person != Person::Unverified,
            Expr::PersonKnown => matches!(self.person, Person::Known { .. }),
            Expr::Not(operand) => !self.holds(*operand)?,
            Expr::IsBlank(operand) => self.value(*operand)?.is_none(),
            Expr::Compare(comparison, left, right) => self.compares(*comparison, *left, *right)?,
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
            Expr::InHours(instant, hours) => self.is_in_hours(*instant, *hours)?,
            _ => matches!(self.value(id)?, Some(ValueRef::Bool(true))),
        })
    }

    /// The text of an expression; empty for blank.
    ///
    /// # Errors
    ///
    /// As [`Self::value`].
    pub fn text(&self, id: ExprId) -> Result<Cow<'a, str>, Fault> {
        if let Expr::Join(parts) = &self.plan.expressions[id.index()] {
            return self.join(parts).map(Cow::Owned);
        }
        Ok(self.value(id)?.map_or(Cow::Borrowed(""), ValueRef::into_text))
    }

    pub(crate) fn constant(&self, id: ConstId) -> ValueRef<'a> {
        self.plan.constants[id.index()].view()
    }

    /// The value of an expression that only names one.
    #[inline(always)]
    fn lying(&self, id: ExprId) -> Lying<'a, Value> {
        match &self.plan.expressions[id.index()] {
            Expr::Const(constant) => Lying::Here(Some(&self.plan.constants[constant.index()])),
            Expr::Attr(attr) => match &self.slots[attr.index()] {
                Some(slot) => Lying::Here(Some(&slot.value)),
                None => Lying::Here(None),
            },
            Expr::Blank => Lying::Here(None),
            _ => Lying::Made,
        }
    }

    /// The text of an expression that only names or chooses one.
    #[inline(always)]
    fn lying_text(&self, id: ExprId) -> Lying<'a, str> {
        match &self.plan.expressions[id.index()] {
            Expr::OrElse(..) | Expr::Pipe(..) => self.chosen_text(id),
            _ => self.named_text(id),
        }
    }

    /// The text of an expression that only names one.
    #[inline(always)]
    fn named_text(&self, id: ExprId) -> Lying<'a, str> {
        match self.lying(id) {
            Lying::Here(Some(Value::Text(text))) => Lying::Here(Some(text)),
            Lying::Here(None) => Lying::Here(None),
            _ => Lying::Made,
        }
    }

    #[inline(never)]
    fn chosen_text(&self, id: ExprId) -> Lying<'a, str> {
        let mut id = id;
        // Most of what is chosen from only names a value: that takes no call.
        while let Expr::OrElse(left, right) = &self.plan.expressions[id.index()] {
            match self.lying_text(*left) {
                Lying::Here(None) => id = *right,
                known => return known,
            }
        }
        match &self.plan.expressions[id.index()] {
            Expr::Pipe(Pipe::Label(list), operand) => match self.lying_text(*operand) {
                Lying::Here(Some(value)) => {
                    Lying::Here(Some(self.plan.lists[list.index()].label(value)))
                }
                known => known,
            },
            _ => self.named_text(id),
        }
    }

    #[inline]
    fn compares(&self, comparison: Comparison, left: ExprId, right: ExprId) -> Result<bool, Fault> {
        let equality = || compare::Equality::of(self.plan, left, right);
        if matches!(comparison, Comparison::Equal | Comparison::NotEqual)
            && let (Lying::Here(left), Lying::Here(right)) = (self.lying(left), self.lying(right))
            && let Some(same) = compare::same_texts(equality, left, right)
        {
            return Ok(same == (comparison == Comparison::Equal));
        }
        self.compares_values(comparison, left, right)
    }

    fn compares_values(
        &self,
        comparison: Comparison,
        left: ExprId,
        right: ExprId,
    ) -> Result<bool, Fault> {
        let equality = compare::Equality::of(self.plan, left, right);
        let (left, right) = (self.value(left)?, self.value(right)?);
        Ok(compare::compare(comparison, equality, left.as_ref(), right.as_ref()))
    }

    #[inline]
    fn is_in(&self, operand: ExprId, values: &[ConstId]) -> Result<bool, Fault> {
        match self.lying(operand) {
            Lying::Here(None) => Ok(false),
            Lying::Here(value @ Some(Value::Text(_))) => {
                let equality = || compare::Equality::of_one(self.plan, operand);
                let same = |id: &ConstId| {
                    let one = &self.plan.constants[id.index()];
                    compare::same_texts(equality, value, Some(one)) == Some(true)
                };
                Ok(values.iter().any(same))
            }
            _ => self.is_value_in(operand, values),
        }
    }

    fn is_value_in(&self, operand: ExprId, values: &[ConstId]) -> Result<bool, Fault> {
        let equality = compare::Equality::of_one(self.plan, operand);
        let Some(value) = self.value(operand)? else { return Ok(false) };
        Ok(values.iter().any(|one| compare::equal(equality, &value, &self.constant(*one))))
    }

    fn is_in_hours(&self, instant: ExprId, hours: HoursId) -> Result<bool, Fault> {
        let Some(ValueRef::DateTime(instant)) = self.value(instant)? else { return Ok(false) };
        let zone = self.plan.zone_of_hours(hours);
        Ok(zone.is_some_and(|zone| is_open(&self.plan.hours[hours.index()], zone, instant)))
    }

    fn contains(&self, whole: ExprId, part: ExprId) -> Result<bool, Fault> {
        match self.lying_text(part) {
            Lying::Here(Some(part)) => self.contains_text(whole, part),
            Lying::Here(None) => Ok(false),
            Lying::Made => match self.value(part)? {
                Some(ValueRef::Text(part)) => self.contains_text(whole, &part),
                _ => Ok(false),
            },
        }
    }

    fn contains_text(&self, whole: ExprId, part: &str) -> Result<bool, Fault> {
        // `x | lower contains "word"` is what everybody writes; it needs no lower-case copy.
        if let Expr::Pipe(Pipe::Lower, inner) = &self.plan.expressions[whole.index()]
            && let Lying::Here(Some(text)) = self.lying_text(*inner)
            && text.is_ascii()
        {
            return Ok(compare::contains_lowered(text, part));
        }
        Ok(match self.value(whole)? {
            Some(ValueRef::Text(text)) => text.contains(part),
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

    /// Parts put together; empty where all of them are blank.
    fn join(&self, parts: &[ExprId]) -> Result<String, Fault> {
        if let Some(text) = self.lying_parts(parts) {
            return Ok(text);
        }
        let room: usize = parts.iter().map(|part| self.room(*part)).sum();
        let mut text = String::with_capacity(room.min(MAX_TEXT));
        self.append_all(parts, &mut text)?;
        text.truncate(text.floor_char_boundary(MAX_TEXT));
        Ok(text)
    }

    /// A text of a few parts none of which has to be made, put together at once.
    fn lying_parts(&self, parts: &[ExprId]) -> Option<String> {
        let mut texts = [""; USUAL_PARTS];
        let texts = texts.get_mut(..parts.len())?;
        let mut length = 0;
        for (text, part) in texts.iter_mut().zip(parts) {
            let Lying::Here(found) = self.lying_text(*part) else { return None };
            *text = found.unwrap_or_default();
            length += text.len();
        }
        (length <= MAX_TEXT).then(|| texts.concat())
    }

    fn append_all(&self, parts: &[ExprId], text: &mut String) -> Result<(), Fault> {
        for part in parts {
            self.append(*part, text)?;
            if text.len() > MAX_TEXT {
                break;
            }
        }
        Ok(())
    }

    /// Adds the text of an expression to another one, without a copy in between where it is not
    /// made anew; false for blank, which adds nothing.
    fn append(&self, id: ExprId, text: &mut String) -> Result<bool, Fault> {
        let value = match &self.plan.expressions[id.index()] {
            Expr::OrElse(left, right) => {
                return Ok(self.append(*left, text)? || self.append(*right, text)?);
            }
            Expr::Join(parts) => {
                let before = text.len();
                self.append_all(parts, text)?;
                return Ok(text.len() > before);
            }
            Expr::Const(constant) => Some(self.constant(*constant)),
            Expr::Attr(attr) => self.slots[attr.index()].as_ref().map(|slot| slot.value.view()),
            _ => self.value(id)?,
        };
        let there = value.is_some();
        if let Some(value) = value {
            text.push_str(&value.into_text());
        }
        Ok(there)
    }

    /// About how many bytes the text of an expression will have, so that it is allocated once.
    fn room(&self, id: ExprId) -> usize {
        let length = |value: &Value| match value {
            Value::Text(text) => text.len(),
            _ => USUAL_TEXT,
        };
        match &self.plan.expressions[id.index()] {
            Expr::Const(constant) => length(&self.plan.constants[constant.index()]),
            Expr::Attr(attr) => {
                self.slots[attr.index()].as_ref().map_or(0, |slot| length(&slot.value))
            }
            Expr::OrElse(left, right) => match self.room(*left) {
                0 => self.room(*right),
                room => room,
            },
            _ => USUAL_TEXT,
        }
    }
}
