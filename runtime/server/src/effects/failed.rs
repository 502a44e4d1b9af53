//! What becomes of an effect whose request failed: later, with everybody else, or never.

use tidegate_engine::effect::Action;
use tidegate_salesforce::RetryClass;
use tidegate_store::contract::{Claimed, DeadLetter, Until};

use super::org::CallError;
use super::retry::{Verdict, verdict};
use super::{Failed, Performed, case, guard};
use crate::app::App;

/// Judges a failure.
pub(crate) async fn judge(app: &App, claimed: &Claimed, failed: Failed) -> Performed {
    let now = app.clock.now();
    let waiting = app.gate.waiting_for().is_some();
    let Failed { error, .. } = &failed;
    let parked = |until, strike| {
        let why = format!("attempt {}: {}", claimed.attempt, error.reason());
        Performed::Parked { until, why, attempted: true, strike }
    };
    match verdict(error, claimed, waiting, now) {
        Verdict::Later { until, strike } => {
            tell_later(claimed, error);
            parked(Until::Time(until), strike)
        }
        Verdict::Hold => parked(Until::Released { now }, false),
        Verdict::Dead => give_up(app, claimed, failed).await,
    }
}

/// Puts an effect back that was not tried, since nobody goes now.
pub(crate) fn hold(app: &App) -> Performed {
    let class = app.gate.waiting_for().map_or("", RetryClass::name);
    Performed::Parked {
        until: Until::Released { now: app.clock.now() },
        why: format!("not tried: {class}"),
        attempted: false,
        strike: false,
    }
}

/// One line when an effect begins to wait; further attempts are for who wants to know more.
fn tell_later(claimed: &Claimed, error: &CallError) {
    let (conversation, effect) = (claimed.conversation, claimed.effect.key);
    let why = error.reason();
    match claimed.attempt {
        1 if error.is_alarming() => {
            tracing::error!(%conversation, %effect, why, "an effect waits until somebody mends this");
        }
        1 => tracing::warn!(%conversation, %effect, why, "an effect is tried again"),
        attempt => {
            tracing::debug!(%conversation, %effect, why, attempt, "an effect is tried again");
        }
    }
}

async fn give_up(app: &App, claimed: &Claimed, failed: Failed) -> Performed {
    let Failed { error, request, source } = failed;
    let Claimed { conversation, effect, attempt, since, .. } = claimed;
    if let (RetryClass::Ambiguous, Action::CreateCase(request)) = (error.class, &effect.action)
        && let Some(created) = case::that_is_there(app, request, effect.key).await
    {
        // Its answers never came, but it had worked.
        return Performed::Answered(created);
    }
    if error.class == RetryClass::Unknown {
        tracing::error!(%conversation, effect = %effect.key, code = error.code, "the org uses an error code that Tidegate does not know; please tell its makers");
    }
    let letter = DeadLetter {
        conversation: *conversation,
        effect: effect.clone(),
        at: app.clock.now(),
        since: Some(*since),
        attempts: *attempt,
        status: error.status,
        code: error.code.clone(),
        fields: error.fields,
        request,
        answer: error.answer,
        source,
    };
    let event = guard::given_up(&effect.action, effect.key, &error.code);
    Performed::Dead { event, letter: Box::new(letter) }
}
