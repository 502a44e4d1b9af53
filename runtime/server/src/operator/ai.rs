//! Who does the AI's jobs, and what is left of its budget, over HTTP.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use serde::Serialize;
use tidegate_store::contract::{Allowance, Usage};

use crate::app::App;
use crate::config::{Provider, Then};
use crate::effects::asking;
use crate::effects::purse::{Job, today};
use crate::messenger::problem::Problem;

#[derive(Debug, Serialize)]
pub(super) struct Told {
    jobs: BTreeMap<&'static str, Doer>,
    day: Date,
    used: Usage,
    budget: Budget,
    /// Whether nobody who is paid for is asked today any more.
    used_up: bool,
}

/// Who does a job.
#[derive(Debug, Serialize)]
#[serde(tag = "by", rename_all = "lowercase")]
enum Doer {
    Builtin,
    Endpoint { speaks: &'static str, url: String, model: String, prompt: String },
    Nobody,
}

#[derive(Debug, Serialize)]
struct Budget {
    day: Allowance,
    conversation: Allowance,
    then: &'static str,
}

pub(super) async fn ai(State(app): State<Arc<App>>) -> Result<Json<Told>, Problem> {
    let day = today(&app);
    let used = app.store.usage_of_day(day).await?;
    let doers = Job::ALL.map(|job| (job.name(), doer(app.ai.provider(job), job)));
    let budget = app.ai.budget;
    let then = match budget.then {
        Then::Unavailable => "unavailable",
        Then::Builtin => "builtin",
    };
    Ok(Json(Told {
        jobs: doers.into(),
        day,
        used,
        used_up: !budget.day.leaves(used),
        budget: Budget { day: budget.day, conversation: budget.conversation, then },
    }))
}

fn doer(provider: &Provider, job: Job) -> Doer {
    match provider {
        Provider::Builtin => Doer::Builtin,
        Provider::Nobody => Doer::Nobody,
        Provider::Endpoint(ai) => Doer::Endpoint {
            speaks: ai.protocol().name(),
            url: ai.url().to_owned(),
            model: ai.model().to_owned(),
            prompt: asking::prompt_version(job),
        },
    }
}
