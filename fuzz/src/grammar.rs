//! Text to trees: the chunks are the text, every report lies in it at letters' borders.

use tidegate_compiler::syntax::{chunks, parse};

/// Reads any text.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let pieces = chunks(text);
    let joined: usize = pieces.iter().map(|chunk| chunk.text.len()).sum();
    assert_eq!(joined, text.strip_prefix('\u{feff}').unwrap_or(text).len(), "text between chunks");
    for chunk in pieces {
        for problem in &parse(chunk.text).problems {
            let range = problem.range.start as usize..problem.range.end as usize;
            assert!(chunk.text.get(range).is_some(), "{problem:?} is not in the text");
        }
    }
}
