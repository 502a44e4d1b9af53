//! The file of business hours and holidays.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog::{BusinessHours, Catalog, DAYS, Holiday, Opening, Recurrence, TimeOfDay};

use super::layout::{Inline, Page};
use super::literal::string;
use super::shape::KeyFault;

/// The text of the file; none where there is nothing to write.
pub(super) fn file(catalog: &Catalog) -> Option<String> {
    if catalog.business_hours.is_empty() && catalog.holidays.is_empty() {
        return None;
    }
    let mut page = Page::default();
    if !catalog.holidays.is_empty() {
        page.column("holidays", catalog.holidays.iter().map(holiday));
    }
    for (name, hours) in &catalog.business_hours {
        page.table(&["business_hours", name]);
        page.flag("default", hours.default);
        if !hours.active {
            page.line("active", false);
        }
        page.line("time_zone", string(&hours.time_zone));
        for (day, opening) in DAYS.iter().zip(&hours.week) {
            if let Some(Opening { from, to }) = opening {
                page.line(day, string(&format!("{from}-{to}")));
            }
        }
    }
    Some(page.text)
}

fn holiday(holiday: &Holiday) -> String {
    let Holiday { name, date, minutes, recurrence } = holiday;
    let mut entry = Inline::default();
    entry.item("name", string(name));
    text(&mut entry, "date", date.as_ref());
    if let Some((from, to)) = minutes {
        entry.item("minutes", format!("[{from}, {to}]"));
    }
    if let Some(recurrence) = recurrence {
        let Recurrence { kind, start, end, interval, day_of_month, days_of_week, month, instance } =
            recurrence;
        entry.item("recurs", string(kind));
        text(&mut entry, "start", start.as_ref());
        text(&mut entry, "end", end.as_ref());
        number(&mut entry, "interval", *interval);
        number(&mut entry, "day_of_month", *day_of_month);
        number(&mut entry, "days_of_week", *days_of_week);
        text(&mut entry, "month", month.as_ref());
        text(&mut entry, "instance", instance.as_ref());
    }
    entry.close()
}

fn text(entry: &mut Inline, key: &str, value: Option<&String>) {
    if let Some(value) = value {
        entry.item(key, string(value));
    }
}

fn number(entry: &mut Inline, key: &str, value: Option<u32>) {
    if let Some(value) = value {
        entry.item(key, value);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoursFile {
    #[serde(default)]
    pub(super) business_hours: BTreeMap<String, HoursEntry>,
    #[serde(default)]
    pub(super) holidays: Vec<HolidayEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoursEntry {
    #[serde(default)]
    default: bool,
    #[serde(default = "yes")]
    active: bool,
    time_zone: String,
    monday: Option<String>,
    tuesday: Option<String>,
    wednesday: Option<String>,
    thursday: Option<String>,
    friday: Option<String>,
    saturday: Option<String>,
    sunday: Option<String>,
}

fn yes() -> bool {
    true
}

impl HoursEntry {
    pub(super) fn named(self, name: &str) -> Result<BusinessHours, KeyFault> {
        let days = [
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        ];
        let mut week = [None; 7];
        for ((opening, day), text) in week.iter_mut().zip(DAYS).zip(days) {
            *opening = text
                .map(|text| read_opening(&text).ok_or_else(|| (day, NO_OPENING.to_owned())))
                .transpose()?;
        }
        Ok(BusinessHours {
            name: name.to_owned(),
            active: self.active,
            default: self.default,
            time_zone: self.time_zone,
            week,
        })
    }
}

const NO_OPENING: &str = "is not from when to when, such as \"08:00-17:00\"";

fn read_opening(text: &str) -> Option<Opening> {
    let (from, to) = text.split_once('-')?;
    Some(Opening { from: TimeOfDay::parse(from)?, to: TimeOfDay::parse(to)? })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HolidayEntry {
    name: String,
    date: Option<String>,
    minutes: Option<(u32, u32)>,
    recurs: Option<String>,
    start: Option<String>,
    end: Option<String>,
    interval: Option<u32>,
    day_of_month: Option<u32>,
    days_of_week: Option<u32>,
    month: Option<String>,
    instance: Option<String>,
}

impl From<HolidayEntry> for Holiday {
    fn from(entry: HolidayEntry) -> Self {
        let HolidayEntry {
            name,
            date,
            minutes,
            recurs,
            start,
            end,
            interval,
            day_of_month,
            days_of_week,
            month,
            instance,
        } = entry;
        let recurrence = recurs.map(|kind| Recurrence {
            kind,
            start,
            end,
            interval,
            day_of_month,
            days_of_week,
            month,
            instance,
        });
        Holiday { name, date, minutes, recurrence }
    }
}
