//! What types say about values: the most that an attribute can be, what it is at the start, how a
//! value of one type looks as another, and how long it is as text.

use std::sync::Arc;

use rust_decimal::Decimal;
use tidegate_plan::value::salesforce_length;
use tidegate_schemas::catalog::ListValue;

use crate::hir::{Attribute, ListType, Literal, Origin, Space, Type};

use super::domain::{Abs, Content, Origins, Presence, Range, Text};
use super::values::ValueSet;

/// Names in `session` that always have a value: the runtime makes them itself. A summary can fail.
const SESSION_ALWAYS_SET: [&str; 5] = ["id", "messenger", "first_seen", "visits", "spoken"];

/// The length of a text in the unit that Salesforce counts.
pub fn length(text: &str) -> u32 {
    u32::try_from(salesforce_length(text)).unwrap_or(u32::MAX)
}

/// The largest number of so many digits.
pub fn largest(precision: u32, scale: u32) -> Decimal {
    let digits = precision.clamp(1, 28);
    let whole = 10i128.pow(digits) - 1;
    Decimal::try_from_i128_with_scale(whole, scale.min(28)).unwrap_or(Decimal::MAX)
}

/// What a value of a type can be.
pub fn content(ty: &Type) -> Content {
    match ty {
        Type::Text(max) => text_up_to(max.unwrap_or(u32::MAX)),
        Type::Email(max) | Type::Phone(max) | Type::Url(max) => text_up_to(*max),
        Type::Number { precision, scale } => {
            let high = largest(*precision, *scale);
            Content::Number(Arc::new(Range { low: -high, high, scale: *scale }))
        }
        Type::Bool => Content::Bool { no: true, yes: true },
        Type::List(list) => Content::List(all_values(list)),
        _ => Content::Any,
    }
}

fn text_up_to(max: u32) -> Content {
    Content::Text(Text { min: 1, max, one: None })
}

/// Every value that a list can hold: listed ones, and others if it is open.
pub fn all_values(list: &ListType) -> ValueSet {
    ValueSet::of(0..list.values.len()).with_others(list.open)
}

/// The values that can still be chosen.
pub fn active_values(list: &ListType) -> ValueSet {
    let active = list.values.iter().enumerate().filter(|(_, value)| value.active);
    ValueSet::of(active.map(|(position, _)| position))
}

/// The most that an attribute can be.
pub fn top(attribute: &Attribute) -> Abs {
    let content = match (attribute.space, &attribute.ty) {
        // What a `let` gives is kept as it is, whatever digits and length its type has.
        (Space::Let, Type::Number { .. }) => Content::Number(Arc::new(Range::any())),
        (Space::Let, Type::Text(_)) => text_up_to(u32::MAX),
        (_, ty) => content(ty),
    };
    Abs { presence: Presence::ANY, origins: Origins::ANY, content }
}

/// What an attribute is when a conversation starts.
pub fn start(attribute: &Attribute) -> Abs {
    // What a conversation is held in is chosen when it begins, and never what the declaration says.
    if let Some(default) = attribute.default.as_ref().filter(|_| attribute.space != Space::Session)
    {
        let stored = match attribute.space {
            // Own data of a person lasts: it may hold what an earlier conversation set.
            Space::Person => Abs::set(content(&attribute.ty), Origins::ANY),
            _ => Abs::NEVER,
        };
        return literal(default, &attribute.ty).by(Origins::DEFAULT).join(&stored);
    }
    match (attribute.space, &attribute.origin) {
        // Nothing reads a `let` before it is given.
        (Space::Conversation | Space::Let, _) => Abs::BLANK,
        (Space::Person, Origin::Field { path, field, .. }) => {
            let blank = if path.len() > 1 || field.nillable {
                Presence::ANY_BLANK
            } else {
                Presence::UNREAD
            };
            Abs {
                presence: Presence::SET.or(blank),
                origins: Origins::SALESFORCE,
                content: content(&attribute.ty),
            }
        }
        (Space::Person, _) => Abs::set(content(&attribute.ty), Origins::ANY).or_blank(),
        (Space::Session, _) => {
            let value = Abs::set(content(&attribute.ty), Origins::SESSION);
            if SESSION_ALWAYS_SET.contains(&attribute.name.as_str()) {
                value
            } else {
                value.or_blank()
            }
        }
    }
}

/// What a form can give an attribute.
pub fn collected(attribute: &Attribute) -> Abs {
    let content = match &attribute.ty {
        Type::List(list) => Content::List(active_values(list)),
        other => content(other),
    };
    Abs::set(content, Origins::CUSTOMER)
}

/// The type by which a value is looked at that is kept just as it is: a number has all the digits
/// that were written.
pub fn as_it_is(ty: &Type) -> Type {
    match ty {
        Type::Number { .. } => {
            Type::Number { precision: 2 * Decimal::MAX_SCALE, scale: Decimal::MAX_SCALE }
        }
        other => other.clone(),
    }
}

/// The type by which a side of a calculation is looked at, by that of the result: all digits of a
/// result are those of its sides.
pub fn side_of(side: &Type, result: &Type) -> Type {
    if as_it_is(result) == *result { as_it_is(side) } else { side.clone() }
}

/// A literal as a value of a type.
pub fn literal(value: &Literal, ty: &Type) -> Abs {
    let content = match (value, ty) {
        (Literal::Text(text), Type::List(list)) => Content::List(position(list, text)),
        (Literal::Text(text), _) if text.trim().is_empty() => return Abs::BLANK,
        (Literal::Text(_), Type::MultiList(_) | Type::Date | Type::Time | Type::DateTime) => {
            Content::Any
        }
        (Literal::Text(text), _) => Content::Text(Text {
            min: length(text),
            max: length(text),
            one: Some(Arc::from(text.as_str())),
        }),
        (Literal::Number(number), _) => Content::Number(Arc::new(Range {
            low: *number,
            high: *number,
            scale: written_scale(*number, ty),
        })),
        (Literal::Bool(yes), _) => Content::Bool { no: !yes, yes: *yes },
        (Literal::Duration(_), _) => Content::Any,
    };
    Abs::set(content, Origins::PROGRAM)
}

/// Digits behind the point with which a number is shown: those that were written, except in a
/// place that has room for fewer.
fn written_scale(number: Decimal, ty: &Type) -> u32 {
    let least = number.normalize().scale();
    match ty {
        Type::Number { scale, .. } => number.scale().min(*scale).max(least),
        _ => number.scale(),
    }
}

fn position(list: &ListType, text: &str) -> ValueSet {
    match list.values.iter().position(|value| value.value == text) {
        Some(position) => ValueSet::of([position]),
        None => ValueSet::unlisted(),
    }
}

/// A value of one type where another is wanted.
pub fn convert(value: Abs, from: &Type, to: &Type) -> Abs {
    let content = match (&value.content, from, to) {
        (Content::Nothing, ..) => return value,
        (Content::List(set), Type::List(a), Type::List(b)) => {
            if Arc::ptr_eq(a, b) || a == b {
                return value;
            }
            Content::List(between(set, a, b))
        }
        (Content::List(set), Type::List(list), _) => Content::Text(as_text(set, list)),
        (Content::Text(text), _, Type::List(list)) => match &text.one {
            Some(one) => Content::List(position(list, one)),
            None => Content::List(ValueSet::of(0..list.values.len()).with_others(true)),
        },
        _ => return value,
    };
    Abs { content, ..value }
}

fn between(set: &ValueSet, from: &ListType, to: &ListType) -> ValueSet {
    let mut result = ValueSet::default();
    for position_from in set.positions() {
        if let Some(value) = from.values.get(position_from) {
            result = result.union(&position(to, &value.value));
        }
    }
    if set.others() {
        // A value that one list does not name may be any that only the other one names.
        let named = |text: &str| from.values.iter().any(|value| value.value == text);
        let strange = to.values.iter().enumerate().filter(|(_, value)| !named(&value.value));
        result = result.union(&ValueSet::of(strange.map(|(at, _)| at)).with_others(true));
    }
    result
}

/// Salesforce stores list values of up to so many characters.
const LONGEST_LIST_VALUE: u32 = 255;

fn as_text(set: &ValueSet, list: &ListType) -> Text {
    let texts: Vec<&str> =
        set.positions().filter_map(|at| list.values.get(at)).map(|v| v.value.as_str()).collect();
    let lengths = texts.iter().map(|text| length(text));
    let (min, max) = lengths.fold((u32::MAX, 0), |(a, b), n| (a.min(n), b.max(n)));
    if set.others() {
        return Text { min: 1, max: max.max(LONGEST_LIST_VALUE), one: None };
    }
    let one = (texts.len() == 1).then(|| texts.first().map(|text| Arc::from(*text))).flatten();
    Text { min: min.min(max), max, one }
}

/// The longest label of a list. A value that is no longer active has none, and is shown itself.
pub fn longest_label(list: &ListType) -> u32 {
    let shown =
        |value: &ListValue| if value.active { length(&value.label) } else { length(&value.value) };
    let listed = list.values.iter().map(shown).max().unwrap_or(0);
    if list.open { listed.max(LONGEST_LIST_VALUE) } else { listed }
}

/// A value's length as text, by the one rule that templates use; zero where there is none.
pub fn text_of(value: &Abs, ty: &Type) -> Text {
    let lengths = |min, max| Text { min, max, one: None };
    match (&value.content, ty) {
        (Content::Nothing, _) => lengths(0, 0),
        (Content::Text(text), _) => text.clone(),
        (Content::List(set), Type::List(list)) => as_text(set, list),
        (Content::Bool { .. }, _) => lengths(4, 5),
        (Content::Number(range), _) => {
            let digits = |number: Decimal| length(&number.trunc().to_string());
            let fraction = if range.scale > 0 { range.scale.saturating_add(1) } else { 0 };
            let sign = u32::from(range.low.is_sign_negative());
            let whole = digits(range.low).max(digits(range.high).saturating_add(sign));
            lengths(1, whole.saturating_add(fraction))
        }
        (_, Type::Date) => lengths(10, 10),
        // RFC 3339 with nanoseconds; ISO 8601 likewise.
        (_, Type::DateTime) => lengths(20, 33),
        (_, Type::Time) => lengths(8, 18),
        (_, Type::Id(_)) => lengths(15, 18),
        (_, Type::Duration) => lengths(2, 40),
        (_, Type::Bool) => lengths(4, 5),
        (_, Type::MultiList(list)) => {
            let all = list.values.iter().map(|value| length(&value.value).saturating_add(1));
            let sum = all.fold(0u32, u32::saturating_add).saturating_sub(1);
            lengths(1, if list.open { u32::MAX } else { sum })
        }
        _ => lengths(1, u32::MAX),
    }
}
