//! From submitted text to values.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use tidegate_plan::model::Input;
use tidegate_plan::value::Value;

use super::mistake::Mistake;

/// The value of a submitted text; `None` for blank.
///
/// # Errors
///
/// What is wrong.
pub(super) fn value(input: Input, text: &str) -> Result<Option<Value>, Mistake> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    Ok(Some(match input {
        Input::Number => Value::Number(number(text)?),
        Input::Rating => {
            let whole = text.len() <= 4 && text.parse::<i16>().is_ok();
            Value::Number(number(text).ok().filter(|_| whole).ok_or(Mistake::OffTheScale)?)
        }
        Input::Checkbox => Value::Bool(checkbox(text)?),
        Input::Date => Value::Date(exact::<Date>(text, 10..=10).ok_or(Mistake::Date)?),
        Input::Time => Value::Time(exact::<Time>(text, 5..=18).ok_or(Mistake::Time)?),
        Input::DateTime => {
            let instant = text.parse::<Timestamp>();
            Value::DateTime(instant.map_err(|_| Mistake::DateTime)?)
        }
        Input::SelectMany => {
            let values: Vec<String> = text
                .split(';')
                .map(str::trim)
                .filter(|one| !one.is_empty())
                .map(str::to_owned)
                .collect();
            return Ok(Value::Many(values).or_blank());
        }
        Input::Line | Input::Area | Input::Email | Input::Phone | Input::Url | Input::Select => {
            Value::Text(text.to_owned())
        }
    }))
}

/// A value of a plain shape; what only looks like one, such as a week or a zone, is refused.
fn exact<T: std::str::FromStr>(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<T> {
    let plain =
        text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b'.'));
    (plain && length.contains(&text.len())).then(|| text.parse().ok()).flatten()
}

fn checkbox(text: &str) -> Result<bool, Mistake> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Mistake::NoTick),
    }
}

fn number(text: &str) -> Result<Decimal, Mistake> {
    if text.contains(',') {
        return Err(Mistake::Comma);
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.starts_with(|first: char| first.is_ascii_digit());
    let number = plain.then(|| Decimal::from_str_exact(text).ok()).flatten();
    number.ok_or(Mistake::Number)
}
