//! What an AI behind an endpoint may be asked, and what that comes to: each request is counted in the
//! store before it goes out, so that nothing that was paid for is forgotten.

use std::sync::Mutex;
use std::sync::PoisonError;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use tidegate_store::contract::{Spending, UsedUp};
use uuid::Uuid;

use super::endpoint::AskError;
use crate::app::App;

/// A job of the AI's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    Detect,
    Answer,
    Summarise,
}

impl Job {
    pub(crate) const ALL: [Self; 3] = [Self::Detect, Self::Answer, Self::Summarise];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Answer => "answer",
            Self::Summarise => "summarise",
        }
    }
}

/// The day for which the log has said that its budget is used up.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<Option<Date>>);

impl Told {
    /// Whether it is to be said of this day: once.
    fn now(&self, day: Date) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.replace(day) != Some(day)
    }
}

/// Today, as budgets count days.
pub(crate) fn today(app: &App) -> Date {
    app.clock.now().to_zoned(TimeZone::UTC).date()
}

/// Who pays for what is asked for a conversation.
pub(crate) struct Purse<'a> {
    pub(crate) app: &'a App,
    pub(crate) conversation: Uuid,
    pub(crate) job: Job,
}

impl Purse<'_> {
    /// Counts a request, if it is allowed.
    pub(super) async fn pay(&self) -> Result<Date, AskError> {
        let Self { app, conversation, job } = self;
        let (day, budget) = (today(app), app.ai.budget);
        let (of_conversation, of_day) = (budget.conversation, budget.day);
        let spending = Spending { conversation: *conversation, day, of_conversation, of_day };
        let used_up = app.store.spend(spending).await.map_err(|error| {
            tracing::error!(%error, "what an AI is asked could not be counted, so it is not asked");
            AskError::Uncounted
        })?;
        let Some(used_up) = used_up else {
            app.metrics.ai.asked(*job);
            return Ok(day);
        };
        app.metrics.ai.not_asked(used_up);
        match used_up {
            UsedUp::Day if app.budget_told.now(day) => {
                tracing::warn!(%day, "the AI's budget for the day is used up: until midnight (UTC) nobody is asked who is paid for");
            }
            UsedUp::Day => {}
            UsedUp::Conversation => {
                tracing::debug!(%conversation, "the AI's budget for a conversation is used up");
            }
        }
        Err(AskError::UsedUp(used_up))
    }

    /// Counts the tokens of a request that was counted.
    pub(super) async fn count(&self, day: Date, tokens: u64) {
        self.app.metrics.ai.tokens(self.job, tokens);
        let added = self.app.store.add_tokens(self.conversation, day, tokens).await;
        if let Err(error) = added {
            tracing::error!(%error, tokens, "the tokens of a request to an AI could not be counted");
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::Told;

    #[test]
    fn each_day_is_told_once() {
        let told = Told::default();
        assert!(told.now(date(2026, 11, 23)));
        assert!(!told.now(date(2026, 11, 23)));
        assert!(told.now(date(2026, 11, 24)));
    }
}
