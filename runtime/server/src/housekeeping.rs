//! Deleting what nobody needs any more, once an hour.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Span};
use tidegate_store::StoreError;

use crate::app::App;
use crate::effects::purse;
use crate::messenger::files::LASTS;

/// Between two rounds.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// So many tokens or visitors are deleted by one transaction; messages get in between.
const BATCH: u32 = 500;

/// So many files, which are larger.
const FILES: u32 = 10;
/// Longer than any request takes.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(5);

/// Keeps house until the server ends.
pub(crate) async fn run(app: Arc<App>) {
    let mut ending = app.ending.clone();
    let mut idle = BTreeSet::new();
    while !*ending.borrow_and_update() {
        match round(&app, &idle).await {
            Ok(now_idle) => idle = now_idle,
            Err(error) => {
                tracing::warn!(%error, "what nobody needs any more could not be deleted; it is tried again");
            }
        }
        tokio::select! {
            () = app.clock.sleep_until(app.clock.now() + PAUSE) => {}
            Ok(()) = ending.changed() => {}
        }
    }
}

/// One round; `idle` are the plans that nothing needed in the one before. Only these are deleted:
/// between a look at the active plan and the beginning of a conversation passes far less than that.
/// Gives what nothing needs now.
async fn round(app: &App, idle: &BTreeSet<String>) -> Result<BTreeSet<String>, StoreError> {
    let mut tokens = 0;
    loop {
        let deleted = app.store.forget_tokens(app.clock.now(), BATCH).await?;
        tokens += deleted;
        if deleted < u64::from(BATCH) || *app.ending.borrow() {
            break;
        }
    }
    let mut visitors = 0;
    loop {
        let deleted = app.store.forget_visitors(BATCH).await?;
        visitors += deleted;
        if deleted < u64::from(BATCH) || *app.ending.borrow() {
            break;
        }
    }
    let mut files = 0;
    // A form that is under way may still take what has just become too old for the next one.
    let untaken_until = app.clock.now() - LASTS - UNDER_WAY;
    loop {
        let deleted = app.store.forget_files(untaken_until, FILES).await?;
        files += deleted;
        if deleted < u64::from(FILES) || *app.ending.borrow() {
            break;
        }
    }
    let mut conversations = 0;
    // A month of days is kept, for whoever wants to know what was paid for.
    let kept = purse::today(app).saturating_sub(Span::new().days(31));
    loop {
        let deleted = app.store.forget_usage(kept, BATCH).await?;
        conversations += deleted;
        if deleted < u64::from(BATCH) || *app.ending.borrow() {
            break;
        }
    }
    let mut still = BTreeSet::new();
    for plan in app.store.idle_plans().await? {
        if idle.contains(&plan) && app.plans.forget(&plan).await? {
            tracing::debug!(plan, "a plan was deleted: its last conversation has ended");
        } else {
            still.insert(plan);
        }
    }
    tracing::debug!(
        tokens,
        visitors,
        files,
        conversations,
        "tokens that had ended, visitors whom nobody can be any more, files that nobody needs, and what AIs were asked for conversations that are over were deleted"
    );
    Ok(still)
}
