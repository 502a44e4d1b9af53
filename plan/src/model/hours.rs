//! When an org works.

use jiff::civil::Date;
use minicbor::{Decode, Encode};

/// Milliseconds of a day on the clock, whatever the zone makes of it.
pub const DAY_MS: u32 = 86_400_000;

/// The months, as schema files and listings call them.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Business hours with the holidays that count for them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Hours {
    /// The name in Tide.
    #[n(0)]
    pub name: String,
    /// The time zone of all times, by its IANA name.
    #[n(1)]
    pub zone: String,
    /// From Monday to Sunday; closed where there is none.
    #[n(2)]
    pub week: Vec<Option<Opening>>,
    /// What is closed although the week says otherwise.
    #[n(3)]
    pub holidays: Vec<Holiday>,
}

/// A part of a day, in milliseconds on the clock: from when on, and until before when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Opening {
    /// From.
    #[n(0)]
    pub from: u32,
    /// Until; at most [`DAY_MS`].
    #[n(1)]
    pub to: u32,
}

/// A holiday.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Holiday {
    /// The org's name for it.
    #[n(0)]
    pub name: String,
    /// The part of the day.
    #[n(1)]
    pub part: Opening,
    /// On which days.
    #[n(2)]
    pub recurs: Recurs,
    /// The first day that it can be, or the only one.
    #[cbor(n(3), with = "crate::codec::text")]
    pub first: Date,
    /// The last day that it can be.
    #[cbor(n(4), with = "crate::codec::day", has_nil)]
    pub last: Option<Date>,
}

/// On which days a holiday is. Intervals are counted from its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Recurs {
    /// On its first day alone.
    #[n(0)]
    Once,
    /// On each so-manieth day.
    #[n(1)]
    Daily(#[n(0)] u32),
    /// On these days of each so-manieth week; weeks begin on Sunday.
    #[n(2)]
    Weekly(#[n(0)] u32, #[n(1)] Weekdays),
    /// On this day of each so-manieth month.
    #[n(3)]
    Monthly(#[n(0)] u32, #[n(1)] u32),
    /// On one of these weekdays of each so-manieth month.
    #[n(4)]
    MonthlyNth(#[n(0)] u32, #[n(1)] Nth, #[n(2)] Weekdays),
    /// In this month, on this day of it.
    #[n(5)]
    Yearly(#[n(0)] u32, #[n(1)] u32),
    /// In this month, on one of these weekdays.
    #[n(6)]
    YearlyNth(#[n(0)] u32, #[n(1)] Nth, #[n(2)] Weekdays),
}

/// Days of the week as bits: Monday is the lowest of seven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Weekdays(#[n(0)] pub u32);

impl Weekdays {
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);

    /// Whether a day is among them, counted from Monday as 0.
    pub fn has(self, from_monday: u32) -> bool {
        self.0 >> from_monday & 1 == 1
    }
}

/// Which of several days of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Nth {
    /// The first.
    #[n(0)]
    First,
    /// The second.
    #[n(1)]
    Second,
    /// The third.
    #[n(2)]
    Third,
    /// The fourth.
    #[n(3)]
    Fourth,
    /// The last.
    #[n(4)]
    Last,
}
