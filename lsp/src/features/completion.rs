//! What can be written at the cursor.
//!
//! A word that nobody writes is put where the cursor is, and the item is read with it: what that
//! word then names says what is wanted there. So it works in an item that is not finished.

mod offered;
mod phrases;

use gen_lsp_types::{CompletionItem, CompletionItemKind, CompletionItemTextEdit, TextEdit};
use tidegate_compiler::analysis::{Analysis, Settings};
use tidegate_compiler::mentions::{Mention, Named, lets_at, mentions, time_zones};
use tidegate_compiler::source::{ItemId, Range};
use tidegate_compiler::syntax::{self, ParsedItem};
use tidegate_diagnostics::SourceId;

use crate::text::{Encoding, Text};
use offered::Offered;

/// A word that nobody writes.
const CURSOR: &str = "tidegate_cursor";

/// What may be missing behind it.
const MENDED: [&str; 4] = ["", "}", "}\"", "\""];

/// A place in a text at which something is to be written.
pub(crate) struct At<'a> {
    pub(crate) analysis: &'a Analysis,
    pub(crate) settings: &'a Settings,
    /// The item as the last check knew it, for the values of its `let`s.
    pub(crate) source: SourceId,
    pub(crate) text: &'a Text,
    pub(crate) offset: usize,
    pub(crate) encoding: Encoding,
}

/// What is read with the word in it.
struct Probe {
    parsed: ParsedItem,
    /// Where the word stands in the chunk.
    cursor: Range,
    /// The bytes of the text that what is chosen replaces.
    replaces: (usize, usize),
    /// What stands on the line before them.
    before: String,
    /// Where the chunk begins.
    start: usize,
}

/// What can be written there, what fits best first.
pub(crate) fn complete(at: &At<'_>) -> Vec<CompletionItem> {
    let text = at.text.as_str();
    let mut probes = MENDED.iter().filter_map(|behind| probe(text, at.offset, behind));
    let Some(mut probe) = probes.next() else { return Vec::new() };
    let (start, end) = probe.replaces;
    let behind = text.get(end..).unwrap_or_default();
    if let Some((back, ahead)) = phrases::zone(&probe.before, behind) {
        return placed(at, zones(), (start - back, end + ahead));
    }
    if let Some(words) = phrases::behind(&probe.parsed.item, &probe.before) {
        return placed(at, offered::keywords(words), probe.replaces);
    }
    let mut wanted = wanted(&probe);
    // What was begun may hide what stands in it until it has its end.
    while wanted.is_none() && probe.parsed.unknown.is_empty() {
        let Some(mended) = probes.next() else { break };
        wanted = self::wanted(&mended);
        if wanted.is_some() {
            probe = mended;
        }
    }
    let item = item_of(at, &probe);
    let lets = lets_at(&probe.parsed.item, probe.cursor.start);
    let offered = match &wanted {
        Some(mention) => {
            Offered { at, item, mention, lets: &lets, line: &probe.before, parsed: &probe.parsed }
                .all()
        }
        None => offered::words(at, &probe.parsed, probe.cursor, &probe.before),
    };
    let replaces = wanted.as_ref().and_then(|mention| whole_value(&probe, mention));
    placed(at, offered, replaces.unwrap_or(probe.replaces))
}

/// The time zones, in quotes.
fn zones() -> Vec<CompletionItem> {
    let quoted = time_zones().into_iter().map(|zone| format!("\"{zone}\""));
    quoted.map(|zone| offered::plain(&zone, CompletionItemKind::Constant, "")).collect()
}

/// What is offered, in the place of some bytes of the text.
fn placed(
    at: &At<'_>,
    offered: Vec<CompletionItem>,
    (start, end): (usize, usize),
) -> Vec<CompletionItem> {
    let range = at.text.range_of(start, end, at.encoding);
    let place = |mut item: CompletionItem| {
        let new_text = item.insert_text.take().unwrap_or_else(|| item.label.clone());
        item.text_edit = Some(CompletionItemTextEdit::TextEdit(TextEdit { range, new_text }));
        item
    };
    offered.into_iter().map(place).collect()
}

/// What is wanted where the word stands.
fn wanted(probe: &Probe) -> Option<Mention> {
    let all = mentions(&probe.parsed.item).into_iter();
    let there = all.filter(|its| !its.declares && touches(its.range, probe.cursor));
    there.min_by_key(|its| its.range.end - its.range.start)
}

/// The item as the last check knew it.
fn item_of(at: &At<'_>, probe: &Probe) -> Option<ItemId> {
    let start = u32::try_from(probe.start).ok()?;
    at.analysis.written_at(at.source, start).map(|written| written.id)
}

fn touches(range: Range, cursor: Range) -> bool {
    range.start <= cursor.start && cursor.end <= range.end
}

/// Reads the item around the cursor with the word there, and an end of what was begun behind it.
fn probe(text: &str, offset: usize, mended: &str) -> Option<Probe> {
    let chunks = syntax::chunks(text);
    let chunk = chunks.iter().rev().find(|chunk| chunk.start as usize <= offset);
    let (start, chunk) = chunk.map_or((0, ""), |chunk| (chunk.start as usize, chunk.text));
    let at = offset - start;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let before = chunk.get(..at)?;
    let begins = before.trim_end_matches(is_word).len();
    let behind = chunk.get(at..)?;
    let ends = at + behind.len() - behind.trim_start_matches(is_word).len();
    let line = before[..begins].rsplit('\n').next().unwrap_or_default();
    // In a comment nothing is wanted.
    if line.trim_start().starts_with("//") {
        return None;
    }
    let probed = format!("{}{CURSOR}{mended}{}", &chunk[..begins], &chunk[ends..]);
    let number = |at: usize| u32::try_from(at).ok();
    Some(Probe {
        parsed: syntax::parse(&probed),
        cursor: Range { start: number(begins)?, end: number(begins + CURSOR.len())? },
        replaces: (start + begins, start + ends),
        before: line.to_owned(),
        start,
    })
}

/// A value in quotes is replaced as a whole, without its quotes.
fn whole_value(probe: &Probe, mention: &Mention) -> Option<(usize, usize)> {
    let Named::Value(_, text) = &mention.named else { return None };
    let at = text.find(CURSOR)?;
    let (start, end) = probe.replaces;
    let behind = text.len() - at - CURSOR.len();
    Some((start.checked_sub(at)?, end + behind))
}
