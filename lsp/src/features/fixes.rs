//! Changes that mend what is wrong.

use gen_lsp_types::{CodeAction, CodeActionKind, Range};
use tidegate_compiler::analysis::Analysis;
use tidegate_diagnostics::SourceId;

use super::changes::{Changes, Editing};
use crate::diagnostics::Places;

/// The fixes of what was found in a part of a source.
pub(crate) fn fixes(
    analysis: &Analysis,
    places: &Places<'_>,
    editing: Editing<'_>,
    source: SourceId,
    wanted: Range,
) -> Vec<CodeAction> {
    let found = analysis.diagnostics.iter().filter(|found| found.primary.span.source == source);
    found
        .filter_map(|found| {
            let fix = found.fix.as_ref()?;
            let at = places.range(found.primary.span)?;
            if at.end < wanted.start || wanted.end < at.start {
                return None;
            }
            let mut changes = Changes::default();
            for edit in &fix.edits {
                changes.put(places, edit.span, &edit.text)?;
            }
            Some(CodeAction {
                title: sentence(&fix.title),
                kind: Some(CodeActionKind::QuickFix),
                diagnostics: Some(vec![places.diagnostic(found)?]),
                is_preferred: Some(true),
                edit: Some(changes.edit(editing)),
                ..CodeAction::default()
            })
        })
        .collect()
}

/// As editors write what they offer.
fn sentence(title: &str) -> String {
    let mut characters = title.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}
