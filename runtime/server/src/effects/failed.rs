//! What becomes of an effect whose request failed: later, with everybody else, or never.

use tidegate_engine::effect::Action;
use tidegate_engine::event::Event;
use tidegate_salesforce::RetryClass;
use tidegate_store::contract::{Claimed, DeadLetter, Until};

use super::org::CallError;
use super::retry::{Verdict, verdict};
use super::{Failed, Performed, case, guard};
use crate::app::App;

/// Judges a failure.
pub(crate) async fn judge(app: &App, claimed: &Claimed, failed: Failed) -> Performed {
    if let Some(parked) = put_off(app, claimed, &failed.error) {
        return parked;
    }
    match created_before(app, claimed, &failed.error).await {
        Ok(Some(created)) => Performed::Answered(created),
        Ok(None) => give_up(app, claimed, failed),
        // Given up now, it might be a Case and a dead letter.
        Err(looking) => {
            put_off(app, claimed, &looking).unwrap_or_else(|| give_up(app, claimed, failed))
        }
    }
}

/// Later, or with everybody else; nothing where it is to be given up.
fn put_off(app: &App, claimed: &Claimed, error: &CallError) -> Option<Performed> {
    let now = app.clock.now();
    let waiting = app.gate.waiting_for().is_some();
    let (until, strike) = match verdict(error, claimed, waiting, now) {
        Verdict::Later { until, strike } => {
            tell_later(claimed, error);
            (Until::Time(until), strike)
        }
        Verdict::Hold => (Until::Released { now }, false),
        Verdict::Dead => return None,
    };
    let why = format!("attempt {}: {}", claimed.attempt, error.reason());
    Some(Performed::Parked { until, why, attempted: true, strike })
}

/// The Case that an earlier attempt created without our hearing of it, whatever the last one was
/// told: a rule that is new since then, or another unique field, refuses it again.
async fn created_before(
    app: &App,
    claimed: &Claimed,
    error: &CallError,
) -> Result<Option<Event>, CallError> {
    let unheard =
        claimed.attempt > 1 || matches!(error.class, RetryClass::Ambiguous | RetryClass::Duplicate);
    let Action::CreateCase(request) = &claimed.effect.action else { return Ok(None) };
    if !unheard {
        return Ok(None);
    }
    let (effect, code) = (claimed.effect.key, &error.code);
    let created = case::that_is_there(app, request, effect).await?;
    if created.is_some() {
        tracing::warn!(%effect, code, "a Case was adopted that an earlier attempt had created; the last one was refused or not answered");
    }
    Ok(created)
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

fn give_up(app: &App, claimed: &Claimed, failed: Failed) -> Performed {
    let Failed { error, request, source } = failed;
    let Claimed { conversation, effect, attempt, since, .. } = claimed;
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
