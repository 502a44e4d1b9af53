//! From the catalog's business hours and holidays back to records: what a local org needs to have those
//! of the org that was pulled.

use serde_json::{Value, json};
use tidegate_schemas::catalog::{BusinessHours, Catalog, Holiday, TimeOfDay};

use crate::record::Row;

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The records of `BusinessHours` and of `Holiday`, each with the name of its object.
pub fn hours_of(catalog: &Catalog) -> Vec<(&'static str, Row)> {
    let hours = catalog.business_hours.values().map(|its| ("BusinessHours", business_hours(its)));
    hours.chain(catalog.holidays.iter().map(|its| ("Holiday", holiday(its)))).collect()
}

fn business_hours(hours: &BusinessHours) -> Row {
    let BusinessHours { name, active, default, time_zone, week } = hours;
    let mut row = row(json!({"Name": name, "IsActive": active, "IsDefault": default,
        "TimeZoneSidKey": time_zone}));
    for (day, opening) in DAYS.iter().zip(week) {
        if let Some(opening) = opening {
            row.insert(format!("{day}StartTime"), time(opening.from));
            row.insert(format!("{day}EndTime"), time(opening.to));
        }
    }
    row
}

fn time(time: TimeOfDay) -> Value {
    let millis = time.millis();
    let (seconds, millis) = (millis / 1000, millis % 1000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    json!(format!("{:02}:{:02}:{seconds:02}.{millis:03}Z", minutes / 60, minutes % 60))
}

fn holiday(holiday: &Holiday) -> Row {
    let Holiday { name, date, minutes, recurrence } = holiday;
    let mut row = row(json!({"Name": name, "ActivityDate": date, "IsAllDay": minutes.is_none(),
        "StartTimeInMinutes": minutes.map(|(from, _)| from),
        "EndTimeInMinutes": minutes.map(|(_, to)| to), "IsRecurrence": recurrence.is_some()}));
    if let Some(its) = recurrence {
        row.extend(self::row(json!({"RecurrenceType": its.kind, "RecurrenceStartDate": its.start,
            "RecurrenceEndDateOnly": its.end, "RecurrenceInterval": its.interval,
            "RecurrenceDayOfMonth": its.day_of_month, "RecurrenceDayOfWeekMask": its.days_of_week,
            "RecurrenceMonthOfYear": its.month, "RecurrenceInstance": its.instance})));
    }
    row
}

fn row(value: Value) -> Row {
    match value {
        Value::Object(row) => row,
        _ => Row::new(),
    }
}
