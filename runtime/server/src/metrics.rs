//! What is counted, for Prometheus. No label is anything that a customer wrote.

mod ai;
mod org;

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use tidegate_engine::state::{Conversation, Position};
use tidegate_engine::transition::Transition;

use ai::AiMetrics;
use org::OrgMetrics;

/// From a tenth of a millisecond to ten seconds.
const DURATIONS: [f64; 16] = [
    0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0,
    10.0,
];

/// How conversations end: with a Case, with one that is not there yet, without one, by a fault.
const OUTCOMES: [&str; 4] = ["case", "case_pending", "no_case", "fault"];

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Answered {
    pub(crate) method: &'static str,
    /// The route's path with its names in braces; `other` where there is none.
    pub(crate) route: String,
    pub(crate) status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByHash {
    hash: String,
}

/// What a transition did to its conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    opened: bool,
    /// How the conversation ended with it.
    ended: Option<&'static str>,
}

impl Step {
    pub(crate) fn of(before: &Conversation, transition: &Transition) -> Self {
        let Transition { next, fault, .. } = transition;
        let ends = before.position != Position::Ended && next.position == Position::Ended;
        let [case, pending, no_case, by_fault] = OUTCOMES;
        let how = match (fault, &next.case_id) {
            (Some(_), _) => by_fault,
            (None, Some(_)) => case,
            (None, None) if !next.pending.is_empty() => pending,
            (None, None) => no_case,
        };
        Self { opened: before.position == Position::New, ended: ends.then_some(how) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

/// A stream of events that is open.
#[derive(Debug)]
pub(crate) struct Streaming(Gauge);

impl Drop for Streaming {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    opened: Counter,
    ended: Family<ByOutcome, Counter>,
    steps: Counter,
    commits: Histogram,
    plan: Family<ByHash, Gauge>,
    streams: Gauge,
    pub(crate) connections: Gauge,
    pub(crate) connections_refused: Counter,
    files: Gauge,
    files_limit: Gauge,
    pub(crate) drift_findings: Gauge,
    pub(crate) drift_unasked: Gauge,
    pub(crate) org: OrgMetrics,
    pub(crate) ai: AiMetrics,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("tidegate");
        let build = Info::new(Build { version: env!("CARGO_PKG_VERSION") });
        registry.register("build", "The program's version", build);
        let metrics = Self {
            registry: Registry::default(),
            answered: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(DURATIONS)),
            opened: Counter::default(),
            ended: Family::default(),
            steps: Counter::default(),
            commits: Histogram::new(DURATIONS),
            plan: Family::default(),
            streams: Gauge::default(),
            connections: Gauge::default(),
            connections_refused: Counter::default(),
            files: Gauge::default(),
            files_limit: Gauge::default(),
            drift_findings: Gauge::default(),
            drift_unasked: Gauge::default(),
            org: OrgMetrics::default(),
            ai: AiMetrics::default(),
        };
        for outcome in OUTCOMES {
            drop(metrics.ended.get_or_create(&ByOutcome { outcome }));
        }
        metrics.register_http(&mut registry);
        metrics.register_conversations(&mut registry);
        metrics.org.register(&mut registry);
        metrics.ai.register(&mut registry);
        Self { registry, ..metrics }
    }

    fn register_http(&self, registry: &mut Registry) {
        registry.register("http_requests", "Requests by route and status", self.answered.clone());
        registry.register_with_unit(
            "http_request_duration",
            "From a request's head to its answer's; streams go on behind that",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register(
            "http_connections",
            "Connections that are open",
            self.connections.clone(),
        );
        registry.register(
            "http_connections_refused",
            "Connections for which there was no place",
            self.connections_refused.clone(),
        );
        registry.register("http_streams", "Streams of events that are open", self.streams.clone());
        registry.register(
            "drift_findings",
            "Things that the plan relies on and the org no longer is",
            self.drift_findings.clone(),
        );
        registry.register(
            "drift_unasked",
            "1 where the org could not be asked lately whether it has changed",
            self.drift_unasked.clone(),
        );
    }

    fn register_conversations(&self, registry: &mut Registry) {
        registry.register(
            "conversations_opened",
            "Conversations that have begun",
            self.opened.clone(),
        );
        registry.register(
            "conversations_ended",
            "Conversations that are over, by whether a Case came of them",
            self.ended.clone(),
        );
        registry.register(
            "steps",
            "Transitions of conversations that are durable",
            self.steps.clone(),
        );
        registry.register_with_unit(
            "store_commit_duration",
            "Until a transition is durable, waiting for its turn included",
            Unit::Seconds,
            self.commits.clone(),
        );
        registry.register_with_unit(
            "store_files",
            "How much of files is kept",
            Unit::Bytes,
            self.files.clone(),
        );
        registry.register_with_unit(
            "store_files_limit",
            "How much of files is kept at most",
            Unit::Bytes,
            self.files_limit.clone(),
        );
        registry.register(
            "plan_active",
            "1 for the plan that new conversations begin with",
            self.plan.clone(),
        );
    }

    /// A transition is durable.
    pub(crate) fn committed(&self, step: &Step, taken: Duration) {
        self.steps.inc();
        self.commits.observe(taken.as_secs_f64());
        if step.opened {
            self.opened.inc();
        }
        if let Some(outcome) = step.ended {
            self.ended.get_or_create(&ByOutcome { outcome }).inc();
        }
    }

    /// So many bytes of files are kept, of so many at most.
    pub(crate) fn files(&self, bytes: u64, most: u64) {
        let count = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        self.files.set(count(bytes));
        self.files_limit.set(count(most));
    }

    /// This plan and no other is active.
    pub(crate) fn active_plan(&self, hash: &str) {
        self.plan.clear();
        self.plan.get_or_create(&ByHash { hash: hash.to_owned() }).set(1);
    }

    /// A stream of events begins; it ends where what this gives is dropped.
    pub(crate) fn stream(&self) -> Streaming {
        self.streams.inc();
        Streaming(self.streams.clone())
    }

    pub(crate) fn answered(&self, answered: Answered, taken: Duration) {
        let route = Route { route: answered.route.clone() };
        self.durations.get_or_create(&route).observe(taken.as_secs_f64());
        self.answered.get_or_create(&answered).inc();
    }

    /// All of it, in the OpenMetrics text format.
    pub(crate) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}
