//! How things stand with the org, for operators: in the log when a state begins and ends, and as
//! values.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tidegate_salesforce::RetryClass;
use tidegate_salesforce::client::ApiUsage;

use super::Waiting;
use crate::effects::org::CallError;

/// How things stand with the org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgStanding {
    /// What everybody waits for; `None` while the org serves.
    pub waiting_for: Option<RetryClass>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// When one effect goes next to look whether the org serves; `None` while one is on its way.
    pub next_look: Option<Timestamp>,
    /// Requests that may go at a time.
    pub at_once: usize,
    /// What the org last said of the day's allowance.
    pub usage: Option<ApiUsage>,
    /// People who were not looked up, to spare the org.
    pub people_shed: u64,
    /// Failed requests since the start, by class.
    pub failures: BTreeMap<RetryClass, u64>,
}

pub(super) fn tell_entered(waiting: &Waiting, error: &CallError) {
    let (class, next_look) = (waiting.why.name(), waiting.look_at);
    let why = error.reason();
    match waiting.why {
        RetryClass::Auth => tracing::error!(
            class, why, %next_look,
            "the org can't be used until somebody mends the login; what is to be done waits. Another \
             secret goes into the environment variable that tidegate.toml names, and this server is \
             started again"
        ),
        RetryClass::Storage => tracing::error!(
            class, why, %next_look,
            "the org has no room for more records until somebody makes some; Cases wait"
        ),
        RetryClass::DailyLimit => tracing::warn!(
            class, why, %next_look,
            "the day's allowance of requests is used up; what is to be done waits"
        ),
        RetryClass::Throttled => tracing::warn!(
            class, why, %next_look,
            "the org takes no more requests for now; what is to be done waits"
        ),
        RetryClass::Ambiguous => tracing::warn!(
            class, why, %next_look,
            "the org does not answer; what is to be done waits"
        ),
        _ => tracing::warn!(
            class, why, %next_look,
            "the org does not serve; what is to be done waits"
        ),
    }
}

pub(super) fn tell_left(waiting: &Waiting, now: Timestamp) {
    let class = waiting.why.name();
    let waited = now.duration_since(waiting.since).as_secs();
    let looks = waiting.looks;
    tracing::info!(class, waited, looks, "the org serves again; what has waited goes in order");
}
