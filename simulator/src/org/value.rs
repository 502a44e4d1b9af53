//! Values as the org stores them, and the JSON grammar of each type.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Number, Value as Json};

use super::ids::RecordId;
use super::schema::{FieldSchema, FieldType};

/// A stored value. Blank text is stored as `Null`, as Salesforce does.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// Blank.
    #[default]
    Null,
    /// Text, also of lists.
    Text(String),
    /// A checkbox.
    Flag(bool),
    /// A number of any type.
    Number(Decimal),
    /// A day.
    Date(Date),
    /// An instant, to the second.
    Instant(Timestamp),
    /// A time of day, to the millisecond.
    Time(Time),
    /// The id of a record.
    Id(RecordId),
    /// A file.
    Bytes(Vec<u8>),
    /// The parts of a compound field.
    Compound(Map<String, Json>),
}

/// JSON that is not of a field's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It can't be read as the type at all.
    Parse {
        /// The type, in the parser's words.
        expected: &'static str,
        /// The kind of JSON token.
        token: &'static str,
        /// The token.
        found: String,
    },
    /// It is no id.
    Id(String),
    /// It is a number that the field can't hold.
    Range(String),
    /// It is blank, and the type knows no blank.
    Blank,
}

impl Value {
    /// Whether it is blank.
    pub fn is_null(&self) -> bool {
        *self == Value::Null
    }

    /// Its text, where it has one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The id, where it is one.
    pub fn as_id(&self) -> Option<&RecordId> {
        match self {
            Value::Id(id) => Some(id),
            _ => None,
        }
    }

    /// Reads the JSON that a client sent for a field.
    pub fn read(field: &FieldSchema, json: &Json) -> Result<Value, Unreadable> {
        match json {
            Json::Null if field.field_type == FieldType::Boolean => Err(Unreadable::Blank),
            Json::Null => Ok(Value::Null),
            Json::String(text) => read_text(field, text, json),
            Json::Bool(flag) if field.field_type == FieldType::Boolean => Ok(Value::Flag(*flag)),
            Json::Number(number) if is_numeric(field.field_type) => {
                read_number(field, &number.to_string(), json)
            }
            _ => Err(wrong_type(field, json)),
        }
    }

    /// Reads back what `to_json` wrote.
    pub fn restore(field: &FieldSchema, json: &Json) -> Result<Value, Unreadable> {
        match (field.field_type, json) {
            (_, Json::Null) => Ok(Value::Null),
            (FieldType::Address, Json::Object(parts)) => Ok(Value::Compound(parts.clone())),
            _ => Value::read(field, json),
        }
    }

    /// Its JSON in a row.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Text(text) => Json::String(text.clone()),
            Value::Flag(flag) => Json::Bool(*flag),
            Value::Number(number) => number_json(*number),
            Value::Date(date) => Json::String(date.to_string()),
            Value::Instant(instant) => Json::String(instant_text(*instant)),
            Value::Time(time) => Json::String(time_text(*time)),
            Value::Id(id) => Json::String(id.to_string()),
            Value::Bytes(bytes) => Json::String(STANDARD.encode(bytes)),
            Value::Compound(parts) => Json::Object(parts.clone()),
        }
    }

    /// How a person reads it.
    pub fn shown(&self) -> String {
        match self {
            Value::Null => String::new(),
            Value::Text(text) => text.clone(),
            Value::Flag(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
            Value::Time(time) => time.to_string(),
            Value::Instant(instant) => instant.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            Value::Id(id) => id.to_string(),
            Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Value::Compound(parts) => {
                let parts = parts.values().filter_map(Json::as_str);
                parts.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// An instant as rows have it: milliseconds, and an offset without a colon.
pub(super) fn instant_text(instant: Timestamp) -> String {
    instant.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

/// A time of day as rows have it; the `Z` says nothing of a zone.
fn time_text(time: Time) -> String {
    time.strftime("%H:%M:%S.%3fZ").to_string()
}

/// Reads a time of day as clients write it: `09:30:00`, `09:30:00.000Z`.
pub(crate) fn parse_time(text: &str) -> Option<Time> {
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let clock = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
    let time: Time = text.parse().ok().filter(|_| clock)?;
    time.with().microsecond(0).nanosecond(0).build().ok()
}

/// Reads an instant as clients write them; one without a zone is none.
pub(crate) fn parse_instant(text: &str) -> Option<Timestamp> {
    let instant: Timestamp = text.parse().ok().or_else(|| {
        let (head, offset) = text.split_at_checked(text.len().checked_sub(4)?)?;
        let (hours, minutes) = offset.split_at_checked(2)?;
        format!("{head}{hours}:{minutes}").parse().ok()
    })?;
    Timestamp::from_second(instant.as_second()).ok()
}

/// Reads a day that Salesforce can store.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let well_formed = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let date: Date = text.parse().ok().filter(|_| well_formed)?;
    (1700..=4000).contains(&date.year()).then_some(date)
}

fn number_json(number: Decimal) -> Json {
    let whole = number.scale() == 0;
    let whole = if whole { number.to_i64().map(Number::from) } else { None };
    let number = whole.or_else(|| number.to_f64().and_then(Number::from_f64));
    number.map_or(Json::Null, Json::Number)
}

fn is_numeric(field_type: FieldType) -> bool {
    matches!(
        field_type,
        FieldType::Int | FieldType::Double | FieldType::Currency | FieldType::Percent
    )
}

fn read_text(field: &FieldSchema, text: &str, json: &Json) -> Result<Value, Unreadable> {
    let wrong = || wrong_type(field, json);
    match field.field_type {
        FieldType::Boolean => text.parse().map(Value::Flag).map_err(|_| wrong()),
        FieldType::Int | FieldType::Double | FieldType::Currency | FieldType::Percent => {
            read_number(field, text, json)
        }
        _ if text.is_empty() => Ok(Value::Null),
        FieldType::Date => parse_date(text).map(Value::Date).ok_or_else(wrong),
        FieldType::Datetime => parse_instant(text).map(Value::Instant).ok_or_else(wrong),
        FieldType::Time => parse_time(text).map(Value::Time).ok_or_else(wrong),
        FieldType::Id | FieldType::Reference => {
            RecordId::parse(text).map(Value::Id).map_err(|_| Unreadable::Id(text.to_owned()))
        }
        FieldType::Base64 => STANDARD.decode(text).map(Value::Bytes).map_err(|_| wrong()),
        FieldType::Address | FieldType::Opaque => Err(wrong()),
        FieldType::String
        | FieldType::Textarea
        | FieldType::Email
        | FieldType::Phone
        | FieldType::Url
        | FieldType::Picklist
        | FieldType::Multipicklist => Ok(Value::Text(text.to_owned())),
    }
}

fn read_number(field: &FieldSchema, text: &str, json: &Json) -> Result<Value, Unreadable> {
    let parsed = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(text));
    let number = parsed.map_err(|_| wrong_type(field, json))?;
    let (digits, scale) = match field.field_type {
        FieldType::Int if !number.fract().is_zero() => return Err(wrong_type(field, json)),
        FieldType::Int => (field.digits, 0),
        _ => (field.precision.saturating_sub(field.scale), field.scale),
    };
    let rounded = number.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero);
    let too_big = 10i128.checked_pow(digits).is_some_and(|limit| {
        rounded.trunc().abs().to_i128().is_none_or(|magnitude| magnitude >= limit)
    });
    if too_big { Err(Unreadable::Range(text.to_owned())) } else { Ok(Value::Number(rounded)) }
}

fn wrong_type(field: &FieldSchema, json: &Json) -> Unreadable {
    let expected = match field.field_type {
        FieldType::Boolean => "boolean",
        FieldType::Int => "int",
        FieldType::Double | FieldType::Currency | FieldType::Percent => "double",
        FieldType::Date => "date",
        FieldType::Datetime => "datetime",
        FieldType::Time => "time",
        FieldType::Id | FieldType::Reference => "reference",
        FieldType::Base64 => "base64",
        FieldType::Address => "address",
        _ => "string",
    };
    let token = match json {
        Json::Null => "VALUE_NULL",
        Json::Bool(true) => "VALUE_TRUE",
        Json::Bool(false) => "VALUE_FALSE",
        Json::Number(number) if number.is_f64() => "VALUE_NUMBER_FLOAT",
        Json::Number(_) => "VALUE_NUMBER_INT",
        Json::String(_) => "VALUE_STRING",
        Json::Array(_) => "START_ARRAY",
        Json::Object(_) => "START_OBJECT",
    };
    let found = match json {
        Json::String(text) => text.clone(),
        Json::Array(_) => "[".to_owned(),
        Json::Object(_) => "{".to_owned(),
        other => other.to_string(),
    };
    Unreadable::Parse { expected, token, found }
}

#[cfg(test)]
mod tests {
    use super::{instant_text, parse_date, parse_instant, parse_time, time_text};

    #[test]
    fn instants_are_read_with_any_offset_and_written_as_salesforce_does() {
        for text in
            ["2026-05-01T07:25:37Z", "2026-05-01T09:25:37.000+0200", "2026-05-01T09:25:37+02:00"]
        {
            let instant = parse_instant(text).expect("an instant");
            assert_eq!(instant_text(instant), "2026-05-01T07:25:37.000+0000", "{text}");
        }
        assert_eq!(parse_instant("2026-05-01T07:25:37"), None);
        assert_eq!(parse_instant("é"), None);
    }

    #[test]
    fn times_of_day_are_read_and_written_as_salesforce_does() {
        for text in ["09:30:00", "09:30:00Z", "09:30:00.000Z", "09:30"] {
            assert_eq!(parse_time(text).map(time_text).as_deref(), Some("09:30:00.000Z"), "{text}");
        }
        for text in ["24:00:00", "9:30", "09:30+02:00", "", "noon"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_real_and_within_what_can_be_stored() {
        assert!(parse_date("2026-11-22").is_some());
        for text in ["2026-02-30", "1699-12-31", "4001-01-01", "22.11.2026", "2026-11-22T00:00"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
