//! What repeats a syntax mistake in other words is not told.
//!
//! A mistake moves the words behind it on its line out of their places, so a line has one syntax
//! report, its first, and no other. What an item that was not understood may have declared is not
//! said to be unknown. And a field whose `sync` is misspelt is not said to lack one.

use std::collections::BTreeSet;

use tidegate_diagnostics::{Code, Diagnostic, SourceId, SourceMap, Span, codes};

use super::chunks::Chunk;
use crate::finding::Finding;
use crate::lower::NO_LANGUAGES;
use crate::syntax::ast::Item;

/// The names that items which were not understood may have declared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Unclear {
    /// An attribute: a `map` or `data` has a syntax mistake.
    attributes: bool,
    /// A workflow, push or form: an item has no name, or none that is known.
    items: bool,
}

impl Unclear {
    pub(super) fn of(chunks: &[Chunk]) -> Self {
        let mut unclear = Self::default();
        for chunk in chunks.iter().filter(|chunk| !chunk.parsed.problems.is_empty()) {
            let hides = |code: Code| {
                code == codes::INDENTED_ITEM
                    || code == codes::UNKNOWN_ITEM
                    || code == codes::UNCLOSED_BRACKET
                    || code == codes::CONFLICT_MARKER
            };
            unclear.items |= chunk.parsed.problems.iter().any(|problem| hides(problem.code));
            match &chunk.parsed.item {
                Item::Map(_) | Item::Data(_) => unclear.attributes = true,
                Item::Push(push) => unclear.items |= push.name.is_missing(),
                Item::Channel(push) => unclear.items |= push.name.is_missing(),
                Item::Form(form) => unclear.items |= form.name.is_missing(),
                Item::Text(text) => unclear.items |= text.name.is_missing(),
                Item::Hours(hours) => unclear.items |= hours.name.is_missing(),
                Item::Workflow(workflow) => unclear.items |= workflow.name.is_missing(),
                Item::Test(_) => {}
                Item::Nothing => unclear.items = true,
            }
        }
        unclear.attributes |= unclear.items;
        unclear
    }

    fn may_have_declared(self, code: Code) -> bool {
        (self.attributes && code == codes::UNKNOWN_ATTRIBUTE)
            || (self.items
                && [
                    codes::UNKNOWN_WORKFLOW,
                    codes::UNKNOWN_PUSH,
                    codes::UNKNOWN_FORM,
                    codes::UNKNOWN_TEXT,
                    codes::UNKNOWN_HOURS,
                ]
                .contains(&code))
    }
}

/// Whether a finding says that something is missing from an item which was not understood.
pub(super) fn misses_part_of_garbled(finding: &Finding, chunks: &[Chunk]) -> bool {
    let code = finding.diagnostic.code;
    (code == codes::OWNER_ORDER || code == codes::FIND_BY)
        && chunks
            .iter()
            .any(|chunk| chunk.item == finding.primary.item && !chunk.parsed.problems.is_empty())
}

/// Leaves of the diagnostics, which stand in their order, what says something new.
pub(super) fn without_echoes(
    diagnostics: Vec<Diagnostic>,
    sources: &SourceMap,
    unclear: Unclear,
) -> Vec<Diagnostic> {
    if !diagnostics.iter().any(is_syntax) {
        return diagnostics;
    }
    let lines = Lines::of(sources);
    let garbled: BTreeSet<Line> = diagnostics
        .iter()
        .filter(|found| is_syntax(found))
        .map(|found| lines.line(found.primary.span))
        .collect();
    // What can't be seen is told before what it led to.
    let invisible: BTreeSet<Line> = diagnostics
        .iter()
        .filter(|found| found.code == codes::FORBIDDEN_CHARACTER)
        .map(|found| lines.line(found.primary.span))
        .collect();
    let mut told = BTreeSet::new();
    diagnostics
        .into_iter()
        .filter(|found| {
            let line = lines.line(found.primary.span);
            if found.code == codes::SECRET {
                return true;
            }
            if is_syntax(found) {
                let hidden = found.code != codes::FORBIDDEN_CHARACTER && invisible.contains(&line);
                return !hidden && told.insert(line);
            }
            !garbled.contains(&line) && !unclear.may_have_declared(found.code)
        })
        .collect()
}

/// Of what the manifest lacks, only the first place that needs it is told.
pub(super) fn without_repeated(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut told = false;
    diagnostics
        .retain(|found| found.message != NO_LANGUAGES || !std::mem::replace(&mut told, true));
    diagnostics
}

/// Leaves out that a field is not synced where a misspelt `sync` means that very field.
pub(super) fn without_meant(diagnostics: Vec<Diagnostic>, sources: &SourceMap) -> Vec<Diagnostic> {
    let meant: BTreeSet<String> = diagnostics
        .iter()
        .filter(|found| found.code == codes::UNKNOWN_FIELD)
        .filter_map(|found| found.fix.as_ref()?.edits.first().map(|edit| edit.text.clone()))
        .collect();
    let says = |span: Span| {
        let text = &sources.get(span.source)?.text;
        text.get(span.start as usize..span.end as usize)
    };
    let echo = |found: &Diagnostic| {
        found.code == codes::NOT_SYNCED
            && says(found.primary.span).is_some_and(|name| meant.contains(name))
    };
    diagnostics.into_iter().filter(|found| !echo(found)).collect()
}

fn is_syntax(found: &Diagnostic) -> bool {
    found.code.id().starts_with("E01")
}

type Line = (SourceId, usize);

/// Where the lines of all sources begin.
struct Lines(Vec<Vec<u32>>);

impl Lines {
    fn of(sources: &SourceMap) -> Self {
        let starts = |text: &str| {
            let breaks = text.bytes().zip(1u32..).filter(|(byte, _)| *byte == b'\n');
            breaks.map(|(_, next)| next).collect()
        };
        Self(sources.iter().map(|(_, source)| starts(&source.text)).collect())
    }

    fn line(&self, span: Span) -> Line {
        let starts = self.0.get(span.source.0 as usize).map_or(&[][..], Vec::as_slice);
        (span.source, starts.partition_point(|start| *start <= span.start))
    }
}
