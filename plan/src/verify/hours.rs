//! Business hours: a week, a zone that there is, holidays that can be decided.

use jiff::tz::TimeZone;

use super::{Verified, refuse};
use crate::model::{DAY_MS, Holiday, Hours, Opening, Plan, Recurs, Weekdays};
use crate::zone;

const TABLE: &str = "hours";
/// Holidays of one table of hours at most.
pub const MAX_HOLIDAYS: usize = 1_000;
/// A day that every month has.
const SHORTEST_MONTH: u32 = 28;

/// The zones of all hours, by position.
pub(super) fn check(plan: &Plan) -> Verified<Vec<TimeZone>> {
    plan.hours.iter().enumerate().map(|(at, hours)| one(at, hours)).collect()
}

fn one(at: usize, hours: &Hours) -> Verified<TimeZone> {
    if hours.week.len() != 7 {
        return refuse("plan.hours", TABLE, at, format!("a week of {} days", hours.week.len()));
    }
    if !hours.week.iter().flatten().all(is_part) || !hours.holidays.iter().all(is_decided) {
        return refuse("plan.hours", TABLE, at, "a time or a holiday that there can't be");
    }
    if hours.holidays.len() > MAX_HOLIDAYS {
        return refuse("plan.hours", TABLE, at, format!("more than {MAX_HOLIDAYS} holidays"));
    }
    match zone::zone(&hours.zone) {
        Some(zone) => Ok(zone),
        None => refuse("plan.zone", TABLE, at, format!("no time zone is called `{}`", hours.zone)),
    }
}

fn is_part(part: &Opening) -> bool {
    part.from < part.to && part.to <= DAY_MS
}

fn is_decided(holiday: &Holiday) -> bool {
    let days = |days: Weekdays| days != Weekdays(0) && days.0 <= Weekdays::ALL.0;
    let recurs = match holiday.recurs {
        Recurs::Once => true,
        Recurs::Daily(every) => every > 0,
        Recurs::Weekly(every, on) => every > 0 && days(on),
        Recurs::Monthly(every, day) => every > 0 && (1..=SHORTEST_MONTH).contains(&day),
        Recurs::MonthlyNth(every, _, on) => every > 0 && days(on),
        Recurs::Yearly(month, day) => (1..=12).contains(&month) && (1..=31).contains(&day),
        Recurs::YearlyNth(month, _, on) => (1..=12).contains(&month) && days(on),
    };
    recurs && is_part(&holiday.part)
}
