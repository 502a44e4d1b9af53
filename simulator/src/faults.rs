//! What goes wrong on purpose, so that clients can be seen to cope.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::org::ErrorCode;

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    plan: Mutex<FaultPlan>,
}

/// Which of the next requests meet which fault: `{"unavailable": 3, "row_lock": {"count": 1, "object": "Case"}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultPlan {
    kinds: BTreeMap<FaultKind, Strikes>,
}

/// What can go wrong. Where several fit a request, the first of them strikes, after any delay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The request waits `milliseconds`, and is then served.
    Delay,
    /// 401 `INVALID_SESSION_ID`; the session has ended.
    SessionExpired,
    /// 403 with the error code `code`, or `API_DISABLED_FOR_ORG`.
    Forbidden,
    /// 429.
    TooManyRequests,
    /// 403 `REQUEST_LIMIT_EXCEEDED`; `Sforce-Limit-Info` stands at its maximum until these are used up.
    DailyLimit,
    /// The error code `code`, or `QUERY_TIMEOUT`, with the status that it has.
    Refused,
    /// 500 `UNKNOWN_EXCEPTION`.
    UnknownException,
    /// 503 `SERVER_UNAVAILABLE`.
    Unavailable,
    /// A page for people, with 200; nothing was done.
    HtmlOk,
    /// A page for people, with 503.
    HtmlUnavailable,
    /// 400 `UNABLE_TO_LOCK_ROW`, at saves alone.
    RowLock,
    /// A save of which nothing is done, and whose connection breaks without an answer.
    DropBeforeCommit,
    /// A create that is saved, and whose connection then breaks without an answer; other saves by `method`.
    DropAfterCommit,
}

/// How often a fault strikes, and whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, from = "StrikesForm")]
pub struct Strikes {
    /// The next so many requests that fit.
    pub count: u32,
    /// Requests of this HTTP method alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Requests about this object alone: its rows, its describe, queries from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The error code of a fault that leaves it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// How long a delayed request waits.
    #[serde(skip_serializing_if = "is_zero")]
    pub milliseconds: u64,
}

/// A bare number is a count.
#[derive(Deserialize)]
#[serde(untagged)]
enum StrikesForm {
    Count(u32),
    Filtered(Filtered),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filtered {
    count: u32,
    method: Option<String>,
    object: Option<String>,
    code: Option<ErrorCode>,
    #[serde(default)]
    milliseconds: u64,
}

impl From<StrikesForm> for Strikes {
    fn from(form: StrikesForm) -> Strikes {
        match form {
            StrikesForm::Count(count) => Strikes { count, ..Strikes::default() },
            StrikesForm::Filtered(Filtered { count, method, object, code, milliseconds }) => {
                Strikes { count, method, object, code, milliseconds }
            }
        }
    }
}

/// A request, as far as faults tell requests apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The HTTP method.
    pub method: String,
    /// The object's API name, where the request is about one.
    pub object: Option<String>,
}

/// When a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Before the request is looked at.
    Arrival,
    /// In place of a save.
    Save,
    /// Once something has been saved.
    Commit,
}

impl FaultKind {
    fn moment(self) -> Moment {
        match self {
            FaultKind::RowLock => Moment::Save,
            FaultKind::DropAfterCommit => Moment::Commit,
            _ => Moment::Arrival,
        }
    }

    /// Whom it strikes where the plan names no method.
    fn usually_strikes(self, target: &Target) -> bool {
        match self {
            FaultKind::DropAfterCommit => target.method == "POST",
            FaultKind::DropBeforeCommit => target.method != "GET",
            _ => true,
        }
    }
}

impl Faults {
    /// Replaces what is still to come.
    pub(crate) fn plan(&self, plan: FaultPlan) {
        *self.lock() = plan;
    }

    /// What is still to come.
    pub(crate) fn remaining(&self) -> FaultPlan {
        self.lock().clone()
    }

    /// The fault that strikes this request at this moment, with what the plan says of it.
    pub(crate) fn take(&self, moment: Moment, target: &Target) -> Option<(FaultKind, Strikes)> {
        let mut plan = self.lock();
        let strikes_now = |kind: FaultKind| kind != FaultKind::Delay && kind.moment() == moment;
        let fitting = plan.kinds.iter_mut().filter(|(kind, _)| strikes_now(**kind));
        take_first(fitting, target)
    }

    /// How long this request waits.
    pub(crate) fn take_delay(&self, target: &Target) -> Option<Duration> {
        let mut plan = self.lock();
        let delays = plan.kinds.iter_mut().filter(|(kind, _)| **kind == FaultKind::Delay);
        let (_, delay) = take_first(delays, target)?;
        Some(Duration::from_millis(delay.milliseconds))
    }

    /// Whether requests are still to be told that the day's are used up.
    pub(crate) fn daily_limit_reached(&self) -> bool {
        self.lock().kinds.get(&FaultKind::DailyLimit).is_some_and(|strikes| strikes.count > 0)
    }

    fn lock(&self) -> MutexGuard<'_, FaultPlan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn take_first<'a>(
    kinds: impl Iterator<Item = (&'a FaultKind, &'a mut Strikes)>,
    target: &Target,
) -> Option<(FaultKind, Strikes)> {
    for (kind, strikes) in kinds {
        let fits =
            strikes.fit(target) && (strikes.method.is_some() || kind.usually_strikes(target));
        if let (true, Some(left)) = (fits, strikes.count.checked_sub(1)) {
            strikes.count = left;
            return Some((*kind, strikes.clone()));
        }
    }
    None
}

impl Strikes {
    fn fit(&self, target: &Target) -> bool {
        let same = |wanted: &Option<String>, found: Option<&str>| {
            let Some(wanted) = wanted else { return true };
            found.is_some_and(|found| found.eq_ignore_ascii_case(wanted))
        };
        same(&self.method, Some(&target.method)) && same(&self.object, target.object.as_deref())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}
