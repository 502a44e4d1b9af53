//! Business hours in words.

use crate::model::{DAY_MS, Holiday, Hours, MONTHS, Nth, Opening, Recurs, Weekdays};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The week, days with the same times together: `Mon-Fri 08:00-17:00, Sat 09:00-13:00`.
pub fn week(hours: &Hours) -> String {
    let mut spans: Vec<(usize, usize, Opening)> = Vec::new();
    for (day, opening) in hours.week.iter().enumerate() {
        let Some(opening) = opening else { continue };
        match spans.last_mut() {
            Some((_, last, same)) if *last + 1 == day && same == opening => *last = day,
            _ => spans.push((day, day, *opening)),
        }
    }
    let day = |day: usize| DAYS.get(day).copied().unwrap_or("?");
    let spans = spans.into_iter().map(|(first, last, opening)| match first == last {
        true => format!("{} {}", day(first), times(opening)),
        false => format!("{}-{} {}", day(first), day(last), times(opening)),
    });
    let spans: Vec<String> = spans.collect();
    if spans.is_empty() { "never open".to_owned() } else { spans.join(", ") }
}

/// A holiday: `Christmas Day, on 25 December of each year from 2020-12-25`.
pub fn holiday(holiday: &Holiday) -> String {
    let Holiday { name, part, recurs, first, last } = holiday;
    let mut text = match recurs {
        Recurs::Once => return format!("{name}, on {first}{}", at(*part)),
        Recurs::Daily(every) => format!("{name}, each {}", counted(*every, "day")),
        Recurs::Weekly(every, on) => {
            format!("{name}, on {} of each {}", weekdays(*on), counted(*every, "week"))
        }
        Recurs::Monthly(every, day) => {
            format!("{name}, on day {day} of each {}", counted(*every, "month"))
        }
        Recurs::MonthlyNth(every, nth, on) => {
            let days = weekdays(*on);
            format!("{name}, on the {} {days} of each {}", ordinal(*nth), counted(*every, "month"))
        }
        Recurs::Yearly(in_month, day) => {
            format!("{name}, on {day} {} of each year", month(*in_month))
        }
        Recurs::YearlyNth(in_month, nth, on) => {
            let (days, month) = (weekdays(*on), month(*in_month));
            format!("{name}, on the {} {days} in {month} of each year", ordinal(*nth))
        }
    };
    text.push_str(&at(*part));
    text.push_str(&format!(", from {first}"));
    if let Some(last) = last {
        text.push_str(&format!(" to {last}"));
    }
    text
}

fn at(part: Opening) -> String {
    if part == (Opening { from: 0, to: DAY_MS }) {
        String::new()
    } else {
        format!(" {}", times(part))
    }
}

fn times(part: Opening) -> String {
    format!("{}-{}", clock(part.from), clock(part.to))
}

fn clock(millis: u32) -> String {
    let (minutes, rest) = (millis / 60_000, millis % 60_000);
    let mut text = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    if rest > 0 {
        text.push_str(&format!(":{:02}.{:03}", rest / 1000, rest % 1000));
    }
    text
}

fn counted(every: u32, what: &str) -> String {
    if every == 1 { what.to_owned() } else { format!("{every} {what}s") }
}

fn weekdays(days: Weekdays) -> String {
    let names = (0u32..).zip(DAYS).filter(|(day, _)| days.has(*day)).map(|(_, name)| name);
    names.collect::<Vec<_>>().join("/")
}

fn month(month: u32) -> &'static str {
    let at = usize::try_from(month).unwrap_or(0).wrapping_sub(1);
    MONTHS.get(at).copied().unwrap_or("?")
}

fn ordinal(nth: Nth) -> &'static str {
    match nth {
        Nth::First => "first",
        Nth::Second => "second",
        Nth::Third => "third",
        Nth::Fourth => "fourth",
        Nth::Last => "last",
    }
}
