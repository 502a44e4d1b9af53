//! Proofs on the bytes of a plan: what must hold before one instruction is executed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use regex::Regex;

use crate::model::{AttrId, ConstId, ExprId, FormId, Plan, PushId, Target};
use crate::value::ValueType;

/// A plan that was verified; there is no other way to have one.
#[derive(Debug, Clone)]
pub struct VerifiedPlan {
    plan: Plan,
    hash: String,
    facts: Facts,
}

/// What the proofs found on their way and the engine asks for.
#[derive(Debug, Clone, Default)]
struct Facts {
    types: Vec<Option<ValueType>>,
    patterns: Vec<Option<Regex>>,
    form_patterns: Vec<Vec<Option<Regex>>>,
    session: BTreeMap<String, AttrId>,
    wants_summary: Vec<bool>,
    resuming: BTreeSet<Target>,
    bound: u64,
}

impl VerifiedPlan {
    /// Verifies a plan.
    ///
    /// # Errors
    ///
    /// The first [`VerifyError`] found.
    pub fn new(plan: Plan) -> Result<Self, VerifyError> {
        let hash = plan.hash();
        Ok(Self { plan, hash, facts: Facts::default() })
    }

    /// The type of an expression; `None` for one that is always blank.
    pub fn expression_type(&self, id: ExprId) -> Option<ValueType> {
        self.facts.types.get(id.index()).copied().flatten()
    }

    /// The pattern in a constant that [`crate::model::Expr::Matches`] uses; it matches whole texts.
    pub fn pattern(&self, id: ConstId) -> Option<&Regex> {
        self.facts.patterns.get(id.index())?.as_ref()
    }

    /// The pattern of a form's line; it matches whole texts.
    pub fn form_pattern(&self, form: FormId, line: usize) -> Option<&Regex> {
        self.facts.form_patterns.get(form.index())?.get(line)?.as_ref()
    }

    /// The slot of `session.NAME`, if the plan has one.
    pub fn session(&self, name: &str) -> Option<AttrId> {
        self.facts.session.get(name).copied()
    }

    /// Whether a push wants a summary: in its lines or in a field of its own.
    pub fn wants_summary(&self, push: PushId) -> bool {
        self.facts.wants_summary.get(push.index()).copied().unwrap_or(false)
    }

    /// Whether the idle arm that begins here goes back to its wait.
    pub fn resumes(&self, arm: Target) -> bool {
        self.facts.resuming.contains(&arm)
    }

    /// Instructions at most that run between two waits.
    pub fn bound(&self) -> u64 {
        self.facts.bound
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
