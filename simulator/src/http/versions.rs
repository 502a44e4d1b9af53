//! API versions, what each offers, and the limits.

use std::ops::RangeInclusive;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value as Json, json};

use super::answer::{self, Answer};
use super::{DAILY_REQUESTS, Served, Shared};
use crate::org::{ErrorCode, Refusal};

const OLDEST: u32 = 31;
const NEWEST: u32 = 66;
/// Summer '14, the oldest version's release.
const OLDEST_YEAR: u32 = 14;

/// Refuses what is not a version, as `v66.0` is one, and versions that are retired.
pub(super) fn check(segment: &str) -> Result<(), Refusal> {
    let named = |versions: RangeInclusive<u32>| {
        let mut versions = versions;
        versions.any(|version| segment == format!("v{version}.0"))
    };
    if named(OLDEST..=NEWEST) {
        return Ok(());
    }
    if !named(1..=OLDEST - 1) {
        return Err(Refusal::not_found());
    }
    let message = "API version has been retired";
    Err(Refusal::request(ErrorCode::UnsupportedApiVersion, message))
}

pub(super) async fn list() -> Response {
    let versions: Vec<Json> = (OLDEST..=NEWEST)
        .map(|version| {
            json!({
                "label": release(version),
                "url": format!("/services/data/v{version}.0"),
                "version": format!("{version}.0"),
            })
        })
        .collect();
    answer::json(StatusCode::OK, &versions)
}

pub(super) async fn resources(Path(version): Path<String>) -> Response {
    let base = format!("/services/data/{version}");
    let resources = json!({
        "composite": format!("{base}/composite"),
        "limits": format!("{base}/limits"),
        "query": format!("{base}/query"),
        "sobjects": format!("{base}/sobjects"),
    });
    answer::json(StatusCode::OK, &resources)
}

pub(super) async fn limits(State(served): State<Shared>) -> Answer {
    limits_of(&served)
}

pub(super) fn limits_of(served: &Served) -> Answer {
    let used = served.used_requests();
    let left = DAILY_REQUESTS.saturating_sub(used);
    let limits = json!({
        "DailyApiRequests": { "Max": DAILY_REQUESTS, "Remaining": left },
        "DataStorageMB": { "Max": 5, "Remaining": 5 },
        "FileStorageMB": { "Max": 20, "Remaining": 20 },
    });
    Answer::ok(limits)
}

/// Three releases a year, the winter one named after the year to come.
fn release(version: u32) -> String {
    let since = version - OLDEST;
    let season = ["Summer", "Winter", "Spring"][since as usize % 3];
    format!("{season} '{}", OLDEST_YEAR + since.div_ceil(3))
}

#[cfg(test)]
mod tests {
    use super::release;

    #[test]
    fn releases_are_named_as_salesforce_names_them() {
        let names = [31, 32, 33, 34, 35, 64, 65, 66].map(release);
        let expected = [
            "Summer '14",
            "Winter '15",
            "Spring '15",
            "Summer '15",
            "Winter '16",
            "Summer '25",
            "Winter '26",
            "Spring '26",
        ];
        assert_eq!(names, expected);
    }
}
