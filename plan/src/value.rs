//! Values at run time, and the types that the verifier gives to slots and expressions.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;

/// A value that is not blank. Blank is the absence of one: `Option<Value>`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// Text, an e-mail, a phone number, a web address, an id or a list value; never empty or white
    /// space alone.
    Text(String),
    /// A number, exact.
    Number(Decimal),
    /// Yes or no.
    Bool(bool),
    /// A day without a zone.
    Date(Date),
    /// An instant.
    DateTime(Timestamp),
    /// A time of day without a zone.
    Time(Time),
    /// A span of time in milliseconds.
    Duration(i64),
    /// Several values of a list; never empty.
    Many(Vec<String>),
}

/// The type of a slot or an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueType {
    /// [`Value::Text`] that is free text.
    Text,
    /// [`Value::Text`] that is an e-mail address; compares without case.
    Email,
    /// [`Value::Text`] that is an id of 15 or 18 characters; compares by 18.
    Id,
    /// [`Value::Number`].
    Number,
    /// [`Value::Bool`].
    Bool,
    /// [`Value::Date`].
    Date,
    /// [`Value::DateTime`].
    DateTime,
    /// [`Value::Time`].
    Time,
    /// [`Value::Duration`].
    Duration,
    /// [`Value::Many`].
    Many,
}
