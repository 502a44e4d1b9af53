//! A document in the one style, as the least edits that lead there.

use gen_lsp_types::TextEdit;
use similar::{DiffOp, TextDiff};
use tidegate_compiler::syntax::format::format;

use crate::text::{Encoding, Text};

/// The edits, line by line. What is not understood stays as it is.
pub(crate) fn edits(text: &Text, encoding: Encoding) -> Vec<TextEdit> {
    let formatted = format(text.as_str()).text;
    let diff = TextDiff::from_lines(text.as_str(), formatted.as_str());
    let old = starts(diff.iter_old_slices());
    let new = starts(diff.iter_new_slices());
    let edit = |op: &DiffOp| {
        let (before, after) = (op.old_range(), op.new_range());
        let range = text.range_of(old[before.start], old[before.end], encoding);
        let new_text = formatted[new[after.start]..new[after.end]].to_owned();
        TextEdit { range, new_text }
    };
    let changed = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    changed.map(edit).collect()
}

/// Where each line begins, and where the last one ends.
fn starts<'t>(lines: impl Iterator<Item = &'t str>) -> Vec<usize> {
    let mut end = 0;
    let ends = lines.map(|line| {
        end += line.len();
        end
    });
    std::iter::once(0).chain(ends).collect()
}
