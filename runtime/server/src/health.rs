//! Whether the server lives, and whether it can serve.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use tidegate_salesforce::RetryClass;
use tidegate_store::{Store, StoreError};
use tokio::sync::Mutex;

use crate::app::App;
use crate::conversation::LoopError;
use crate::effects::OrgStanding;

/// Between two looks whether the store takes writes, however often somebody asks: each is a sync.
const PAUSE: SignedDuration = SignedDuration::from_secs(2);
/// A server that could not keep something is not ready for so long. A nearly full disk takes one
/// write and not the next, and customers are not to be sent back and forth.
const REST: SignedDuration = SignedDuration::from_secs(30);

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// Whether the store takes writes: a look now and then, and what customers' own writes have met.
#[derive(Debug, Default)]
pub(crate) struct Health {
    writes: Mutex<Writes>,
    /// How many effects waited, and when that was counted: anybody may ask as often as they like.
    waiting: Mutex<Option<(Timestamp, u64)>>,
}

#[derive(Debug, Default)]
struct Writes {
    probed: Option<Timestamp>,
    /// When something could not be kept last.
    failed: Option<Timestamp>,
    /// So many had failed by then.
    failures: u64,
}

impl Health {
    async fn takes_writes(&self, store: &dyn Store, now: Timestamp) -> bool {
        let mut writes = self.writes.lock().await;
        if writes.probe_is_due(now) {
            let probed = store.probe().await;
            if let Err(error) = &probed {
                tracing::error!(%error, "not ready: the store takes no writes");
            }
            writes.probed(probed.is_ok(), now);
        }
        writes.counted(store.failed_writes(), now);
        writes.are_taken(now)
    }

    async fn waiting(&self, store: &dyn Store, now: Timestamp) -> Result<u64, StoreError> {
        let mut counted = self.waiting.lock().await;
        if let Some((_, effects)) = counted.filter(|(at, _)| now.duration_since(*at).abs() < PAUSE)
        {
            return Ok(effects);
        }
        let effects = store.backlog().await?.effects;
        *counted = Some((now, effects));
        Ok(effects)
    }
}

impl Writes {
    fn probe_is_due(&self, now: Timestamp) -> bool {
        self.probed.is_none_or(|at| now.duration_since(at).abs() >= PAUSE)
    }

    fn probed(&mut self, kept: bool, now: Timestamp) {
        self.probed = Some(now);
        if !kept {
            self.failed = Some(now);
        }
    }

    fn counted(&mut self, failures: u64, now: Timestamp) {
        if std::mem::replace(&mut self.failures, failures) < failures {
            self.failed = Some(now);
        }
    }

    fn are_taken(&self, now: Timestamp) -> bool {
        self.failed.is_none_or(|at| now.duration_since(at).abs() >= REST)
    }
}

/// [`ready`] for anybody: how the team's org does is nobody else's business.
pub(crate) async fn ready_untold(app: State<Arc<App>>) -> (StatusCode, Cow<'static, str>) {
    let (status, told) = ready(app).await;
    (status, if status == StatusCode::OK { "ready\n".into() } else { told })
}

/// The store takes writes, a plan is active, and the server is not ending.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> (StatusCode, Cow<'static, str>) {
    if *app.ending.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending\n".into());
    }
    if !app.health.takes_writes(app.store.as_ref(), app.clock.now()).await {
        let why =
            "not ready: the store takes no writes, or has taken none lately; the log says why\n";
        return (StatusCode::SERVICE_UNAVAILABLE, why.into());
    }
    match served(&app).await {
        Ok(told) => (StatusCode::OK, told.into()),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready; the log says why\n".into())
        }
    }
}

/// A server whose org is away or has changed serves all the same, and says so.
async fn served(app: &App) -> Result<String, LoopError> {
    app.plans.active().await?;
    let mut reasons = Vec::new();
    let standing = app.gate.standing();
    if standing.waiting_for.is_some() {
        let effects = app.health.waiting(app.store.as_ref(), app.clock.now()).await?;
        reasons.extend(unserved(&standing, effects));
    }
    match app.drift.findings().len() {
        0 => {}
        1 => reasons.push("the org has changed in 1 thing that the plan relies on".to_owned()),
        many => {
            reasons.push(format!("the org has changed in {many} things that the plan relies on"))
        }
    }
    Ok(match reasons.is_empty() {
        true => "ready\n".to_owned(),
        false => format!("ready, degraded: {}; the log says more\n", reasons.join("; ")),
    })
}

/// What everybody waits for, since when, and how much waits.
fn unserved(standing: &OrgStanding, effects: u64) -> Option<String> {
    let mut told = match standing.waiting_for? {
        RetryClass::Auth => "the org's login is refused or leads to another org",
        RetryClass::DailyLimit => "the org's daily limit of requests is used up",
        RetryClass::Storage => "the org has no room for more records",
        RetryClass::Throttled => "the org takes no more requests for now",
        RetryClass::Ambiguous => "the org does not answer",
        _ => "the org is away (outage)",
    }
    .to_owned();
    if let Some(since) = standing.since {
        // Writing to a string never fails.
        let _ = write!(told, " since {since:.0}");
    }
    told.push_str(match effects {
        0 => ", no effect waits",
        1 => ", 1 effect waits",
        _ => "",
    });
    if effects > 1 {
        let _ = write!(told, ", {effects} effects wait");
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::Writes;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn who_could_not_write_is_not_ready_until_writes_have_gone_well_for_a_while() {
        let mut writes = Writes::default();
        assert!(writes.probe_is_due(at(0)) && writes.are_taken(at(0)));
        writes.probed(true, at(0));
        assert!(!writes.probe_is_due(at(1)) && writes.probe_is_due(at(2)));
        // A customer's write fails between two probes that find nothing.
        writes.counted(1, at(3));
        writes.probed(true, at(4));
        assert!(!writes.are_taken(at(4)) && !writes.are_taken(at(32)) && writes.are_taken(at(33)));
        writes.counted(1, at(40));
        assert!(writes.are_taken(at(40)));
        writes.probed(false, at(50));
        assert!(!writes.are_taken(at(79)) && writes.are_taken(at(80)));
    }

    #[test]
    fn a_clock_that_was_set_back_is_no_reason_to_wait() {
        let mut writes = Writes::default();
        writes.probed(false, at(10_000));
        assert!(writes.probe_is_due(at(0)) && writes.are_taken(at(0)));
    }
}
