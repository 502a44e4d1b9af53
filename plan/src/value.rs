//! Values at run time, and the types that the verifier gives to slots and expressions.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use minicbor::{Decode, Encode};
use rust_decimal::Decimal;

/// A value that is not blank. Blank is the absence of one: `Option<Value>`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, Encode, Decode)]
#[cbor(flat)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// Text, an e-mail, a phone number, a web address, an id or a list value; never empty or white
    /// space alone.
    #[n(0)]
    Text(#[n(0)] String),
    /// A number, exact.
    #[n(1)]
    Number(#[cbor(n(0), with = "crate::codec::decimal")] Decimal),
    /// Yes or no.
    #[n(2)]
    Bool(#[n(0)] bool),
    /// A day without a zone.
    #[n(3)]
    Date(#[cbor(n(0), with = "crate::codec::text")] Date),
    /// An instant.
    #[n(4)]
    DateTime(#[cbor(n(0), with = "crate::codec::text")] Timestamp),
    /// A time of day without a zone.
    #[n(5)]
    Time(#[cbor(n(0), with = "crate::codec::text")] Time),
    /// A span of time in milliseconds.
    #[n(6)]
    Duration(#[n(0)] i64),
    /// Several values of a list; never empty.
    #[n(7)]
    Many(#[n(0)] Vec<String>),
}

/// A [`Value`] that is looked at where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueRef<'a> {
    /// [`Value::Text`]
    Text(Cow<'a, str>),
    /// [`Value::Number`]
    Number(Decimal),
    /// [`Value::Bool`]
    Bool(bool),
    /// [`Value::Date`]
    Date(Date),
    /// [`Value::DateTime`]
    DateTime(Timestamp),
    /// [`Value::Time`]
    Time(Time),
    /// [`Value::Duration`]
    Duration(i64),
    /// [`Value::Many`]
    Many(&'a [String]),
}

impl<'a> ValueRef<'a> {
    /// The value as text, by the one rule that templates, forms and listings share: text as it is,
    /// numbers with their scale and a point, `true` and `false`, dates and times in ISO 8601,
    /// instants in UTC by RFC 3339, spans of time as Tide writes them (`1h 30m`), the values of a
    /// multi list joined by `;`.
    ///
    /// Lists give the API value. A template that shows a customer a list attribute has
    /// [`crate::model::Pipe::Label`] around it.
    pub fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::DateTime(instant) => Cow::Owned(instant.to_string()),
            Self::Time(time) => Cow::Owned(time.to_string()),
            Self::Duration(millis) => Cow::Owned(duration_text(millis)),
            Self::Many(values) => Cow::Owned(values.join(";")),
        }
    }

    /// A value of its own, or `None` where it counts as blank: see [`Value::or_blank`].
    pub fn into_value(self) -> Option<Value> {
        let value = match self {
            Self::Text(text) => Value::Text(text.into_owned()),
            Self::Number(number) => Value::Number(number),
            Self::Bool(yes) => Value::Bool(yes),
            Self::Date(date) => Value::Date(date),
            Self::DateTime(instant) => Value::DateTime(instant),
            Self::Time(time) => Value::Time(time),
            Self::Duration(millis) => Value::Duration(millis),
            Self::Many(values) => Value::Many(values.to_vec()),
        };
        value.or_blank()
    }
}

/// The type of a slot or an expression.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, Encode, Decode,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum ValueType {
    /// [`Value::Text`] that is free text.
    #[n(0)]
    Text,
    /// [`Value::Text`] that is an e-mail address; compares without case.
    #[n(1)]
    Email,
    /// [`Value::Text`] that is an id of 15 or 18 characters; compares by 18.
    #[n(2)]
    Id,
    /// [`Value::Number`].
    #[n(3)]
    Number,
    /// [`Value::Bool`].
    #[n(4)]
    Bool,
    /// [`Value::Date`].
    #[n(5)]
    Date,
    /// [`Value::DateTime`].
    #[n(6)]
    DateTime,
    /// [`Value::Time`].
    #[n(7)]
    Time,
    /// [`Value::Duration`].
    #[n(8)]
    Duration,
    /// [`Value::Many`].
    #[n(9)]
    Many,
}

impl ValueType {
    /// Whether values of both have one shape: text, e-mail addresses and ids are all
    /// [`Value::Text`].
    pub fn fits(self, other: Self) -> bool {
        self == other || (self.is_text() && other.is_text())
    }

    /// Whether its values are [`Value::Text`].
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Email | Self::Id)
    }

    /// Whether its values have an order.
    pub fn is_ordered(self) -> bool {
        matches!(self, Self::Number | Self::Date | Self::DateTime | Self::Time | Self::Duration)
    }
}

impl Value {
    /// Its type. An e-mail address and an id are text here: the slot knows better.
    pub fn ty(&self) -> ValueType {
        match self {
            Self::Text(_) => ValueType::Text,
            Self::Number(_) => ValueType::Number,
            Self::Bool(_) => ValueType::Bool,
            Self::Date(_) => ValueType::Date,
            Self::DateTime(_) => ValueType::DateTime,
            Self::Time(_) => ValueType::Time,
            Self::Duration(_) => ValueType::Duration,
            Self::Many(_) => ValueType::Many,
        }
    }

    /// The value without a copy.
    pub fn view(&self) -> ValueRef<'_> {
        match self {
            Self::Text(text) => ValueRef::Text(Cow::Borrowed(text)),
            Self::Number(number) => ValueRef::Number(*number),
            Self::Bool(yes) => ValueRef::Bool(*yes),
            Self::Date(date) => ValueRef::Date(*date),
            Self::DateTime(instant) => ValueRef::DateTime(*instant),
            Self::Time(time) => ValueRef::Time(*time),
            Self::Duration(millis) => ValueRef::Duration(*millis),
            Self::Many(values) => ValueRef::Many(values),
        }
    }

    /// The value as text: see [`ValueRef::into_text`].
    pub fn to_text(&self) -> Cow<'_, str> {
        self.view().into_text()
    }

    /// The value, or `None` where it counts as blank: empty text, white space alone, no values.
    pub fn or_blank(self) -> Option<Self> {
        let blank = match &self {
            Self::Text(text) => text.trim().is_empty(),
            Self::Many(values) => values.is_empty(),
            _ => false,
        };
        (!blank).then_some(self)
    }
}

/// A span of time as Tide writes it: `1h 30m`, `500ms`, `0s`.
pub fn duration_text(millis: i64) -> String {
    const UNITS: [(u64, &str); 5] =
        [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];
    let mut rest = millis.unsigned_abs();
    let mut parts = Vec::new();
    for (size, unit) in UNITS {
        if rest >= size {
            parts.push(format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    let sign = if millis < 0 { "-" } else { "" };
    if parts.is_empty() { "0s".to_owned() } else { format!("{sign}{}", parts.join(" ")) }
}

/// A number without a sign before zero, and without zeros behind the point that its place, of so
/// many digits in all and behind the point, has no room for. The value is the same.
pub fn plain_number(mut number: Decimal, decimals: Option<(u32, u32)>) -> Decimal {
    if number.is_zero() {
        number.set_sign_positive(true);
    }
    let room = decimals.map_or(0, |(_, scale)| scale);
    if number.scale() > room {
        let least = number.normalize();
        number = if least.scale() < room { number.round_dp(room) } else { least };
    }
    number
}

/// Whether a number has room in so many digits in all and behind the point.
pub fn fits_digits(number: Decimal, (precision, scale): (u32, u32)) -> bool {
    let number = number.normalize();
    let whole = number.trunc().abs();
    let digits = if whole.is_zero() { 0 } else { whole.to_string().len() };
    number.scale() <= scale && digits <= precision.saturating_sub(scale) as usize
}

/// The length of a text in the unit that limits in Salesforce are counted in: UTF-16 code units,
/// and two for a line break, which Salesforce may store as carriage return and line feed.
///
/// Where the vendor's documentation leaves room this is the larger reading, so a text that fits by
/// this count fits.
pub fn salesforce_length(text: &str) -> usize {
    let mut previous = '\0';
    let mut length = 0;
    for character in text.chars() {
        length += width(character, previous);
        previous = character;
    }
    length
}

/// The units that a character adds behind another one.
fn width(character: char, previous: char) -> usize {
    match character {
        '\n' if previous == '\r' => 1,
        '\n' => 2,
        other => other.len_utf16(),
    }
}

/// The longest beginning of a text that is at most `max` long by [`salesforce_length`].
pub fn first(text: &str, max: usize) -> &str {
    if text.len() <= max && !text.contains('\n') {
        return text;
    }
    let mut previous = '\0';
    let mut length = 0;
    for (at, character) in text.char_indices() {
        length += width(character, previous);
        if length > max {
            return &text[..at];
        }
        previous = character;
    }
    text
}

/// The longest end of a text that is at most `max` long by [`salesforce_length`].
pub fn last(text: &str, max: usize) -> &str {
    let mut start = text.len();
    let mut length = 0;
    for (at, character) in text.char_indices().rev() {
        length += match character {
            '\n' => 2,
            // The line feed behind it was counted as both.
            '\r' if text[start..].starts_with('\n') => 0,
            other => other.len_utf16(),
        };
        if length > max {
            break;
        }
        start = at;
    }
    &text[start..]
}

/// A text cut visibly: at most `max` long by [`salesforce_length`], its end replaced by `…` where
/// something is missing.
pub fn cut(text: &str, max: usize) -> Cow<'_, str> {
    let whole = first(text, max);
    if whole.len() == text.len() {
        return Cow::Borrowed(text);
    }
    let kept = first(text, max.saturating_sub(1)).trim_end();
    if max == 0 { Cow::Borrowed("") } else { Cow::Owned(format!("{kept}…")) }
}

#[cfg(test)]
mod tests {
    use super::{Value, cut, duration_text, first, last, salesforce_length};
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    #[test]
    fn a_line_break_counts_twice_and_an_emoji_too() {
        assert_eq!(salesforce_length("ab"), 2);
        assert_eq!(salesforce_length("a\nb"), 4);
        assert_eq!(salesforce_length("a\r\nb"), 4);
        assert_eq!(salesforce_length("ä😀"), 3);
    }

    #[test]
    fn what_is_cut_shows_it() {
        assert_eq!(cut("The heater", 10), "The heater");
        assert_eq!(cut("The heater stopped", 10), "The heate…");
        assert_eq!(cut("The heater stopped", 12), "The heater…");
        assert_eq!(cut("The heater", 0), "");
    }

    #[test]
    fn one_rule_for_text() {
        let text = |value: Value| value.to_text().into_owned();
        assert_eq!(text(Value::Number("500.00".parse().expect("a number"))), "500.00");
        assert_eq!(text(Value::Date(jiff::civil::date(2026, 11, 22))), "2026-11-22");
        assert_eq!(text(Value::Many(vec!["a".into(), "b".into()])), "a;b");
        assert_eq!(duration_text(5_400_000), "1h 30m");
        assert_eq!(duration_text(0), "0s");
        assert_eq!(Value::Text(" \n".into()).or_blank(), None);
    }

    proptest! {
        #[test]
        fn parts_fit_and_are_the_longest(text in "[a😀\r\n ]{0,20}", max in 0usize..24) {
            let (head, tail) = (first(&text, max), last(&text, max));
            prop_assert!(text.starts_with(head) && text.ends_with(tail));
            prop_assert!(salesforce_length(head) <= max && salesforce_length(tail) <= max);
            prop_assert!(salesforce_length(&cut(&text, max)) <= max);
            if salesforce_length(&text) <= max {
                prop_assert_eq!(head, text.as_str());
                prop_assert_eq!(tail, text.as_str());
            }
        }
    }
}
