//! The column of descriptions: values of a list and what is said of them stand like a table.

use super::line::{Line, LineKind};

/// Blanks between a value and its description at least.
const GUTTER: usize = 2;
/// A longer value leaves the column alone, and the column the value.
const WIDEST: usize = 40;

/// Whether a line goes on with the table of the one above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Above {
    /// It stands right below it.
    Joined,
    /// A blank line stands between them.
    Apart,
    /// It stays as it was written, and belongs to no table.
    Kept,
}

/// How wide the column of values is in which each line stands.
pub(super) fn columns(lines: &[Line<'_>], above: impl Fn(usize) -> Above) -> Vec<usize> {
    let mut columns = vec![0; lines.len()];
    let mut start = 0;
    while start < lines.len() {
        let in_table = |at: &usize| {
            let line = &lines[*at];
            line.kind == LineKind::Described
                && line.depth == lines[start].depth
                && match above(*at) {
                    Above::Joined => true,
                    Above::Apart => *at == start,
                    Above::Kept => false,
                }
        };
        let rows = (start..lines.len()).take_while(in_table).count();
        let table = start..start + rows;
        let widest = table.clone().filter_map(|at| value(&lines[at])).max().unwrap_or(0);
        columns[table].fill(widest);
        start += rows.max(1);
    }
    columns
}

fn value(line: &Line<'_>) -> Option<usize> {
    let width = line.tokens.first()?.width();
    (line.code().len() > 1 && width <= WIDEST).then_some(width)
}

/// Blanks behind a value, in a column as wide as this.
pub(super) fn blanks(value: usize, column: usize) -> usize {
    column.saturating_sub(value) + GUTTER
}
