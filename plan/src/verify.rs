//! Proofs on the bytes of a plan: what must hold before one instruction is executed.
//!
//! - Each index is in bounds, each operand stands before its user, each place has a value of the
//!   type that it needs, no expression is deeper or more work than the limits here.
//! - Code belongs to exactly one workflow, control stays inside it, `run` has no cycle, and control
//!   flow without a wait has none but rounds that are counted: so every path waits, returns or ends.
//! - An idle arm that goes back to its wait does not wait itself; arms of `defaults` and of
//!   `create case` never return.
//! - A private value is given to nobody: it is masked, or revealed by what is said, wherever it is
//!   more than compared, stored where it is private too, or written by a line of a push.
//! - The value of a `let` belongs to one workflow, which gives it before it reads it.
//! - Articles are plain text within limits, each with its own name, and their addresses are those of the web.
//! - The plan lists what its pushes and its person rely on in the org.

pub mod articles;
mod flow;
mod forms;
mod hours;
mod privacy;
mod tables;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

pub use forms::MOST_FILES;
pub use hours::MAX_HOLIDAYS;
pub(crate) use types::name as type_name;

use jiff::tz::TimeZone;
use regex::{Regex, RegexBuilder};

use crate::model::{
    AttrId, ConstId, Expr, ExprId, FormId, HoursId, Plan, Push, PushId, Space, Target,
};
use crate::value::ValueType;

/// Levels of an expression at most.
pub const MAX_DEPTH: u32 = 200;
/// Evaluations at most that one expression can need.
pub const MAX_COST: u64 = 100_000;
/// Instructions at most between two waits.
pub const MAX_BOUND: u64 = 1_000_000;
/// Values of `let` in one workflow at most.
pub const MAX_LETS: usize = 1_024;
/// Repeats of one workflow at most.
pub const MAX_REPEATS: usize = 1_000;
/// Answers of the AI in one step at most.
pub const MAX_TURNS: u32 = 100;
/// Time at most that an idle arm or a `wait` lets pass, in milliseconds: ten years.
pub const MAX_WAIT_MS: u64 = 10 * 365 * 86_400_000;

const MAX_PATTERN_BYTES: usize = 1 << 20;
const MAX_PATTERN_NESTING: u32 = 50;

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
    zones: Vec<Option<TimeZone>>,
    hours: Vec<TimeZone>,
    form_patterns: Vec<Vec<Option<Regex>>>,
    session: BTreeMap<String, AttrId>,
    wants_summary: Vec<bool>,
    revealed: BTreeMap<ExprId, Vec<ConstId>>,
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
        Self::verify(plan, hash, None)
    }

    /// Verifies a plan whose hash is known.
    pub(crate) fn named(plan: Plan, hash: String) -> Result<Self, VerifyError> {
        Self::verify(plan, hash, None)
    }

    /// Verifies a plan with one check off, so that tests see what it keeps from happening. No release
    /// build has this.
    ///
    /// # Errors
    ///
    /// The first [`VerifyError`] that another check found.
    #[cfg(debug_assertions)]
    pub fn without(check: Check, plan: Plan) -> Result<Self, VerifyError> {
        let hash = plan.hash();
        Self::verify(plan, hash, Some(check))
    }

    fn verify(plan: Plan, hash: String, off: Option<Check>) -> Result<Self, VerifyError> {
        unless(off, Check::Tables, tables::check(&plan), || ())?;
        let hours = unless(off, Check::Hours, hours::check(&plan), Vec::new)?;
        let types::Types { types, patterns, zones } =
            unless(off, Check::Expressions, types::check(&plan), || types::Types::unknown(&plan))?;
        let form_patterns = unless(off, Check::Forms, forms::check(&plan), Vec::new)?;
        tables::check_pushes(&plan, &types)?;
        tables::check_channels(&plan, &types)?;
        articles::check(&plan)?;
        let flow::Flow { resuming, bound } =
            unless(off, Check::Flow, flow::check(&plan, &types), flow::Flow::unknown)?;
        unless(off, Check::Privacy, privacy::check(&plan), || ())?;
        let revealed = privacy::revealed(&plan);
        let session = session_slots(&plan);
        let wants_summary = wants_summary(&plan, session.get("summary").copied());
        let facts = Facts {
            types,
            patterns,
            zones,
            hours,
            form_patterns,
            session,
            wants_summary,
            revealed,
            resuming,
            bound,
        };
        Ok(Self { plan, hash, facts })
    }

    /// The type of an expression; `None` for one that is always blank.
    pub fn expression_type(&self, id: ExprId) -> Option<ValueType> {
        self.facts.types.get(id.index()).copied().flatten()
    }

    /// The pattern in a constant that [`crate::model::Expr::Matches`] uses; it matches whole texts.
    pub fn pattern(&self, id: ConstId) -> Option<&Regex> {
        self.facts.patterns.get(id.index())?.as_ref()
    }

    /// The time zone that a constant names for [`crate::model::Pipe::DateIn`] and its like.
    pub fn zone(&self, id: ConstId) -> Option<&TimeZone> {
        self.facts.zones.get(id.index())?.as_ref()
    }

    /// The time zone of business hours.
    pub fn zone_of_hours(&self, id: HoursId) -> Option<&TimeZone> {
        self.facts.hours.get(id.index())
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

    /// The reasons for which a text that is said reveals private values.
    pub fn revealed(&self, said: ExprId) -> &[ConstId] {
        self.facts.revealed.get(&said).map_or(&[], Vec::as_slice)
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

/// A check of the verifier that can be switched off, one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Attributes, lists, steps, sources, requirements.
    Tables,
    /// Business hours and their holidays.
    Hours,
    /// Order, types and work of expressions.
    Expressions,
    /// Forms and their patterns.
    Forms,
    /// Where code leads, and that it gets to a wait or an end.
    Flow,
    /// Where private values go.
    Privacy,
}

/// What a check found; where it is off and refuses, what is taken for granted instead.
fn unless<T>(
    off: Option<Check>,
    check: Check,
    found: Verified<T>,
    unknown: impl FnOnce() -> T,
) -> Verified<T> {
    match found {
        Err(_) if off == Some(check) => Ok(unknown()),
        found => found,
    }
}

fn session_slots(plan: &Plan) -> BTreeMap<String, AttrId> {
    (0u32..)
        .map(AttrId)
        .zip(&plan.attributes)
        .filter(|(_, attribute)| attribute.space == Space::Session)
        .map(|(id, attribute)| (attribute.name.clone(), id))
        .collect()
}

fn wants_summary(plan: &Plan, summary: Option<AttrId>) -> Vec<bool> {
    // Operands stand before their users, so one pass tells which expressions read the summary.
    let mut reads = Vec::with_capacity(plan.expressions.len());
    for expression in &plan.expressions {
        let itself = matches!(expression, Expr::Attr(attr) if Some(*attr) == summary);
        let below = expression.operands().any(|operand| reads[operand.index()]);
        reads.push(itself || below);
    }
    let reads = |id: ExprId| reads[id.index()];
    let wants = |push: &Push| {
        push.summary_to.is_some()
            || push.fields.iter().any(|line| reads(line.value))
            || push.owner.iter().filter_map(|choice| choice.when).any(reads)
    };
    plan.pushes.iter().map(wants).collect()
}

impl Deref for VerifiedPlan {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        &self.plan
    }
}

/// Why a plan is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {place}: {what}")]
pub struct VerifyError {
    /// A stable name, such as `plan.bounds`.
    pub name: &'static str,
    /// A table and a position in it, such as `code 12`.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

type Verified<T = ()> = Result<T, VerifyError>;

/// An error at a place of a table.
fn refuse<T>(name: &'static str, table: &str, at: usize, what: impl Into<String>) -> Verified<T> {
    Err(VerifyError { name, place: format!("{table} {at}"), what: what.into() })
}

/// Refuses unless an index is one of a table.
#[inline]
fn within(table: &str, at: usize, index: u32, length: usize, of: &str) -> Verified {
    if (index as usize) < length {
        return Ok(());
    }
    refuse("plan.bounds", table, at, format!("{of} {index} of {length}"))
}

/// A pattern that matches whole texts, within limits of memory.
fn whole_pattern(table: &str, at: usize, pattern: &str) -> Verified<Regex> {
    let build = |pattern: &str| {
        RegexBuilder::new(pattern)
            .size_limit(MAX_PATTERN_BYTES)
            .dfa_size_limit(MAX_PATTERN_BYTES)
            .nest_limit(MAX_PATTERN_NESTING)
            .build()
    };
    // Alone first: `a)(b` is a pattern only with parentheses around it.
    match build(pattern).and_then(|_| build(&format!(r"\A(?:{pattern})\z"))) {
        Ok(pattern) => Ok(pattern),
        Err(_) => refuse("plan.pattern", table, at, "the pattern cannot be compiled"),
    }
}

#[cfg(test)]
mod tests;
