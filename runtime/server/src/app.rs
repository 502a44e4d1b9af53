//! What requests and workers share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tidegate_store::Store;
use tokio::sync::watch;

use crate::conversation::Conversations;
use crate::effects::org::Org;
use crate::messenger::identity::Verifier;
use crate::metrics::Metrics;
use crate::plans::PlanCache;
use crate::rates::Rates;

#[derive(Debug)]
pub(crate) struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) plans: Arc<PlanCache>,
    pub(crate) conversations: Conversations,
    pub(crate) messengers: BTreeMap<String, Messenger>,
    pub(crate) users: BTreeMap<String, String>,
    pub(crate) org: Arc<dyn Org>,
    pub(crate) any_org: bool,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) rates: Rates,
    /// For a request's body to arrive.
    pub(crate) body_deadline: Duration,
    /// True once the server is to end.
    pub(crate) ending: watch::Receiver<bool>,
}

/// One Messenger, ready to be used.
#[derive(Debug)]
pub(crate) struct Messenger {
    pub(crate) origins: Vec<String>,
    pub(crate) verifier: Verifier,
}

/// The time as the store keeps it, so that what was computed is what is read back.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
