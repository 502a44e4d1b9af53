//! One thing on which the plan relies and which the org no longer is.

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Something is refused, or nobody is recognised, from now on.
    Breaks,
    /// Something may be refused, or is kept otherwise than was meant.
    MayBreak,
}

/// One thing on which the plan relies and which the org no longer is. For the operator: it holds
/// names of the org and of the program, and nothing that a customer wrote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DriftFinding {
    /// How bad it is.
    pub weight: Weight,
    /// The first line of the program that relies on it, `pushes.tide:9`.
    pub place: Option<String>,
    /// What the org has become: "value `Refund` of `Case.Reason` is deactivated".
    pub what: String,
    /// What no longer works.
    pub breaks: String,
    /// What customers see of it.
    pub customers: String,
    /// What to do.
    pub remedy: String,
}
