//! Who does one of the AI's jobs, and who instead.

use uuid::Uuid;

use super::asking;
use super::endpoint::{AskError, Endpoint};
use super::purse::{Job, Purse};
use crate::app::App;
use crate::config::{Provider, Then};

/// One of the AI's jobs that is being done.
pub(super) struct Doing<'a> {
    pub(super) purse: Purse<'a>,
    /// Whether what is built in is to do it.
    pub(super) by_itself: bool,
    /// Who did it, or why nobody could, in the trace's words.
    pub(super) by: String,
}

impl<'a> Doing<'a> {
    pub(super) fn new(app: &'a App, conversation: Uuid, job: Job) -> Self {
        let provider = app.ai.provider(job);
        let by = match provider {
            Provider::Builtin => "by what is built in".to_owned(),
            Provider::Nobody => "by nobody".to_owned(),
            Provider::Endpoint(ai) => {
                format!("by {}, prompt {}", ai.model(), asking::prompt_version(job))
            }
        };
        let by_itself = matches!(provider, Provider::Builtin);
        Self { purse: Purse { app, conversation, job }, by_itself, by }
    }

    /// The endpoint that is to be asked.
    pub(super) fn endpoint(&self) -> Option<&'a Endpoint> {
        match self.purse.app.ai.provider(self.purse.job) {
            Provider::Endpoint(ai) => Some(ai),
            Provider::Builtin | Provider::Nobody => None,
        }
    }

    /// Takes what came of asking it.
    pub(super) fn heard<T>(&mut self, answer: Result<T, AskError>) -> Option<T> {
        let Purse { app, job, .. } = self.purse;
        let error = match answer {
            Ok(answer) => return Some(answer),
            Err(error) => error,
        };
        match error {
            AskError::UsedUp(_) if app.ai.budget.then == Then::Builtin => {
                self.by_itself = true;
                self.by = format!("by what is built in: {error}");
            }
            AskError::UsedUp(_) => self.by = format!("by nobody: {error}"),
            error => {
                app.metrics.ai.failed(job);
                tracing::warn!(%error, job = job.name(), "the AI could not do its job");
                self.by = format!("{}: {error}", self.by);
            }
        }
        None
    }
}
