//! What is counted, for Prometheus. No label is anything that a customer wrote.

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// From a tenth of a millisecond to ten seconds.
const DURATIONS: [f64; 16] = [
    0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0,
    10.0,
];

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
struct Build {
    version: &'static str,
}

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    pub(crate) connections: Gauge,
    pub(crate) connections_refused: Counter,
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
            connections: Gauge::default(),
            connections_refused: Counter::default(),
        };
        registry.register(
            "http_requests",
            "Requests by route and status",
            metrics.answered.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "From a request's head to its answer's; streams go on behind that",
            Unit::Seconds,
            metrics.durations.clone(),
        );
        registry.register(
            "http_connections",
            "Connections that are open",
            metrics.connections.clone(),
        );
        registry.register(
            "http_connections_refused",
            "Connections for which there was no place",
            metrics.connections_refused.clone(),
        );
        Self { registry, ..metrics }
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
