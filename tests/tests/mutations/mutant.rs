//! A source with one mistake in it.

use std::ops::Range;

use tidegate_compiler::analysis::Inputs;
use tidegate_diagnostics::{SourceId, SourceMap, SourceText};

use super::kinds::Kind;

/// One mistake at one place.
#[derive(Debug, Clone)]
pub(crate) struct Mutant {
    pub(crate) kind: Kind,
    pub(crate) source: SourceId,
    pub(crate) at: Range<usize>,
    pub(crate) instead: String,
}

impl Mutant {
    /// The project with the mistake in it.
    pub(crate) fn inputs(&self, right: &Inputs) -> Inputs {
        let source = |(id, source): (SourceId, &SourceText)| {
            let mut text = source.text.clone();
            if id == self.source {
                text.replace_range(self.at.clone(), &self.instead);
            }
            SourceText { name: source.name.clone(), text }
        };
        let sources = SourceMap::new(right.sources.iter().map(source).collect());
        Inputs { sources, ..right.clone() }
    }

    /// Where it is and what was done, on one line.
    pub(crate) fn told(&self, right: &Inputs) -> String {
        let source = right.sources.get(self.source).expect("a source");
        let line = source.text[..self.at.start].matches('\n').count() + 1;
        let first = |text: &str| {
            let mut lines = text.trim().lines();
            let first = lines.next().unwrap_or("nothing").to_owned();
            if lines.next().is_some() { first + " …" } else { first }
        };
        let (was, is) = (first(&source.text[self.at.clone()]), first(&self.instead));
        format!("{}:{line}: {} -> {}", source.name, was, is)
    }
}
