//! When the org works: business hours and holidays.
//!
//! Which holidays count for which business hours is set in the org, and no object tells it.

use std::collections::BTreeMap;

use serde_json::Value;
use tidegate_schemas::catalog::{BusinessHours, Holiday, Opening, Recurrence, TimeOfDay};

use super::Progress;
use super::owners::text;
use crate::client::Client;
use crate::error::Error;
use crate::record::Row;
use crate::soql::Soql;

/// The days as the fields of `BusinessHours` begin, from Monday.
const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Business hours by name, and holidays, sorted.
pub(super) type Hours = (BTreeMap<String, BusinessHours>, Vec<Holiday>);

/// What the org has of both. One that does not show them, or cannot be read, is told of and has none.
pub(super) async fn read(
    client: &Client,
    progress: &mut impl FnMut(Progress),
) -> Result<Hours, Error> {
    let mut hours = BTreeMap::new();
    for row in rows(client, &business_hours(), "BusinessHours", progress).await? {
        let name = text(&row, "Name")?;
        match one(&row, &name) {
            // Of several with one name, those in use.
            Some(its) if its.active || !hours.contains_key(&name) => drop(hours.insert(name, its)),
            Some(_) => {}
            None => {
                let why = "a time or the time zone is missing, or none".to_owned();
                progress(Progress::HoursNotKnown { what: format!("business hours {name}"), why });
            }
        }
    }
    let mut holidays = Vec::new();
    for row in rows(client, &all_holidays(), "Holiday", progress).await? {
        holidays.push(holiday(&row)?);
    }
    holidays.sort();
    progress(Progress::Hours { business_hours: hours.len(), holidays: holidays.len() });
    Ok((hours, holidays))
}

fn business_hours() -> Soql {
    Soql::new(
        "SELECT Name, IsActive, IsDefault, TimeZoneSidKey, MondayStartTime, MondayEndTime, \
         TuesdayStartTime, TuesdayEndTime, WednesdayStartTime, WednesdayEndTime, \
         ThursdayStartTime, ThursdayEndTime, FridayStartTime, FridayEndTime, SaturdayStartTime, \
         SaturdayEndTime, SundayStartTime, SundayEndTime FROM BusinessHours",
    )
}

fn all_holidays() -> Soql {
    Soql::new(
        "SELECT Name, ActivityDate, IsAllDay, StartTimeInMinutes, EndTimeInMinutes, IsRecurrence, \
         RecurrenceType, RecurrenceStartDate, RecurrenceEndDateOnly, RecurrenceInterval, \
         RecurrenceDayOfMonth, RecurrenceDayOfWeekMask, RecurrenceMonthOfYear, RecurrenceInstance \
         FROM Holiday",
    )
}

/// The rows of an object that need not be there: what the org refuses is told, and there are none.
async fn rows(
    client: &Client,
    query: &Soql,
    object: &str,
    progress: &mut impl FnMut(Progress),
) -> Result<Vec<Row>, Error> {
    match client.query(query).await {
        Err(Error::Refused(refusal))
            if matches!(
                refusal.code(),
                "INVALID_TYPE" | "INVALID_FIELD" | "INSUFFICIENT_ACCESS"
            ) =>
        {
            let why = refusal.to_string();
            progress(Progress::HoursNotKnown { what: object.to_owned(), why });
            Ok(Vec::new())
        }
        rows => rows,
    }
}

/// `None` where a day has half of its times, or something is none.
fn one(row: &Row, name: &str) -> Option<BusinessHours> {
    let time = |day: &str, end: &str| match row.get(&format!("{day}{end}Time")) {
        None | Some(Value::Null) => Some(None),
        Some(value) => TimeOfDay::parse(value.as_str()?).map(Some),
    };
    let mut week = [None; 7];
    for (opening, day) in week.iter_mut().zip(DAYS) {
        *opening = match (time(day, "Start")?, time(day, "End")?) {
            (Some(from), Some(to)) => Some(Opening { from, to }),
            (None, None) => None,
            _ => return None,
        };
    }
    Some(BusinessHours {
        name: name.to_owned(),
        active: flag(row, "IsActive"),
        default: flag(row, "IsDefault"),
        time_zone: words(row, "TimeZoneSidKey")?,
        week,
    })
}

fn holiday(row: &Row) -> Result<Holiday, Error> {
    let whole = flag(row, "IsAllDay");
    let minutes = number(row, "StartTimeInMinutes").zip(number(row, "EndTimeInMinutes"));
    let recurrence = flag(row, "IsRecurrence").then(|| Recurrence {
        kind: words(row, "RecurrenceType").unwrap_or_default(),
        start: words(row, "RecurrenceStartDate"),
        end: words(row, "RecurrenceEndDateOnly"),
        interval: number(row, "RecurrenceInterval"),
        day_of_month: number(row, "RecurrenceDayOfMonth"),
        days_of_week: number(row, "RecurrenceDayOfWeekMask"),
        month: words(row, "RecurrenceMonthOfYear"),
        instance: words(row, "RecurrenceInstance"),
    });
    Ok(Holiday {
        name: text(row, "Name")?,
        // Of one that recurs the org moves this day on by itself.
        date: words(row, "ActivityDate").filter(|_| recurrence.is_none()),
        minutes: minutes.filter(|_| !whole),
        recurrence,
    })
}

fn flag(row: &Row, field: &str) -> bool {
    row.get(field).and_then(Value::as_bool).unwrap_or(false)
}

fn words(row: &Row, field: &str) -> Option<String> {
    row.get(field)?.as_str().map(str::to_owned)
}

fn number(row: &Row, field: &str) -> Option<u32> {
    row.get(field)?.as_u64().and_then(|number| u32::try_from(number).ok())
}
