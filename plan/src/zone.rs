//! Time zones by their IANA names, from the data that this program brings along: what a plan means
//! does not hang on the machine that it runs on.

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The time zone of a name such as `Europe/Berlin`; letters may be of any case.
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// All names.
pub fn names() -> Vec<String> {
    let database = TimeZoneDatabase::bundled();
    database.available().map(|name| name.as_str().to_owned()).collect()
}
