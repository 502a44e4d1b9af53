//! A file cut into its items.
//!
//! Item keywords are reserved at the beginning of a line and no token crosses a line, so a broken
//! item can't swallow the next one.

use super::MAX_SOURCE_BYTES;

/// A part of a file that holds one item at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkText<'a> {
    /// The byte of the file at which it begins.
    pub start: u32,
    /// Its text, up to where the next one begins.
    pub text: &'a str,
}

/// The words that begin an item.
pub(super) const ITEM_KEYWORDS: &[&str] =
    &["map", "data", "push", "workflow", "form", "text", "hours", "test"];

const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// Cuts a file at its items. Comments right above an item belong to it; what stands above the
/// first one is a chunk of its own. A byte order mark belongs to none. A file that is too large is
/// one chunk.
pub fn chunks(file: &str) -> Vec<ChunkText<'_>> {
    let text = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file);
    let skipped = file.len() - text.len();
    if file.len() > MAX_SOURCE_BYTES {
        return vec![ChunkText { start: 0, text: file }];
    }
    let mut cuts = cuts(text);
    if cuts.first() != Some(&0) {
        cuts.insert(0, 0);
    }
    cuts.push(text.len());
    cuts.windows(2)
        .filter(|cut| cut[0] < cut[1])
        .filter_map(|cut| {
            let start = u32::try_from(skipped + cut[0]).ok()?;
            Some(ChunkText { start, text: &text[cut[0]..cut[1]] })
        })
        .collect()
}

/// Where the items begin, each with the comments right above it.
fn cuts(text: &str) -> Vec<usize> {
    let mut cuts = Vec::new();
    let mut comments = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if begins_item(line) {
            cuts.push(comments.take().unwrap_or(offset));
        } else if line.starts_with("//") {
            comments.get_or_insert(offset);
        } else {
            comments = None;
        }
        offset += line.len();
    }
    cuts
}

fn begins_item(line: &str) -> bool {
    if !line.as_bytes().first().is_some_and(u8::is_ascii_lowercase) {
        return false;
    }
    let end = line.bytes().position(|byte| !continues_word(byte)).unwrap_or(line.len());
    ITEM_KEYWORDS.contains(&&line[..end])
}

fn continues_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}
