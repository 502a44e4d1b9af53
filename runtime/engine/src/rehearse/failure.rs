//! How a test fails.

use tidegate_plan::model::StepId;
use tidegate_plan::rehearsal::Span;

/// Why a test fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// In which way.
    pub kind: Kind,
    /// The line.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What happens instead.
    pub instead: String,
    /// What to write.
    pub help: Option<String>,
    /// The conversation as it went.
    pub told: Vec<Told>,
}

/// In which way a test fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What a line expects does not happen.
    Expected,
    /// Something happens that no line expects.
    Unexpected,
    /// A line says what can't be done there.
    Impossible,
}

/// One thing of a conversation as it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Where it comes from.
    pub at: Where,
    /// What it was.
    pub text: String,
}

/// Where something comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// A line of the test.
    Line(Span),
    /// A step of the program.
    Step(StepId),
}

/// What is wrong with a line, before it is known which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    pub(super) message: String,
    pub(super) instead: String,
    pub(super) help: Option<String>,
}

impl Fault {
    pub(super) fn expected(message: impl Into<String>, instead: impl Into<String>) -> Box<Self> {
        Self::new(Kind::Expected, message, instead)
    }

    pub(super) fn impossible(message: impl Into<String>, instead: impl Into<String>) -> Box<Self> {
        Self::new(Kind::Impossible, message, instead)
    }

    pub(super) fn new(
        kind: Kind,
        message: impl Into<String>,
        instead: impl Into<String>,
    ) -> Box<Self> {
        let (message, instead) = (message.into(), instead.into());
        Box::new(Self { kind, message, instead, help: None })
    }

    pub(super) fn help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        self.help = Some(help.into());
        self
    }
}
