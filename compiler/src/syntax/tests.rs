//! What parsing promises.

mod properties;
mod reports;
mod trees;

/// Every construct that this version has.
pub(super) const SAMPLE: &str = include_str!("tests/sample.tide");

use super::{ParsedItem, chunks, parse};

/// Every item of a file.
pub(super) fn parse_file(text: &str) -> Vec<ParsedItem> {
    chunks(text).into_iter().map(|chunk| parse(chunk.text)).collect()
}

/// Codes and messages of a file, with the text that they stand at.
pub(super) fn reports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for chunk in chunks(text) {
        for problem in parse(chunk.text).problems {
            let (start, end) = (problem.range.start as usize, problem.range.end as usize);
            let line = chunk.text[..start].matches('\n').count() + 1;
            found.push(format!(
                "{line}: {} {} ({}) @`{}`",
                problem.code.id(),
                problem.message,
                problem.help.unwrap_or_default(),
                &chunk.text[start..end]
            ));
        }
    }
    found
}
