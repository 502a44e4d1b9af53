//! What goes wrong on purpose, so that clients can be seen to cope.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    plan: Mutex<FaultPlan>,
}

/// How many of the next requests meet which fault; a fault is a row here and a line where it strikes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultPlan {
    /// Creates that are saved, and whose connection then breaks without an answer.
    pub drop_after_commit: u32,
    /// API requests that are answered 503, and do nothing.
    pub unavailable: u32,
    /// API requests that wait before they do anything.
    pub delay: Delay,
}

/// Requests that wait.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delay {
    /// How many.
    pub count: u32,
    /// How long each waits, in milliseconds.
    pub milliseconds: u64,
}

impl Faults {
    /// Replaces what is still to come.
    pub(crate) fn plan(&self, plan: FaultPlan) {
        *self.lock() = plan;
    }

    /// What is still to come.
    pub(crate) fn remaining(&self) -> FaultPlan {
        self.lock().clone()
    }

    /// Whether this create's answer gets lost.
    pub(crate) fn take_drop_after_commit(&self) -> bool {
        take(&mut self.lock().drop_after_commit)
    }

    /// Whether this request finds the org unavailable.
    pub(crate) fn take_unavailable(&self) -> bool {
        take(&mut self.lock().unavailable)
    }

    /// How long this request waits.
    pub(crate) fn take_delay(&self) -> Option<Duration> {
        let delay = &mut self.lock().delay;
        take(&mut delay.count).then(|| Duration::from_millis(delay.milliseconds))
    }

    fn lock(&self) -> MutexGuard<'_, FaultPlan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn take(count: &mut u32) -> bool {
    let left = count.checked_sub(1);
    *count = left.unwrap_or(0);
    left.is_some()
}
