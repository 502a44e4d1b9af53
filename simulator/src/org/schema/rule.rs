//! Validation rules.

use serde::Deserialize;

/// Refuses rows that its admin does not want; all its tests together describe such a row.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidationRule {
    /// What admins and operators call it.
    pub name: String,
    /// The object whose rows it refuses.
    pub object: String,
    /// Whether a new org holds to it.
    #[serde(default)]
    pub active: bool,
    /// What must be so for a row to be refused.
    pub refuses: Vec<RuleTest>,
    /// The field that the message stands at; without it, it stands at the top of the page.
    pub at: Option<String>,
    /// What the user is told.
    pub message: String,
}

/// One test of a rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleTest {
    /// The field.
    pub field: String,
    /// Whether it is blank.
    pub blank: Option<bool>,
    /// The text that it is.
    pub equals: Option<String>,
    /// What its number is more than.
    pub more_than: Option<i64>,
}
