//! Whether the org still is what the active plan relies on.
//!
//! The objects of the plan are described again on a calm interval, all together for all visitors,
//! and only if they have changed since; queues, users and what they may own are asked for by name.
//! What differs is told to the operator once, with the line of the program that relies on it, and
//! again when it is mended. Nobody's conversation is stopped by it: what the org refuses becomes a
//! dead letter, and the rest goes on.

mod compare;
mod finding;
mod known;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rand::RngExt as _;
use tidegate_plan::model::Plan;
use tidegate_salesforce::client::ApiUsage;
use tokio::sync::{Mutex as Turn, Notify};

pub use finding::{DriftFinding, Weight};

use crate::app::App;
use crate::effects::guard::right_org;
use crate::effects::org::{CallError, Org};

use known::Known;

/// Of its allowance, so much must be left in an org that is asked only to look: one in four.
const SPARED: u64 = 4;
/// Of the interval, so much earlier or later: several servers do not look together.
const JITTER: f64 = 0.1;

/// Why the org was not asked to the end.
#[derive(Debug)]
enum Unasked {
    /// It does not serve now, which the gate has told.
    Waiting,
    /// Little is left of its allowance.
    Sparing,
    /// A request failed.
    Failed(CallError),
}

impl From<CallError> for Unasked {
    fn from(error: CallError) -> Self {
        Self::Failed(error)
    }
}

impl Unasked {
    /// One word, by which it is told once.
    fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sparing => "sparing",
            Self::Failed(error) => error.class.name(),
        }
    }
}

/// The org, request by request, as long as nobody needs it more.
#[derive(Debug, Clone, Copy)]
struct Sparingly<'a>(&'a App);

impl<'a> Sparingly<'a> {
    fn org(self) -> Result<&'a dyn Org, Unasked> {
        let Self(app) = self;
        if app.gate.waiting_for().is_some() {
            return Err(Unasked::Waiting);
        }
        let used_up = |usage: ApiUsage| spare(usage.used, usage.allowed);
        match app.org.usage().is_some_and(used_up) {
            true => Err(Unasked::Sparing),
            false => Ok(app.org.as_ref()),
        }
    }
}

/// What operators are told of it at a time.
#[derive(Debug, Clone, Default)]
pub(crate) struct DriftReport {
    /// What differs, worst first, as of the last whole look.
    pub(crate) findings: Arc<Vec<DriftFinding>>,
    /// When that was.
    pub(crate) looked: Option<Timestamp>,
    /// Why the org could not be asked since, in one word.
    pub(crate) unasked: Option<&'static str>,
}

/// What is known of the org, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Drift {
    report: Mutex<DriftReport>,
    /// One looks at a time, and keeps what the org said.
    known: Turn<Known>,
    /// Wakes the one who waits for the next look.
    sooner: Notify,
}

impl Drift {
    /// What differs, worst first.
    pub(crate) fn findings(&self) -> Arc<Vec<DriftFinding>> {
        self.report().findings
    }

    /// Everything that is told of it.
    pub(crate) fn report(&self) -> DriftReport {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks for a look before its time: another plan was activated.
    pub(crate) fn look_sooner(&self) {
        self.sooner.notify_one();
    }

    /// Keeps what a look found; gives what was reported before.
    fn replace(&self, findings: Vec<DriftFinding>, now: Timestamp) -> DriftReport {
        let mut held = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        let findings = Arc::new(findings);
        std::mem::replace(&mut *held, DriftReport { findings, looked: Some(now), unasked: None })
    }

    /// Keeps that a look was not made; gives why the one before was not.
    fn unasked(&self, why: &'static str) -> Option<&'static str> {
        let mut held = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        held.unasked.replace(why)
    }
}

/// Looks at the start and from time to time, until the server ends.
pub(crate) async fn run(app: Arc<App>, interval: Duration) {
    if interval.is_zero() {
        return;
    }
    let mut ending = app.ending.clone();
    while !*ending.borrow_and_update() {
        tokio::select! {
            () = look(&app) => {}
            _ = ending.changed() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(jittered(interval, rand::rng().random())) => {}
            () = app.drift.sooner.notified() => {}
            _ = ending.changed() => return,
        }
    }
}

/// `chance` is any number; it is spread over the range.
fn jittered(interval: Duration, chance: u32) -> Duration {
    let part = f64::from(chance) / f64::from(u32::MAX);
    interval.mul_f64(1.0 - JITTER + 2.0 * JITTER * part)
}

/// One look. What can't be asked now stays as it was.
pub(crate) async fn look(app: &App) {
    let mut known = app.drift.known.lock().await;
    let plan = match app.plans.active().await {
        Ok(plan) => plan,
        Err(error) => return tracing::error!(%error, "the active plan can't be read"),
    };
    match asked(app, &plan, &mut known).await {
        Ok(()) => {
            let findings = compare::compare(&plan, &known, &app.users);
            app.metrics.drift_findings.set(i64::try_from(findings.len()).unwrap_or(i64::MAX));
            app.metrics.drift_unasked.set(0);
            let before = app.drift.replace(findings, app.clock.now());
            if before.unasked.is_some() {
                tracing::info!("the org is asked again whether it has changed");
            }
            tell(&before.findings, &app.drift.findings());
        }
        Err(unasked) => {
            app.metrics.drift_unasked.set(1);
            let name = unasked.name();
            if app.drift.unasked(name) != Some(name) {
                tell_unasked(&unasked);
            }
        }
    }
}

fn tell_unasked(unasked: &Unasked) {
    match unasked {
        Unasked::Waiting => tracing::info!(
            "the org does not serve now: it is not asked whether it has changed, and what was known stays"
        ),
        Unasked::Sparing => tracing::warn!(
            "little is left of the org's daily allowance: it is not asked whether it has changed"
        ),
        Unasked::Failed(error) => tracing::warn!(
            why = error.reason(),
            "it can't be asked whether the org has changed; what was known stays"
        ),
    }
}

fn spare(used: u64, allowed: u64) -> bool {
    allowed.saturating_sub(used).saturating_mul(SPARED) < allowed
}

async fn asked(app: &App, plan: &Plan, known: &mut Known) -> Result<(), Unasked> {
    let org = Sparingly(app);
    org.org()?;
    right_org(app, plan).await?;
    known.refresh(org, plan, &app.users).await
}

/// Says what is new and what is mended, each once.
fn tell(before: &[DriftFinding], now: &[DriftFinding]) {
    let known: BTreeSet<&DriftFinding> = before.iter().collect();
    for finding in now.iter().filter(|its| !known.contains(its)) {
        let DriftFinding { what, place, breaks, customers, remedy, weight } = finding;
        let place = place.as_deref().unwrap_or("nowhere");
        match weight {
            Weight::Breaks => {
                tracing::error!(what, place, breaks, customers, remedy, "the org has changed");
            }
            Weight::MayBreak => {
                tracing::warn!(what, place, breaks, customers, remedy, "the org has changed");
            }
        }
    }
    let still: BTreeSet<&DriftFinding> = now.iter().collect();
    for finding in before.iter().filter(|its| !still.contains(its)) {
        let place = finding.place.as_deref().unwrap_or("nowhere");
        tracing::info!(what = finding.what, place, "mended: the org is what the plan relies on");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{jittered, spare};

    #[test]
    fn looks_are_spread_over_a_fifth_of_the_interval() {
        let interval = Duration::from_secs(100);
        assert_eq!(jittered(interval, 0), Duration::from_secs(90));
        assert_eq!(jittered(interval, u32::MAX), Duration::from_secs(110));
    }

    #[test]
    fn the_last_quarter_of_the_allowance_is_for_others() {
        assert!(!spare(0, 15_000) && !spare(11_250, 15_000));
        assert!(spare(11_251, 15_000) && spare(15_000, 15_000) && spare(20_000, 15_000));
    }
}
