//! Values between the plan's types and the wire's JSON.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use tidegate_plan::value::{Value, ValueType};

/// A value as the org takes it.
pub(crate) fn to_wire(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::String(text.clone()),
        Value::Number(number) => number_to_wire(*number),
        Value::Bool(bool) => Json::Bool(*bool),
        Value::Date(date) => Json::String(date.to_string()),
        Value::DateTime(instant) => {
            Json::String(instant.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string())
        }
        Value::Time(time) => Json::String(time.strftime("%H:%M:%S.%3fZ").to_string()),
        Value::Duration(millis) => Json::from(*millis),
        Value::Many(values) => Json::String(values.join(";")),
    }
}

/// A JSON number where it says exactly the same, else the digits as text, which the org takes too.
fn number_to_wire(number: Decimal) -> Json {
    let text = number.normalize().to_string();
    if let Ok(whole) = text.parse::<i64>() {
        return Json::from(whole);
    }
    let exact = text.parse::<f64>().ok().filter(|float| float.to_string() == text);
    exact.and_then(serde_json::Number::from_f64).map_or(Json::String(text), Json::Number)
}

/// A field's value; blank for `null`, for what counts as blank, and for what is not of the type.
pub(crate) fn from_wire(ty: ValueType, json: &Json) -> Option<Value> {
    let value = match (ty, json) {
        (ValueType::Text | ValueType::Email | ValueType::Id, Json::String(text)) => {
            Value::Text(text.clone())
        }
        (ValueType::Text, Json::Number(number)) => Value::Text(number.to_string()),
        (ValueType::Text, Json::Bool(bool)) => Value::Text(bool.to_string()),
        (ValueType::Number, Json::Number(number)) => Value::Number(decimal(&number.to_string())?),
        (ValueType::Bool, Json::Bool(bool)) => Value::Bool(*bool),
        (ValueType::Date, Json::String(text)) => Value::Date(text.parse::<Date>().ok()?),
        (ValueType::DateTime, Json::String(text)) => Value::DateTime(instant(text)?),
        (ValueType::Time, Json::String(text)) => {
            Value::Time(text.trim_end_matches('Z').parse::<Time>().ok()?)
        }
        (ValueType::Many, Json::String(text)) => {
            let values = text.split(';').map(str::trim).filter(|value| !value.is_empty());
            Value::Many(values.map(str::to_owned).collect())
        }
        _ => return None,
    };
    value.or_blank()
}

fn decimal(text: &str) -> Option<Decimal> {
    text.parse().or_else(|_| Decimal::from_scientific(text)).ok()
}

/// An instant as the org writes it: `2026-11-22T10:00:00.000+0000`.
fn instant(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text)).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tidegate_plan::value::{Value, ValueType};

    use super::{from_wire, to_wire};

    #[test]
    fn wire_values_are_read_by_type() {
        let read = |ty, json| from_wire(ty, &json).map(|value| value.to_text().into_owned());
        let cases = [
            (ValueType::Text, json!("Ada"), Some("Ada")),
            (ValueType::Text, json!("  "), None),
            (ValueType::Text, json!(null), None),
            (ValueType::Number, json!(500.5), Some("500.5")),
            (ValueType::Number, json!(1e3), Some("1000.0")),
            (ValueType::Bool, json!(false), Some("false")),
            (ValueType::Date, json!("2026-11-22"), Some("2026-11-22")),
            (ValueType::Date, json!("2026-02-31"), None),
            (
                ValueType::DateTime,
                json!("2026-11-22T10:00:00.000+0000"),
                Some("2026-11-22T10:00:00Z"),
            ),
            (ValueType::Time, json!("10:30:00.000Z"), Some("10:30:00")),
            (ValueType::Many, json!("a;b"), Some("a;b")),
            (ValueType::Number, json!("500"), None),
        ];
        for (ty, json, expected) in cases {
            assert_eq!(read(ty, json.clone()).as_deref(), expected, "{ty:?} {json}");
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        let number = |text: &str| to_wire(&Value::Number(text.parse().unwrap()));
        assert_eq!(number("500.00"), json!(500));
        assert_eq!(number("0.1"), json!(0.1));
        assert_eq!(number("9007199254740993"), json!(9_007_199_254_740_993_i64));
        assert_eq!(number("1234567890123456.78"), json!("1234567890123456.78"));
    }

    #[test]
    fn times_are_written_as_the_org_reads_them() {
        let instant = Value::DateTime("2026-11-22T10:00:00.5Z".parse().unwrap());
        assert_eq!(to_wire(&instant), json!("2026-11-22T10:00:00.500Z"));
        let time = Value::Time("10:30:00".parse().unwrap());
        assert_eq!(to_wire(&time), json!("10:30:00.000Z"));
    }
}
