//! A query as it was written.

/// A whole query.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Query {
    pub(super) selection: Selection,
    pub(super) from: String,
    pub(super) condition: Option<Condition>,
    pub(super) order: Vec<Ordering>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Selection {
    Count,
    Fields(Vec<Path>),
}

/// `Contact.Account.Name`, and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) names: Vec<String>,
    pub(super) at: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare { path: Path, operator: Operator, literal: Literal },
    In { path: Path, literals: Vec<Literal>, negated: bool },
    Includes { path: Path, literals: Vec<Literal>, negated: bool },
    Like { path: Path, literal: Literal },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Literal {
    Null,
    Boolean(bool),
    Number(String),
    Date(String),
    Instant(String),
    Time(String),
    /// Without its quotes and escapes.
    Text(String),
    /// As it stands between the quotes: in a pattern, `\%` and `%` differ.
    /// Only `LIKE` reads it so.
    Pattern(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ordering {
    pub(super) path: Path,
    pub(super) descending: bool,
    pub(super) nulls_last: bool,
}
