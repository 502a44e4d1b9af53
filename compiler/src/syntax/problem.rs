//! What is wrong with a chunk's text.

use tidegate_diagnostics::Code;

use crate::finding::Finding;
use crate::source::{ItemId, Loc, Range};

/// Something wrong with a chunk's text. Ranges are relative to the chunk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where it stands.
    pub range: Range,
    /// The stable code.
    pub code: Code,
    /// What is wrong, in the user's words.
    pub message: String,
    /// Other places that belong to it.
    pub also: Vec<(Range, String)>,
    /// What to write instead.
    pub help: Option<String>,
    /// The change that mends it, where one is certain.
    pub fix: Option<ProblemFix>,
}

/// A change that mends a problem.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProblemFix {
    /// In the imperative.
    pub title: String,
    /// Places in source order, and what stands there afterwards.
    pub edits: Vec<(Range, String)>,
}

impl Problem {
    pub(super) fn new(code: Code, range: Range, message: impl Into<String>) -> Self {
        Self { range, code, message: message.into(), also: Vec::new(), help: None, fix: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn also(mut self, range: Range, text: impl Into<String>) -> Self {
        self.also.push((range, text.into()));
        self
    }

    /// A fix that puts `text` in the place of `range`, with help in the same words.
    pub(super) fn replace(mut self, range: Range, text: impl Into<String>) -> Self {
        let text = text.into();
        let title = format!("write `{text}`");
        self.help.get_or_insert_with(|| title.clone());
        self.fix = Some(ProblemFix { title, edits: vec![(range, text)] });
        self
    }

    /// The finding, once it is known which item the chunk is.
    pub fn finding(&self, item: ItemId) -> Finding {
        let at = |range| Loc { item, range };
        let mut finding = Finding::new(self.code, at(self.range), self.message.clone());
        for (range, text) in &self.also {
            finding = finding.also(at(*range), text.clone());
        }
        if let Some(help) = &self.help {
            finding = finding.help(help.clone());
        }
        if let Some(fix) = &self.fix {
            let edits = fix.edits.iter().map(|(range, text)| (at(*range), text.clone())).collect();
            finding = finding.fix(fix.title.clone(), edits);
        }
        finding
    }
}
