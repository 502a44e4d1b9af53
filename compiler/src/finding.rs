//! A diagnostic whose places are still relative to their items, so that it can be cached with the
//! item that it was found in.

use tidegate_diagnostics::{Code, Diagnostic, Edit, Fix, Label, SourceId, Span};

use tidegate_plan::rehearsal::Wanted;

use crate::source::{ItemMap, Loc};

/// A diagnostic before its places are made absolute.
///
/// The places stand beside the diagnostic, in the same order as the labels and edits that they
/// belong to; [`Finding::place`] puts them in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The diagnostic, its spans left at zero.
    pub diagnostic: Diagnostic,
    /// The primary place.
    pub primary: Loc,
    /// The places of `secondary`, in order.
    pub secondary: Vec<Loc>,
    /// The places of `path`, in order.
    pub path: Vec<Loc>,
    /// The places of the fix's edits, in order.
    pub edits: Vec<Loc>,
    /// What the failure hangs on at the end of the path.
    pub wanted: Option<Wanted>,
}

const NOWHERE: Span = Span { source: SourceId(0), start: 0, end: 0 };

impl Finding {
    /// A finding with the code's usual severity.
    pub fn new(code: Code, at: Loc, message: impl Into<String>) -> Self {
        Self {
            diagnostic: Diagnostic::new(code, NOWHERE, message),
            primary: at,
            secondary: Vec::new(),
            path: Vec::new(),
            edits: Vec::new(),
            wanted: None,
        }
    }

    /// Says something at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.label(text);
        self
    }

    /// Adds another place that belongs to it.
    #[must_use]
    pub fn also(mut self, at: Loc, text: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.also(NOWHERE, text);
        self.secondary.push(at);
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.help(help);
        self
    }

    /// Attaches the change that mends it: places in source order, and what stands there afterwards.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, edits: Vec<(Loc, String)>) -> Self {
        let (places, texts): (Vec<Loc>, Vec<String>) = edits.into_iter().unzip();
        let edits = texts.into_iter().map(|text| Edit { span: NOWHERE, text }).collect();
        self.diagnostic.fix = Some(Fix { title: title.into(), edits });
        self.edits = places;
        self
    }

    /// Attaches the steps of one conversation that gets there.
    #[must_use]
    pub fn path(mut self, path: Vec<(Loc, String)>) -> Self {
        let (places, texts): (Vec<Loc>, Vec<String>) = path.into_iter().unzip();
        self.diagnostic.path =
            texts.into_iter().map(|text| Label { span: NOWHERE, text }).collect();
        self.path = places;
        self
    }

    /// The diagnostic with every place made absolute.
    pub fn place(&self, items: &ItemMap) -> Diagnostic {
        let mut placed = self.diagnostic.clone();
        placed.primary.span = items.span(self.primary);
        for (label, at) in placed.secondary.iter_mut().zip(&self.secondary) {
            label.span = items.span(*at);
        }
        for (label, at) in placed.path.iter_mut().zip(&self.path) {
            label.span = items.span(*at);
        }
        if let Some(fix) = &mut placed.fix {
            for (edit, at) in fix.edits.iter_mut().zip(&self.edits) {
                edit.span = items.span(*at);
            }
        }
        placed
    }
}
