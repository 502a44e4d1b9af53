//! Days and times that a program may treat differently: around now, and around what it compares
//! them with.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use tidegate_plan::value::{Value, ValueType};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// A day or a time, by where it lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Moment {
    /// So many milliseconds from the time at which it is given.
    FromNow(i64),
    /// One that the program names, or one beside it.
    Named(String),
}

impl Moment {
    /// As a customer may type it, and as a test writes it; `None` where it is no moment of the type.
    pub(super) fn text(&self, ty: ValueType, now: Timestamp) -> Option<String> {
        let millis = match self {
            Self::Named(text) => return Some(text.clone()),
            Self::FromNow(millis) => *millis,
        };
        let at = now.checked_add(SignedDuration::from_millis(millis)).ok()?;
        let there = TimeZone::UTC.to_datetime(at);
        let value = match ty {
            ValueType::Date => Value::Date(there.date()),
            ValueType::DateTime => Value::DateTime(at),
            ValueType::Time => Value::Time(there.time()),
            _ => return None,
        };
        Some(value.to_text().into_owned())
    }

    /// How far from now it lies; what is named comes last.
    pub(super) fn distance(&self) -> u64 {
        match self {
            Self::FromNow(millis) => millis.unsigned_abs(),
            Self::Named(_) => u64::MAX,
        }
    }
}

/// The moments of a type that show both ways of a comparison in which these constants stand: before,
/// at and after now, each constant, and both moved by each span of time.
pub(super) fn moments(ty: ValueType, constants: &[&Value]) -> BTreeSet<Moment> {
    let spans = constants.iter().filter_map(|constant| match constant {
        Value::Duration(millis) => Some(*millis),
        _ => None,
    });
    let step = if ty == ValueType::Date { DAY } else { MINUTE };
    let mut offsets = BTreeSet::from([-DAY, -step, 0, step, DAY]);
    for span in spans {
        // Days move by whole days: the last that the span comes to, and those beside it.
        let span = span - span.rem_euclid(step);
        for base in [span, span.saturating_neg()] {
            offsets.extend([base.saturating_sub(step), base, base.saturating_add(step)]);
        }
    }
    let mut found: BTreeSet<Moment> = BTreeSet::new();
    if ty != ValueType::Time {
        found.extend(offsets.iter().copied().map(Moment::FromNow));
    }
    for constant in constants {
        let beside = offsets.iter().filter_map(|millis| moved(constant, *millis));
        let beside = beside.filter(|value| value.ty() == ty);
        found.extend(beside.map(|value| Moment::Named(value.to_text().into_owned())));
    }
    found
}

/// A day or a time that lies so much later.
fn moved(value: &Value, millis: i64) -> Option<Value> {
    let by = SignedDuration::from_millis(millis);
    match value {
        Value::Date(day) => (millis % DAY == 0).then(|| later(*day, millis / DAY))?,
        Value::DateTime(at) => at.checked_add(by).ok().map(Value::DateTime),
        Value::Time(time) => time.checked_add(by).ok().map(Value::Time),
        _ => None,
    }
}

fn later(day: Date, days: i64) -> Option<Value> {
    day.checked_add(days.days()).ok().map(Value::Date)
}

/// The time of day at which most people are about, for what asks for any.
pub(super) fn any(ty: ValueType, now: Timestamp) -> Option<String> {
    match ty {
        ValueType::Time => Some(Value::Time(Time::constant(10, 30, 0, 0)).to_text().into_owned()),
        _ => Moment::FromNow(0).text(ty, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(ty: ValueType, constants: &[&Value]) -> Vec<String> {
        let now = "2026-11-23T10:00:00Z".parse().expect("an instant");
        moments(ty, constants).iter().filter_map(|one| one.text(ty, now)).collect()
    }

    #[test]
    fn a_day_is_tried_around_today_and_around_the_span() {
        insta::assert_compact_debug_snapshot!(
            texts(ValueType::Date, &[&Value::Duration(2 * DAY + 3)]),
            @r#"["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"]"#
        );
    }

    #[test]
    fn what_is_named_is_tried_with_its_neighbours() {
        let day = Value::Date("2027-01-01".parse().expect("a day"));
        let all = texts(ValueType::Date, &[&day, &Value::Duration(7 * DAY)]);
        for text in ["2026-12-31", "2027-01-01", "2027-01-02", "2027-01-08", "2026-12-25"] {
            assert!(all.iter().any(|one| one == text), "{text} in {all:?}");
        }
        let half_past_five = Value::Time("17:30".parse().expect("a time"));
        insta::assert_compact_debug_snapshot!(
            texts(ValueType::Time, &[&half_past_five]),
            @r#"["17:29:00", "17:30:00", "17:31:00"]"#
        );
    }
}
