//! How things stand with the org and with what waits for it, taken when somebody asks.

use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use tidegate_salesforce::RetryClass;
use tidegate_store::contract::Backlog;

use crate::effects::OrgStanding;

/// A class of failures.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Class {
    class: &'static str,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct OrgMetrics {
    effects: Gauge,
    held: Gauge,
    oldest: Gauge,
    dead_letters: Gauge,
    failures: Family<Class, Counter>,
    waiting: Family<Class, Gauge>,
    at_once: Gauge,
    remaining: Gauge,
    people_shed: Counter,
}

impl OrgMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        let Self { effects, held, oldest, dead_letters, .. } = self;
        registry.register("outbox_effects", "What is to be done outside", effects.clone());
        registry.register("outbox_held", "Of these, what waits until the org serves", held.clone());
        registry.register_with_unit(
            "outbox_oldest",
            "How long the oldest has waited",
            Unit::Seconds,
            oldest.clone(),
        );
        registry.register(
            "dead_letters",
            "What could not be done and waits for an operator",
            dead_letters.clone(),
        );
        registry.register("org_failures", "Failed requests by class", self.failures.clone());
        registry.register(
            "org_waiting",
            "1 for what everybody waits for: an outage, an answer (ambiguous), being throttled, the daily limit, room, a login",
            self.waiting.clone(),
        );
        registry.register("org_at_once", "Requests that may go at a time", self.at_once.clone());
        registry.register(
            "org_requests_remaining",
            "What is left of the day's allowance, as the org last said; -1 where it has not",
            self.remaining.clone(),
        );
        registry.register(
            "org_people_shed",
            "People who were not looked up, to spare the org",
            self.people_shed.clone(),
        );
    }

    pub(crate) fn take(&self, backlog: Backlog, standing: &OrgStanding, now: Timestamp) {
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.effects.set(count(backlog.effects));
        self.held.set(count(backlog.held));
        let age = backlog.oldest.map_or(0, |oldest| now.duration_since(oldest).as_secs().max(0));
        self.oldest.set(age);
        self.dead_letters.set(count(backlog.dead_letters));
        for (class, total) in &standing.failures {
            let counter = self.failures.get_or_create_owned(&Class { class: class.name() });
            counter.inc_by(total.saturating_sub(counter.get()));
        }
        let states = [
            RetryClass::Outage,
            RetryClass::Ambiguous,
            RetryClass::Throttled,
            RetryClass::DailyLimit,
            RetryClass::Storage,
            RetryClass::Auth,
        ];
        for class in states {
            let waits = standing.waiting_for == Some(class);
            self.waiting.get_or_create_owned(&Class { class: class.name() }).set(i64::from(waits));
        }
        self.at_once.set(i64::try_from(standing.at_once).unwrap_or(i64::MAX));
        let remaining = standing.usage.map(|usage| count(usage.allowed.saturating_sub(usage.used)));
        self.remaining.set(remaining.unwrap_or(-1));
        self.people_shed.inc_by(standing.people_shed.saturating_sub(self.people_shed.get()));
    }
}
