//! Expressions.

use super::{Name, Path};
use crate::source::Range;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub range: Range,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `'…'`, or `"…"` without holes.
    Text(String),
    /// `"…{…}…"` and runs of `>` lines.
    Template(Vec<TemplatePart>),
    /// Digits as written: `500.00`.
    Number(String),
    /// `true`, `false`
    Bool(bool),
    /// `5m`
    Duration(u64),
    /// `blank`
    Blank,
    /// `now`
    Now,
    /// An attribute.
    Path(Path),
    /// `person is verified`
    PersonVerified,
    /// `person is known`
    PersonKnown,
    /// `not E`
    Not(Box<Expr>),
    /// An operator between two operands.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `E is blank`, or `E is set` where `negated`
    IsBlank {
        /// What is looked at.
        operand: Box<Expr>,
        /// `is set`.
        negated: bool,
    },
    /// `E in [ V, … ]`
    In(Box<Expr>, Vec<Expr>),
    /// `E in HOURS`
    InHours(Box<Expr>, Name),
    /// `if C then A else B`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `E | pipe argument…`
    Pipe(Box<Expr>, PipeCall),
    /// Missing or broken; reported.
    Missing,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum TemplatePart {
    /// Text, unescaped.
    Text(String),
    /// `{expression}`
    Hole(Expr),
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `or`
    Or,
    /// `and`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `contains`
    Contains,
    /// `starts with`
    StartsWith,
    /// `ends with`
    EndsWith,
    /// `matches`
    Matches,
    /// `??`
    OrElse,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// A pipe's name and arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct PipeCall {
    /// `lower`, `first`, …
    pub name: Name,
    /// Literals behind it.
    pub arguments: Vec<Expr>,
    /// `in "Europe/Berlin"`
    pub zone: Option<Box<Expr>>,
}
