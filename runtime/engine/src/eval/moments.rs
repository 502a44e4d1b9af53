//! Instants, days and spans of time. Each calculation has a result: what would lie before the first
//! or behind the last day that there is, is that day.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tidegate_plan::model::Arithmetic;
use tidegate_plan::value::ValueRef;

const FIRST_DAY: Date = Date::constant(1, 1, 1);
const LAST_DAY: Date = Date::constant(9999, 12, 31);
/// The first that is not before [`FIRST_DAY`] anywhere: the second of January of the year 1, in UTC.
const FIRST_INSTANT: Timestamp = Timestamp::constant(-62_135_510_400, 0);
/// The last that is not behind [`LAST_DAY`] anywhere.
const LAST_INSTANT: Timestamp = Timestamp::MAX;

/// The result of `+` and `-`; `None` where there is none between such operands.
pub(super) fn arithmetic<'a>(
    operation: Arithmetic,
    left: &ValueRef<'_>,
    right: &ValueRef<'_>,
) -> Option<ValueRef<'a>> {
    match (operation, left, right) {
        (Arithmetic::Add, left, ValueRef::Duration(span)) => moved(left, *span),
        (Arithmetic::Subtract, left, ValueRef::Duration(span)) => {
            moved(left, span.saturating_neg())
        }
        (Arithmetic::Subtract, left, right) => between(left, right),
        _ => None,
    }
}

fn moved<'a>(from: &ValueRef<'_>, millis: i64) -> Option<ValueRef<'a>> {
    let span = SignedDuration::from_millis(millis);
    Some(match from {
        ValueRef::Duration(from) => ValueRef::Duration(from.saturating_add(millis)),
        ValueRef::DateTime(from) => {
            let end = if millis < 0 { FIRST_INSTANT } else { LAST_INSTANT };
            let moved = from.checked_add(span).unwrap_or(end);
            ValueRef::DateTime(moved.clamp(FIRST_INSTANT, LAST_INSTANT))
        }
        ValueRef::Date(from) => {
            let end = if millis < 0 { FIRST_DAY } else { LAST_DAY };
            ValueRef::Date(from.checked_add(span).unwrap_or(end).clamp(FIRST_DAY, LAST_DAY))
        }
        _ => return None,
    })
}

fn between<'a>(left: &ValueRef<'_>, right: &ValueRef<'_>) -> Option<ValueRef<'a>> {
    let span = match (left, right) {
        (ValueRef::DateTime(left), ValueRef::DateTime(right)) => left.duration_since(*right),
        (ValueRef::Date(left), ValueRef::Date(right)) => left.duration_since(*right),
        _ => return None,
    };
    Some(ValueRef::Duration(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
}

/// The day that an instant is in a time zone.
pub(super) fn day(instant: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(instant).date()
}

/// The time of day that an instant is in a time zone.
pub(super) fn time(instant: Timestamp, zone: &TimeZone) -> Time {
    zone.to_datetime(instant).time()
}

/// The instant at which a day begins in a time zone. Where the clock leaps over midnight, the first
/// that it shows.
pub(super) fn beginning(day: Date, zone: &TimeZone) -> Timestamp {
    let end = if day <= FIRST_DAY { FIRST_INSTANT } else { LAST_INSTANT };
    zone.to_timestamp(day.to_datetime(Time::midnight())).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(text: &str) -> ValueRef<'static> {
        ValueRef::DateTime(text.parse().unwrap())
    }

    fn berlin() -> TimeZone {
        tidegate_plan::zone::zone("Europe/Berlin").unwrap()
    }

    #[test]
    fn instants_and_days_move_by_spans() {
        const DAY: i64 = 86_400_000;
        let (add, subtract) = (Arithmetic::Add, Arithmetic::Subtract);
        let span = ValueRef::Duration(3 * DAY);
        let noon = at("2026-11-22T12:00:00Z");
        assert_eq!(arithmetic(add, &noon, &span), Some(at("2026-11-25T12:00:00Z")));
        assert_eq!(arithmetic(subtract, &noon, &span), Some(at("2026-11-19T12:00:00Z")));
        let day = ValueRef::Date(date(2024, 2, 27));
        let moved = ValueRef::Date(date(2024, 3, 1));
        assert_eq!(arithmetic(add, &day, &span), Some(moved.clone()));
        assert_eq!(arithmetic(subtract, &moved, &day), Some(span.clone()));
        assert_eq!(arithmetic(Arithmetic::Multiply, &span, &span), None);
        assert_eq!(arithmetic(add, &noon, &noon), None);
    }

    #[test]
    fn there_is_a_first_and_a_last_day() {
        let ever = ValueRef::Duration(i64::MAX);
        for from in [at("2026-11-22T12:00:00Z"), ValueRef::Date(date(2026, 11, 22))] {
            for operation in [Arithmetic::Add, Arithmetic::Subtract] {
                let end = arithmetic(operation, &from, &ever).unwrap();
                let text = end.into_text();
                assert!(text.starts_with("9999-12-3") || text.starts_with("0001-01-0"), "{text}");
            }
        }
    }

    #[test]
    fn a_zone_says_which_day_it_is() {
        let late = "2026-07-01T22:30:00Z".parse().unwrap();
        assert_eq!(day(late, &berlin()), date(2026, 7, 2));
        assert_eq!(time(late, &berlin()), time_of(0, 30));
        assert_eq!(beginning(date(2026, 7, 2), &berlin()), "2026-07-01T22:00:00Z".parse().unwrap());
        assert_eq!(beginning(date(9999, 12, 31), &berlin()), LAST_INSTANT);
        // In Beirut the clock leaps from midnight to one.
        let beirut = tidegate_plan::zone::zone("asia/beirut").unwrap();
        assert_eq!(beginning(date(2024, 3, 31), &beirut), "2024-03-30T22:00:00Z".parse().unwrap());
    }

    fn time_of(hour: i8, minute: i8) -> Time {
        Time::constant(hour, minute, 0, 0)
    }
}
