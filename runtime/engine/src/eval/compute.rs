//! Arithmetic and pipes.

use std::borrow::Cow;

use rust_decimal::{Decimal, RoundingStrategy};
use tidegate_plan::model::{Arithmetic, ConstId, ListId, Pipe};
use tidegate_plan::value::{self, ValueRef};
use tidegate_plan::verify::VerifiedPlan;

use super::{Evaluated, moments};
use crate::transition::Fault;

/// What stands for each hidden character.
const MASK: char = '•';
/// Characters that `mask` leaves at most.
const UNMASKED: usize = 4;

/// Blank where there is no result: what may have none is told before it runs.
pub(super) fn arithmetic<'a>(
    operation: Arithmetic,
    left: &ValueRef<'a>,
    right: &ValueRef<'a>,
) -> Evaluated<'a> {
    if let (ValueRef::Number(left), ValueRef::Number(right)) = (left, right) {
        return Ok(decimal(operation, *left, *right).map(ValueRef::Number));
    }
    let moment = moments::arithmetic(operation, left, right);
    moment.map(Some).ok_or(Fault::ImpossibleState)
}

/// A division by zero has no result, nor has what outgrows 28 digits.
fn decimal(operation: Arithmetic, left: Decimal, right: Decimal) -> Option<Decimal> {
    match operation {
        Arithmetic::Add => left.checked_add(right),
        Arithmetic::Subtract => left.checked_sub(right),
        Arithmetic::Multiply => left.checked_mul(right),
        Arithmetic::Divide => left.checked_div(right),
    }
}

pub(super) fn pipe<'a>(plan: &'a VerifiedPlan, pipe: Pipe, value: ValueRef<'a>) -> Evaluated<'a> {
    if let (Pipe::Round(digits), ValueRef::Number(number)) = (pipe, &value) {
        return Ok(Some(ValueRef::Number(round(*number, digits))));
    }
    if let Pipe::Label(list) = pipe {
        return Ok(Some(ValueRef::Text(label(plan, list, value))));
    }
    if let Pipe::DateIn(zone) | Pipe::TimeIn(zone) | Pipe::DateTimeIn(zone) = pipe {
        return crossed(plan, pipe, zone, &value).map(Some).ok_or(Fault::ImpossibleState);
    }
    let text = value.into_text();
    let text = match pipe {
        Pipe::Lower if text.chars().any(char::is_uppercase) => Cow::Owned(text.to_lowercase()),
        Pipe::Upper if text.chars().any(char::is_lowercase) => Cow::Owned(text.to_uppercase()),
        Pipe::Trim => slice(text, str::trim),
        // What is kept begins or ends with a character that shows, so that something is kept.
        Pipe::First(count) => slice(text, |text| value::first(text.trim_start(), count as usize)),
        Pipe::Last(count) => slice(text, |text| value::last(text.trim_end(), count as usize)),
        Pipe::Mask => Cow::Owned(mask(&text)),
        _ => text,
    };
    Ok((!text.is_empty()).then_some(ValueRef::Text(text)))
}

fn crossed<'a>(
    plan: &VerifiedPlan,
    pipe: Pipe,
    zone: ConstId,
    value: &ValueRef<'_>,
) -> Option<ValueRef<'a>> {
    let zone = plan.zone(zone)?;
    Some(match (pipe, value) {
        (Pipe::DateIn(_), ValueRef::DateTime(instant)) => {
            ValueRef::Date(moments::day(*instant, zone))
        }
        (Pipe::TimeIn(_), ValueRef::DateTime(instant)) => {
            ValueRef::Time(moments::time(*instant, zone))
        }
        (Pipe::DateTimeIn(_), ValueRef::Date(day)) => {
            ValueRef::DateTime(moments::beginning(*day, zone))
        }
        _ => return None,
    })
}

/// A part of a text, without a copy where the text was not one.
fn slice<'a>(text: Cow<'a, str>, part: impl Fn(&str) -> &str) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(part(text)),
        Cow::Owned(text) => Cow::Owned(part(&text).to_owned()),
    }
}

/// Rounds half away from zero, and shows exactly so many digits where there is room for them.
fn round(number: Decimal, digits: u32) -> Decimal {
    let mut rounded = number.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(digits);
    rounded
}

/// A text of which only the last characters can be read: four at most, and never more than half.
pub fn mask(text: &str) -> String {
    let count = text.chars().count();
    let hidden = count - UNMASKED.min(count / 2);
    text.chars().enumerate().map(|(at, shown)| if at < hidden { MASK } else { shown }).collect()
}

fn label<'a>(plan: &'a VerifiedPlan, list: ListId, value: ValueRef<'a>) -> Cow<'a, str> {
    let list = &plan.lists[list.index()];
    match value {
        ValueRef::Many(values) => {
            let labels: Vec<&str> = values.iter().map(|one| list.label(one)).collect();
            Cow::Owned(labels.join(", "))
        }
        other => {
            let text = other.into_text();
            match list.values.iter().find(|one| one.value == *text) {
                Some(found) => Cow::Borrowed(&found.label),
                None => text,
            }
        }
    }
}
