//! Changes that mend what is wrong, as they stand in the text.

use tidegate_diagnostics::{Diagnostic, SourceMap};

/// Lines that a fix puts above another one stand as far in as that one.
pub(super) fn indent(found: &mut Diagnostic, sources: &SourceMap) {
    for edit in found.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
        let text = sources.get(edit.span.source).map(|source| source.text.as_str());
        let before = text.and_then(|text| text.get(..edit.span.start as usize));
        let line = before.map(|before| before.rsplit('\n').next().unwrap_or_default());
        if let Some(blanks) = line.filter(|line| line.trim().is_empty()) {
            edit.text = edit.text.replace('\n', &format!("\n{blanks}"));
        }
    }
}
