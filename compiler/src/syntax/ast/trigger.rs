//! What starts a workflow, as written.

use super::{Expr, Name};
use crate::source::Range;

/// `on EVENT [after DURATION] [when CONDITION] [once per PERIOD] [before WORKFLOW, …]`
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// The event.
    pub event: Name,
    /// How long a visit lasts before it is one, in milliseconds.
    pub after: Option<u64>,
    /// What must hold.
    pub when: Option<Expr>,
    /// How often it starts it.
    pub once: Option<Once>,
    /// Workflows that start only where this one does not.
    pub before: Vec<Name>,
    /// The whole of it.
    pub range: Range,
}

impl Trigger {
    /// The event that starts nothing but what runs in the background.
    pub const AGENT_REPLY: &str = "agent reply";
}

/// `once per PERIOD`
#[derive(Debug, Clone, PartialEq)]
pub struct Once {
    /// `visit`, `day` or `person`.
    pub period: Name,
    /// In which time zone a day is one.
    pub zone: Option<Box<Expr>>,
    /// The whole of it.
    pub range: Range,
}
