//! Times at which a program may do something else: inside and outside of business hours, and where
//! these begin and end.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use tidegate_plan::model::HoursId;
use tidegate_plan::verify::VerifiedPlan;

use super::stage::BEGIN;
use crate::eval::is_open;

/// How far apart the times are that are looked at: no opening is missed that lasts as long.
const STEP: SignedDuration = SignedDuration::from_mins(30);
/// How many: those of four weeks.
const LOOKED_AT: i32 = 4 * 7 * 48;
/// The time before a change at which a rehearsal begins that is to see it.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// How far ahead the next change is looked for: a weekend is shorter.
const AHEAD: SignedDuration = SignedDuration::from_hours(4 * 24);
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

/// The minute before hours open or close, for each way in which they do the first time that it
/// happens: from which to which.
pub(super) fn edges(plan: &VerifiedPlan) -> Vec<Timestamp> {
    let (mut known, mut found) = (Vec::new(), Vec::new());
    let mut at = BEGIN;
    let end = BEGIN.checked_add(STEP * LOOKED_AT).unwrap_or(BEGIN);
    while let Some(change) = change_after(plan, at, end) {
        let before = change.checked_sub(MINUTE).unwrap_or(change);
        let way = (open_at(plan, before), open_at(plan, change));
        if !known.contains(&way) {
            known.push(way);
            found.push(before);
        }
        if found.len() == MOST {
            break;
        }
        at = change;
    }
    found
}

/// The first minute behind a time, up to an end, at which other hours are open than a minute before.
fn change_after(plan: &VerifiedPlan, from: Timestamp, end: Timestamp) -> Option<Timestamp> {
    if plan.hours.is_empty() {
        return None;
    }
    let mut at = from.round(jiff::Unit::Minute).unwrap_or(from).max(from);
    let now = open_at(plan, at);
    while at < end {
        let next = at.checked_add(STEP).ok()?;
        if open_at(plan, next) != now {
            let minutes = (1..=STEP.as_mins())
                .filter_map(|count| at.checked_add(SignedDuration::from_mins(count)).ok());
            return minutes.into_iter().find(|minute| open_at(plan, *minute) != now);
        }
        at = next;
    }
    None
}

/// What hours do around the times of a search, each looked up once.
#[derive(Debug, Clone, Default)]
pub(super) struct Clock {
    changes: BTreeMap<Timestamp, Option<Timestamp>>,
    around: BTreeMap<Timestamp, Around>,
}

/// Which hours are open at a time, and which a minute later.
type Around = (Vec<bool>, Vec<bool>);

impl Clock {
    /// Which hours are open at a time, and which a minute later.
    pub(super) fn around(&mut self, plan: &VerifiedPlan, at: Timestamp) -> &Around {
        self.around.entry(at).or_insert_with(|| {
            let soon = at.checked_add(MINUTE).unwrap_or(at);
            (open_at(plan, at), open_at(plan, soon))
        })
    }

    /// When other hours are open than at a time, within the next days.
    pub(super) fn next_change(&mut self, plan: &VerifiedPlan, at: Timestamp) -> Option<Timestamp> {
        let end = at.checked_add(AHEAD).unwrap_or(at);
        *self.changes.entry(at).or_insert_with(|| change_after(plan, at, end))
    }
}

/// Which of a plan's hours are open at a time.
fn open_at(plan: &VerifiedPlan, at: Timestamp) -> Vec<bool> {
    let all = (0u32..).map(HoursId).zip(&plan.hours);
    all.map(|(id, hours)| plan.zone_of_hours(id).is_some_and(|zone| is_open(hours, zone, at)))
        .collect()
}
