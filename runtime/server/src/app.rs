//! What requests and workers share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderName;
use tidegate_store::Store;
use tokio::sync::watch;

use crate::beginnings::Beginnings;
use crate::chats::Chats;
use crate::clock::Clock;
use crate::config::AiConfig;
use crate::conversation::Conversations;
use crate::drafts::Drafts;
use crate::drift::Drift;
use crate::effects::answering::Libraries;
use crate::effects::gate::Gate;
use crate::effects::org::Org;
use crate::effects::purse;
use crate::effects::thinking::Thinking;
use crate::health::Health;
use crate::messenger::file_places::FilePlaces;
use crate::messenger::identity::Verifier;
use crate::messenger::streams::Streams;
use crate::metrics::Metrics;
use crate::plans::PlanCache;
use crate::rates::Rates;
use crate::repeated::Repeated;

#[derive(Debug)]
pub(crate) struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) plans: Arc<PlanCache>,
    pub(crate) conversations: Conversations,
    pub(crate) chats: Chats,
    pub(crate) messengers: BTreeMap<String, Messenger>,
    pub(crate) users: BTreeMap<String, String>,
    pub(crate) clock: Clock,
    pub(crate) ai: AiConfig,
    /// Whether the log has said that the AI's budget is used up.
    pub(crate) budget_told: purse::Told,
    pub(crate) libraries: Libraries,
    /// What AIs are about to say.
    pub(crate) drafts: Drafts,
    pub(crate) thinking: Thinking,
    /// Watched by the gate.
    pub(crate) org: Arc<dyn Org>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) any_org: bool,
    /// Whether the org still is what the active plan relies on.
    pub(crate) drift: Drift,
    /// Whether the store takes writes.
    pub(crate) health: Health,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) rates: Rates,
    /// Bytes at most of all files.
    pub(crate) file_bytes: u64,
    /// Of one visitor, one conversation begins at a time.
    pub(crate) beginnings: Beginnings,
    /// Lines that anybody can cause.
    pub(crate) repeated: Repeated,
    /// For a request's body to arrive.
    pub(crate) body_deadline: Duration,
    /// In which header a proxy tells the visitor's country; nothing else is believed.
    pub(crate) country_header: Option<HeaderName>,
    pub(crate) streams: Streams,
    /// Places for uploads.
    pub(crate) uploads: Arc<FilePlaces>,
    pub(crate) downloads: Arc<FilePlaces>,
    /// True once the server is to end.
    pub(crate) ending: watch::Receiver<bool>,
}

/// One Messenger, ready to be used.
#[derive(Debug)]
pub(crate) struct Messenger {
    pub(crate) origins: Vec<String>,
    pub(crate) verifier: Verifier,
    /// How large a customer's file may be.
    pub(crate) max_file_bytes: usize,
}
