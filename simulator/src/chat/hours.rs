//! Business hours: when chats are taken.

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

use super::Desk;
use super::problem::Problem;
use crate::org::{Row, Value};

impl Desk<'_> {
    /// Whether a conversation's deployment takes no chats at this time. Holidays don't count here.
    pub(crate) fn closed_now(&self, id: &str) -> Result<bool, Problem> {
        let deployment = self.deployment(&self.conversation(id)?.deployment)?;
        let Some(name) = &deployment.business_hours else { return Ok(false) };
        let Some(hours) = self.find("BusinessHours", "Name", name) else { return Ok(false) };
        let state = self.org.state();
        let row = state.records.get("BusinessHours", &hours);
        Ok(row.is_some_and(|row| !is_open(row, self.now)))
    }
}

fn is_open(hours: &Row, now: Timestamp) -> bool {
    let zone = hours.get("TimeZoneSidKey").as_text().and_then(|name| TimeZone::get(name).ok());
    let now = now.to_zoned(zone.unwrap_or(TimeZone::UTC));
    let day = match now.weekday() {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    };
    let (Value::Time(from), Value::Time(to)) =
        (hours.get(&format!("{day}StartTime")), hours.get(&format!("{day}EndTime")))
    else {
        return false;
    };
    // Midnight ends a day as well as it begins one.
    *from <= now.time() && (now.time() < *to || *to == Time::midnight())
}
