//! Reading members of JSON that may be of any shape.

use jiff::Timestamp;
use serde_json::Value;

/// A text.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// A text that says something.
pub(super) fn said(value: &Value, key: &str) -> Option<String> {
    text(value, key).filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// A text or a number, as text: some ids come as either.
pub(super) fn word(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number, which may stand in a text.
pub(super) fn number(value: &Value, key: &str) -> Option<i64> {
    match value.get(key)? {
        // Such as 5.0.
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|it| it as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A time in milliseconds since 1970; 0 stands for none.
pub(super) fn time(value: &Value, key: &str) -> Option<Timestamp> {
    let millis = number(value, key).filter(|millis| *millis > 0)?;
    Timestamp::from_millisecond(millis).ok()
}

/// The items of a list.
pub(super) fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
