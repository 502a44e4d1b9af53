//! The diagnostic value, the registry of codes with their pages, and plain renderers.
//!
//! A [`Diagnostic`] is data. What produced it and how it is shown are other rooms' business: the
//! compiler fills it in, the command line renders it: graphically through miette, for programs by the
//! forms here.
//!
//! Wording: lower case, no full stop, the user's text in backticks, the remedy in `help`, never a
//! Rust type name.

pub mod codes;
mod github;
mod hidden;
mod json;
mod printable;
pub mod sarif;
mod short;
mod span;

use serde::Serialize;

pub use codes::Code;
pub use github::render_github;
pub use hidden::without_secrets;
pub use json::{Located, located};
pub use printable::{is_harmful, printable};
pub use short::render_short;
pub use span::{SourceId, SourceMap, SourceText, Span};

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Stops a build.
    Error,
    /// Is shown, and stops a build only with `--strict`.
    Warning,
    /// Tells something worth knowing, such as a proof that succeeded.
    Note,
}

impl Severity {
    /// The word for it, as compilers write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A place in a source and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be said there; may be empty for the primary label.
    pub text: String,
}

/// One replacement of a range of source text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Edit {
    /// The range replaced; an empty one inserts.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// A change that mends what a diagnostic reports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Fix {
    /// In the imperative: "write `Priority`".
    pub title: String,
    /// Non-overlapping, in source order.
    pub edits: Vec<Edit>,
}

/// One thing found in a project's sources.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Diagnostic {
    /// The stable code; `tidegate explain CODE` shows its page.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in the user's words.
    pub message: String,
    /// Where it stands.
    pub primary: Label,
    /// Other places that belong to it, such as an earlier declaration.
    pub secondary: Vec<Label>,
    /// For a refuted proof: the steps of one conversation that gets there, in order.
    /// In JSON it is `trace`: `path` is the file there.
    #[serde(rename = "trace")]
    pub path: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
    /// The change that mends it, where one is certain.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A diagnostic with the code's usual severity.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            path: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Says something at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds another place that belongs to it.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Attaches the change that mends it.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }

    /// Attaches the steps of one conversation that gets there.
    #[must_use]
    pub fn path(mut self, path: Vec<Label>) -> Self {
        self.path = path;
        self
    }
}
