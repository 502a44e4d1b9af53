//! What an operator wants to know when a server has started.

use std::sync::Arc;

use tidegate_store::{Store, StoreError};

use crate::app::App;
use crate::effects::guard::same_org;

/// Says which org answers, or why none does. What waits for it is tried again by itself.
pub(crate) async fn at_the_org(app: Arc<App>) {
    let mut ending = app.ending.clone();
    let found = tokio::select! {
        found = app.org.id() => found,
        _ = ending.changed() => return,
    };
    let expected = match app.plans.active().await {
        Ok(plan) => plan.org_id.clone(),
        Err(error) => return tracing::error!(%error, "the active plan can't be read"),
    };
    match found {
        Ok(org) if same_org(&expected, &org) => tracing::info!(org, "logged in to the org"),
        Ok(org) if app.any_org => {
            tracing::warn!(
                org,
                expected,
                "logged in to another org than the plan's, as was asked for"
            );
        }
        Ok(org) => {
            tracing::error!(
                org,
                expected,
                "the login leads to another org than the plan's: nothing is read or written there, and what is to be done waits"
            );
        }
        Err(error) if error.is_alarming() => {
            tracing::error!(
                why = error.reason(),
                "the org can't be used until somebody mends this; what is to be done waits"
            );
        }
        Err(error) => {
            tracing::warn!(
                why = error.reason(),
                "the org can't be reached; what is to be done waits"
            );
        }
    }
}

/// Says what an earlier process has left.
pub(crate) async fn at_the_store(store: &dyn Store) -> Result<(), StoreError> {
    let dead = store.dead_letters().await?.len();
    if dead > 0 {
        tracing::warn!(dead_letters = dead, "what could not be done waits for somebody to mend it");
    }
    Ok(())
}
