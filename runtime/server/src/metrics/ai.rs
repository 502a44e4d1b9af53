//! What AIs behind endpoints are asked.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use tidegate_store::contract::UsedUp;

use crate::effects::purse::Job;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByJob {
    job: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByBudget {
    budget: &'static str,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct AiMetrics {
    requests: Family<ByJob, Counter>,
    failures: Family<ByJob, Counter>,
    tokens: Family<ByJob, Counter>,
    not_asked: Family<ByBudget, Counter>,
}

impl AiMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        for job in Job::ALL {
            let job = ByJob { job: job.name() };
            for family in [&self.requests, &self.failures, &self.tokens] {
                drop(family.get_or_create(&job));
            }
        }
        for used_up in [UsedUp::Conversation, UsedUp::Day] {
            drop(self.not_asked.get_or_create(&budget(used_up)));
        }
        let Self { requests, failures, tokens, not_asked } = self;
        registry.register("ai_requests", "Requests to AIs behind endpoints", requests.clone());
        registry.register(
            "ai_failures",
            "What such an AI could not do, asked as often as it may be",
            failures.clone(),
        );
        registry.register("ai_tokens", "Tokens of questions and answers", tokens.clone());
        registry.register(
            "ai_not_asked",
            "What was not asked because a budget was used up",
            not_asked.clone(),
        );
    }

    pub(crate) fn asked(&self, job: Job) {
        self.requests.get_or_create(&ByJob { job: job.name() }).inc();
    }

    pub(crate) fn failed(&self, job: Job) {
        self.failures.get_or_create(&ByJob { job: job.name() }).inc();
    }

    pub(crate) fn tokens(&self, job: Job, tokens: u64) {
        self.tokens.get_or_create(&ByJob { job: job.name() }).inc_by(tokens);
    }

    pub(crate) fn not_asked(&self, used_up: UsedUp) {
        self.not_asked.get_or_create(&budget(used_up)).inc();
    }
}

fn budget(used_up: UsedUp) -> ByBudget {
    ByBudget {
        budget: match used_up {
            UsedUp::Conversation => "conversation",
            UsedUp::Day => "day",
        },
    }
}
