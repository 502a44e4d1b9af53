//! Whether an instant lies in business hours, by the clock of their zone: a switch of the clock moves
//! no opening time.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use tidegate_plan::model::{Holiday, Hours, Nth, Opening, Recurs, Weekdays};

/// Whether it is open, and on no holiday.
pub(crate) fn is_open(hours: &Hours, zone: &TimeZone, instant: Timestamp) -> bool {
    let there = zone.to_datetime(instant);
    let (day, millis) = (there.date(), millis(there.time()));
    let opening = hours.week.get(usize::try_from(weekday(day)).unwrap_or_default());
    let open = opening.and_then(Option::as_ref).is_some_and(|opening| holds(*opening, millis));
    open && !hours.holidays.iter().any(|its| holds(its.part, millis) && falls_on(its, day))
}

fn holds(part: Opening, millis: u32) -> bool {
    (part.from..part.to).contains(&millis)
}

fn millis(time: Time) -> u32 {
    let part = |value: i64| u32::try_from(value).unwrap_or_default();
    let seconds = (part(time.hour().into()) * 60 + part(time.minute().into())) * 60
        + part(time.second().into());
    seconds * 1000 + part(time.millisecond().into())
}

/// Counted from Monday as 0.
fn weekday(day: Date) -> u32 {
    u32::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default()
}

fn falls_on(holiday: &Holiday, day: Date) -> bool {
    if day < holiday.first || holiday.last.is_some_and(|last| day > last) {
        return false;
    }
    let first = holiday.first;
    match holiday.recurs {
        Recurs::Once => day == first,
        Recurs::Daily(every) => days(first, day).is_multiple_of(every.into()),
        Recurs::Weekly(every, on) => {
            on.has(weekday(day)) && weeks(first, day).is_multiple_of(every.into())
        }
        Recurs::Monthly(every, of_month) => {
            number(day.day()) == of_month && months(first, day).is_multiple_of(every)
        }
        Recurs::MonthlyNth(every, nth, on) => {
            months(first, day).is_multiple_of(every) && is_nth(day, nth, on)
        }
        Recurs::Yearly(month, of_month) => {
            number(day.month()) == month && number(day.day()) == of_month
        }
        Recurs::YearlyNth(month, nth, on) => number(day.month()) == month && is_nth(day, nth, on),
    }
}

fn number(part: i8) -> u32 {
    u32::try_from(part).unwrap_or_default()
}

/// Days from one to another that is not before it.
fn days(from: Date, to: Date) -> u64 {
    u64::try_from(to.duration_since(from).as_hours() / 24).unwrap_or_default()
}

/// Weeks that have begun between two days; they begin on Sunday.
fn weeks(from: Date, to: Date) -> u64 {
    let since_sunday = (u64::from(weekday(from)) + 1) % 7;
    (days(from, to) + since_sunday) / 7
}

fn months(from: Date, to: Date) -> u32 {
    let count = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
    u32::try_from(count(to) - count(from)).unwrap_or_default()
}

/// Whether a day is the so-manieth of its month among these weekdays.
fn is_nth(day: Date, nth: Nth, among: Weekdays) -> bool {
    if !among.has(weekday(day)) {
        return false;
    }
    let (of_month, of_week) = (number(day.day()), weekday(day));
    // Which weekday another day of the month is, seven weeks on to stay above zero.
    let is_among = |other: u32| among.has((of_week + 49 + other - of_month) % 7);
    let before = (1..of_month).filter(|other| is_among(*other)).count();
    match nth {
        Nth::First => before == 0,
        Nth::Second => before == 1,
        Nth::Third => before == 2,
        Nth::Fourth => before == 3,
        Nth::Last => !(of_month + 1..=number(day.days_in_month())).any(is_among),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use tidegate_plan::model::DAY_MS;

    use super::*;

    const HOUR: u32 = 3_600_000;
    const WHOLE: Opening = Opening { from: 0, to: DAY_MS };

    fn berlin() -> TimeZone {
        tidegate_plan::zone::zone("Europe/Berlin").unwrap()
    }

    fn office(holidays: Vec<Holiday>) -> Hours {
        let work = Some(Opening { from: 8 * HOUR, to: 17 * HOUR });
        let mut week = vec![work; 5];
        week.extend([Some(WHOLE), None]);
        Hours { name: "office".into(), zone: "Europe/Berlin".into(), week, holidays }
    }

    fn open(holidays: Vec<Holiday>, at: &str) -> bool {
        is_open(&office(holidays), &berlin(), at.parse().unwrap())
    }

    fn holiday(recurs: Recurs, first: Date) -> Holiday {
        Holiday { name: "off".into(), part: WHOLE, recurs, first, last: None }
    }

    /// The days of a span on which a holiday is.
    fn on(holiday: &Holiday, from: Date, count: usize) -> Vec<String> {
        let all = from.series(jiff::Span::new().days(1)).take(count);
        all.filter(|day| falls_on(holiday, *day)).map(|day| day.to_string()).collect()
    }

    #[test]
    fn it_is_open_from_one_time_to_before_another() {
        for (at, expected) in [
            ("2026-11-23T06:59:59.999Z", false),
            ("2026-11-23T07:00:00Z", true),
            ("2026-11-23T15:59:59.999Z", true),
            ("2026-11-23T16:00:00Z", false),
            // Saturday from midnight to midnight; on Sunday nobody is there.
            ("2026-11-27T22:59:59Z", false),
            ("2026-11-27T23:00:00Z", true),
            ("2026-11-28T22:59:59.999Z", true),
            ("2026-11-28T23:00:00Z", false),
            ("2026-11-29T11:00:00Z", false),
        ] {
            assert_eq!(open(vec![], at), expected, "{at}");
        }
    }

    #[test]
    fn a_switch_of_the_clock_moves_no_opening_time() {
        // On the 25th of October 2026 summer time ends in Berlin, on the 29th of March it begins.
        for (at, expected) in [
            ("2026-10-23T06:00:00Z", true),
            ("2026-10-26T06:00:00Z", false),
            ("2026-10-26T07:00:00Z", true),
            ("2026-03-27T06:59:59Z", false),
            ("2026-03-30T05:59:59Z", false),
            ("2026-03-30T06:00:00Z", true),
        ] {
            assert_eq!(open(vec![], at), expected, "{at}");
        }
        let night = Some(Opening { from: 2 * HOUR, to: 3 * HOUR });
        let hours = Hours { week: vec![night; 7], ..office(vec![]) };
        let at = |at: &str| is_open(&hours, &berlin(), at.parse().unwrap());
        // The hour from two to three comes twice, and on the other day never.
        assert!(at("2026-10-25T00:30:00Z") && at("2026-10-25T01:30:00Z"));
        assert!(!at("2026-03-29T00:59:59Z") && !at("2026-03-29T01:00:00Z"));
    }

    #[test]
    fn a_holiday_may_be_a_part_of_a_day() {
        let eve = Holiday {
            part: Opening { from: 12 * HOUR, to: DAY_MS },
            ..holiday(Recurs::Yearly(12, 31), date(2020, 12, 31))
        };
        assert!(open(vec![eve.clone()], "2026-12-31T10:59:59Z"));
        assert!(!open(vec![eve.clone()], "2026-12-31T11:00:00Z"));
        assert!(open(vec![eve], "2027-01-04T11:00:00Z"));
    }

    #[test]
    fn a_holiday_is_on_the_day_of_its_zone() {
        let first = holiday(Recurs::Once, date(2027, 1, 2));
        // In Berlin it is Saturday already.
        assert!(open(vec![], "2027-01-01T23:30:00Z"));
        assert!(!open(vec![first], "2027-01-01T23:30:00Z"));
    }

    #[test]
    fn holidays_recur() {
        let monday = Weekdays(1);
        let first = date(2026, 1, 7);
        let cases = [
            (Recurs::Once, "2026-01-07"),
            (Recurs::Daily(10), "2026-01-07 2026-01-17 2026-01-27 2026-02-06"),
            // Weeks begin on Sunday, so Monday the 19th is in the second one behind.
            (Recurs::Weekly(2, monday), "2026-01-19 2026-02-02"),
            (Recurs::Monthly(1, 5), "2026-02-05"),
            (Recurs::MonthlyNth(1, Nth::Second, monday), "2026-01-12 2026-02-09"),
            (Recurs::MonthlyNth(2, Nth::Last, monday), "2026-01-26"),
            (Recurs::MonthlyNth(1, Nth::Last, Weekdays::ALL), "2026-01-31"),
            (Recurs::Yearly(2, 3), "2026-02-03"),
            (Recurs::YearlyNth(1, Nth::Third, Weekdays(0b001_1111)), ""),
            (Recurs::YearlyNth(2, Nth::First, Weekdays(0b110_0000)), "2026-02-01"),
        ];
        for (recurs, expected) in cases {
            let found = on(&holiday(recurs, first), date(2026, 1, 1), 41);
            assert_eq!(found.join(" "), expected, "{recurs:?}");
        }
        let ends = Holiday { last: Some(date(2026, 1, 17)), ..holiday(Recurs::Daily(5), first) };
        assert_eq!(on(&ends, date(2026, 1, 1), 41), ["2026-01-07", "2026-01-12", "2026-01-17"]);
        let leap = holiday(Recurs::Yearly(2, 29), first);
        assert_eq!(on(&leap, date(2026, 1, 8), 1200), ["2028-02-29"]);
    }
}
