//! When an org works: its business hours, and the holidays on which it does not.

use std::fmt;

/// The days of the week, the first as in [`BusinessHours::week`].
pub const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const HOUR: u32 = 3_600_000;
const MINUTE: u32 = 60_000;
const SECOND: u32 = 1_000;
const DAY: u32 = 24 * HOUR;

/// A time of day, in milliseconds since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u32);

impl TimeOfDay {
    /// `None` for what is not on a clock.
    pub fn from_millis(millis: u32) -> Option<Self> {
        (millis < DAY).then_some(Self(millis))
    }

    /// Reads `08:00`, `08:00:30`, or as the org writes it, `08:00:00.000Z`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('Z').unwrap_or(text);
        let (clock, millis) = text.split_once('.').unwrap_or((text, "000"));
        let parts: Vec<u32> = clock.split(':').map(two_digits).collect::<Option<_>>()?;
        let (hours, minutes, seconds) = match parts.as_slice() {
            [hours, minutes] => (*hours, *minutes, 0),
            [hours, minutes, seconds] => (*hours, *minutes, *seconds),
            _ => return None,
        };
        let fits = hours < 24 && minutes < 60 && seconds < 60 && digits(millis, 3);
        let millis: u32 = millis.parse().ok()?;
        fits.then_some(Self(hours * HOUR + minutes * MINUTE + seconds * SECOND + millis))
    }

    /// Milliseconds since midnight.
    pub fn millis(self) -> u32 {
        self.0
    }
}

fn two_digits(text: &str) -> Option<u32> {
    digits(text, 2).then(|| text.parse().ok()).flatten()
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(millis) = *self;
        write!(f, "{:02}:{:02}", millis / HOUR, millis % HOUR / MINUTE)?;
        let (seconds, rest) = (millis % MINUTE / SECOND, millis % SECOND);
        if rest > 0 {
            write!(f, ":{seconds:02}.{rest:03}")
        } else if seconds > 0 {
            write!(f, ":{seconds:02}")
        } else {
            Ok(())
        }
    }
}

/// From when to when it is open on a day; midnight at the end is that day's end, and from midnight to
/// midnight is the whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// When it opens.
    pub from: TimeOfDay,
    /// When it closes.
    pub to: TimeOfDay,
}

/// One entry of an org's business hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessHours {
    /// What users of Salesforce see.
    pub name: String,
    /// Whether they are in use.
    pub active: bool,
    /// Whether the org uses them where nobody chooses.
    pub default: bool,
    /// The time zone of their times, by its IANA name.
    pub time_zone: String,
    /// From Monday to Sunday; closed where there is none.
    pub week: [Option<Opening>; 7],
}

/// A time at which an org does not work. The org does not tell of which business hours.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holiday {
    /// What users of Salesforce see; several may have the same.
    pub name: String,
    /// The day, as `2026-12-25`, of one that does not recur.
    pub date: Option<String>,
    /// From which minute of the day to which; the whole day where there is none.
    pub minutes: Option<(u32, u32)>,
    /// How it recurs.
    pub recurrence: Option<Recurrence>,
}

/// How a holiday recurs, in the org's own words: which of them belong together is not for a catalog
/// to say.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recurrence {
    /// Such as `RecursYearly`.
    pub kind: String,
    /// The first day, as `2026-12-25`.
    pub start: Option<String>,
    /// The last day.
    pub end: Option<String>,
    /// How many days, weeks or months lie between two.
    pub interval: Option<u32>,
    /// The day of the month.
    pub day_of_month: Option<u32>,
    /// Days of the week, as bits: Sunday 1, Monday 2, to Saturday 64.
    pub days_of_week: Option<u32>,
    /// Such as `December`.
    pub month: Option<String>,
    /// Such as `First` or `Last`.
    pub instance: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::TimeOfDay;

    #[test]
    fn times_of_day_are_read_and_written() {
        for (text, written) in [
            ("08:00", "08:00"),
            ("08:00:00.000Z", "08:00"),
            ("23:59:59", "23:59:59"),
            ("23:59:59.999Z", "23:59:59.999"),
            ("00:00:00.000Z", "00:00"),
        ] {
            let time = TimeOfDay::parse(text).expect("a time of day");
            assert_eq!(time.to_string(), written);
            assert_eq!(TimeOfDay::parse(written), Some(time));
        }
        for text in
            ["", "8:00", "24:00", "08:60", "08:00:60", "08:00.5", "08", "+8:00", "08:00:00+01"]
        {
            assert_eq!(TimeOfDay::parse(text), None, "{text}");
        }
    }
}
