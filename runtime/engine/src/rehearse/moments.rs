//! Times at which a program may do something else: inside and outside of business hours.

use jiff::{SignedDuration, Timestamp};
use tidegate_plan::model::HoursId;
use tidegate_plan::verify::VerifiedPlan;

use super::stage::BEGIN;
use crate::eval::is_open;

/// How far apart the times are that are looked at: no opening is missed that lasts as long.
const STEP: SignedDuration = SignedDuration::from_mins(30);
/// How many: those of four weeks.
const LOOKED_AT: i32 = 4 * 7 * 48;
/// Times at most that are tried.
const MOST: usize = 8;

/// The first time for each way in which the hours of a plan can be open and closed together, but for
/// that in which rehearsals begin anyway.
pub(super) fn times(plan: &VerifiedPlan) -> Vec<Timestamp> {
    if plan.hours.is_empty() {
        return Vec::new();
    }
    let mut known = vec![open_at(plan, BEGIN)];
    let mut found = Vec::new();
    let begin = BEGIN.round(jiff::Unit::Hour).unwrap_or(BEGIN);
    for at in (1..LOOKED_AT).filter_map(|count| begin.checked_add(STEP * count).ok()) {
        let open = open_at(plan, at);
        if !known.contains(&open) {
            known.push(open);
            found.push(at);
        }
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// Which of a plan's hours are open at a time.
fn open_at(plan: &VerifiedPlan, at: Timestamp) -> Vec<bool> {
    let all = (0u32..).map(HoursId).zip(&plan.hours);
    all.map(|(id, hours)| plan.zone_of_hours(id).is_some_and(|zone| is_open(hours, zone, at)))
        .collect()
}
