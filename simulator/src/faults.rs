//! What goes wrong on purpose, so that clients can be seen to cope.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::org::ErrorCode;

/// The faults that are still to come, and those that have struck.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    plan: FaultPlan,
    /// How many requests a fault with a rate was thrown for.
    thrown: BTreeMap<FaultKind, u64>,
    struck: BTreeMap<FaultKind, u64>,
}

/// Which of the next requests meet which fault: `{"unavailable": 3, "row_lock": {"count": 1, "object": "Case"}}`,
/// or which share of them: `{"drop_after_commit": {"rate": 0.3, "seed": 7}}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// A create that is saved, and whose answer is held back for `milliseconds`, or until
    /// `/__org/release` lets it go; other saves by `method`. `/__org/held` says what is held.
    HoldAfterCommit,
    /// A create that is saved, and whose connection then breaks without an answer; other saves by `method`.
    DropAfterCommit,
}

/// How often a fault strikes, and whom.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, from = "StrikesForm")]
pub struct Strikes {
    /// The next so many requests that fit; with a rate, `None` never ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Of the requests that fit, this share; all of them without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// What decides which ones a rate strikes: the same ones every time.
    #[serde(skip_serializing_if = "is_zero")]
    pub seed: u64,
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
    count: Option<u32>,
    rate: Option<f64>,
    #[serde(default)]
    seed: u64,
    method: Option<String>,
    object: Option<String>,
    code: Option<ErrorCode>,
    #[serde(default)]
    milliseconds: u64,
}

impl From<StrikesForm> for Strikes {
    fn from(form: StrikesForm) -> Strikes {
        match form {
            StrikesForm::Count(count) => Strikes { count: Some(count), ..Strikes::default() },
            StrikesForm::Filtered(form) => {
                let Filtered { count, rate, seed, method, object, code, milliseconds } = form;
                Strikes { count, rate, seed, method, object, code, milliseconds }
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
            FaultKind::HoldAfterCommit | FaultKind::DropAfterCommit => Moment::Commit,
            _ => Moment::Arrival,
        }
    }

    /// Whom it strikes where the plan names no method.
    fn usually_strikes(self, target: &Target) -> bool {
        match self {
            FaultKind::HoldAfterCommit | FaultKind::DropAfterCommit => target.method == "POST",
            FaultKind::DropBeforeCommit => target.method != "GET",
            _ => true,
        }
    }
}

impl Faults {
    /// Replaces what is still to come.
    pub(crate) fn plan(&self, plan: FaultPlan) {
        let mut state = self.lock();
        state.plan = plan;
        state.thrown.clear();
    }

    /// Forgets what is to come and what has been.
    pub(crate) fn reset(&self) {
        *self.lock() = State::default();
    }

    /// What is still to come.
    pub(crate) fn remaining(&self) -> FaultPlan {
        self.lock().plan.clone()
    }

    /// How often each fault has struck.
    pub(crate) fn struck(&self) -> BTreeMap<FaultKind, u64> {
        self.lock().struck.clone()
    }

    /// The fault that strikes this request at this moment, with what the plan says of it.
    pub(crate) fn take(&self, moment: Moment, target: &Target) -> Option<(FaultKind, Strikes)> {
        self.lock().take_first(target, |kind| kind != FaultKind::Delay && kind.moment() == moment)
    }

    /// How long this request waits.
    pub(crate) fn take_delay(&self, target: &Target) -> Option<Duration> {
        let (_, delay) = self.lock().take_first(target, |kind| kind == FaultKind::Delay)?;
        Some(Duration::from_millis(delay.milliseconds))
    }

    /// Whether requests are still to be told that the day's are used up.
    pub(crate) fn daily_limit_reached(&self) -> bool {
        let state = self.lock();
        let limit = state.plan.kinds.get(&FaultKind::DailyLimit);
        limit.is_some_and(|strikes| strikes.count != Some(0))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take_first(
        &mut self,
        target: &Target,
        wanted: impl Fn(FaultKind) -> bool,
    ) -> Option<(FaultKind, Strikes)> {
        for (&kind, strikes) in self.plan.kinds.iter_mut().filter(|(kind, _)| wanted(**kind)) {
            let fits =
                strikes.fit(target) && (strikes.method.is_some() || kind.usually_strikes(target));
            if !fits || strikes.count == Some(0) {
                continue;
            }
            if let Some(rate) = strikes.rate {
                let thrown = self.thrown.entry(kind).or_default();
                *thrown += 1;
                if chance(strikes.seed, *thrown) >= rate {
                    continue;
                }
            }
            strikes.count = strikes.count.map(|count| count - 1);
            *self.struck.entry(kind).or_default() += 1;
            return Some((kind, strikes.clone()));
        }
        None
    }
}

/// A number from 0 up to 1, the same for the same throw (SplitMix64).
fn chance(seed: u64, thrown: u64) -> f64 {
    let mut bits = seed.wrapping_add(thrown.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let upper = u32::try_from((bits ^ (bits >> 31)) >> 32).unwrap_or(u32::MAX);
    f64::from(upper) / (f64::from(u32::MAX) + 1.0)
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
