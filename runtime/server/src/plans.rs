//! Plans in use: verified, by the hash of their contents.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tidegate_plan::codec::{CodecError, PlanFile};
use tidegate_plan::verify::{VerifiedPlan, VerifyError};
use tidegate_store::{Store, StoreError};

/// Why a plan is not taken. Whatever was active stays so.
#[derive(Debug, thiserror::Error)]
pub enum PlanRefused {
    /// The file is no plan.
    #[error("the plan can't be read, and the one before stays active: {0}")]
    Unreadable(#[from] CodecError),
    /// The plan does not hold what a plan must.
    #[error("the plan is refused, and the one before stays active: {0}")]
    Unsound(#[from] VerifyError),
    /// The store failed.
    #[error("the plan could not be kept: {0}")]
    Store(#[from] StoreError),
    /// Another plan was activated at the same time, again and again.
    #[error("other plans are being activated at the same time; nothing was changed")]
    Contended,
    /// A conversation's plan is not in the store.
    #[error("the plan `{0}` is not in the store")]
    Missing(String),
}

/// Plans that conversations run on.
#[derive(Debug)]
pub(crate) struct PlanCache {
    store: Arc<dyn Store>,
    loaded: Mutex<HashMap<String, Arc<VerifiedPlan>>>,
}

impl PlanCache {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, loaded: Mutex::default() }
    }

    /// Verifies a plan's file, keeps it, and lets new conversations begin with it.
    pub(crate) async fn activate(&self, bytes: Vec<u8>) -> Result<String, PlanRefused> {
        let plan = read(&bytes)?;
        let hash = plan.hash().to_owned();
        self.store.put_plan(hash.clone(), bytes).await?;
        self.remember(plan);
        for _ in 0..8 {
            let before = self.store.active_plan().await?;
            if before.as_deref() == Some(&hash) || self.store.activate(hash.clone(), before).await?
            {
                return Ok(hash);
            }
        }
        Err(PlanRefused::Contended)
    }

    /// The plan that new conversations begin with.
    pub(crate) async fn active(&self) -> Result<Arc<VerifiedPlan>, PlanRefused> {
        let hash = self.store.active_plan().await?;
        self.get(&hash.ok_or_else(|| PlanRefused::Missing("active".into()))?).await
    }

    /// A plan that a conversation began with. Verified again when it comes from the store.
    pub(crate) async fn get(&self, hash: &str) -> Result<Arc<VerifiedPlan>, PlanRefused> {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner).get(hash).cloned();
        if let Some(plan) = loaded {
            return Ok(plan);
        }
        let bytes = self.store.plan(hash.to_owned()).await?;
        let bytes = bytes.ok_or_else(|| PlanRefused::Missing(hash.to_owned()))?;
        Ok(self.remember(read(&bytes)?))
    }

    /// Deletes a plan that nothing needs; false if something does.
    pub(crate) async fn forget(&self, hash: &str) -> Result<bool, StoreError> {
        let deleted = self.store.forget_plan(hash.to_owned()).await?;
        if deleted {
            self.loaded.lock().unwrap_or_else(PoisonError::into_inner).remove(hash);
        }
        Ok(deleted)
    }

    fn remember(&self, plan: VerifiedPlan) -> Arc<VerifiedPlan> {
        let plan = Arc::new(plan);
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(loaded.entry(plan.hash().to_owned()).or_insert(plan))
    }
}

fn read(bytes: &[u8]) -> Result<VerifiedPlan, PlanRefused> {
    Ok(PlanFile::read(bytes)?.verify()?)
}
