//! How dead letters look in a terminal. The org's words are shown escaped.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::Value as Json;
use tidegate_server::dead_letters::{Letter, Summary};

/// Characters of an id that tell letters apart, most often.
const SHORT: usize = 8;

/// How an id begins.
pub(super) fn short(one: &Summary) -> String {
    one.id.to_string().chars().take(SHORT).collect()
}

/// One line each.
pub(super) fn table(all: &[Summary]) -> String {
    let head = ["ID", "WHAT", "CODE", "FIELDS", "SOURCE", "GIVEN UP", "TRIES"];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(all.iter().map(|one| {
        [
            short(one),
            plain(&one.what),
            plain(&one.code),
            or_none(plain(&one.fields.join(", "))),
            or_none(plain(one.source.as_deref().unwrap_or_default())),
            minute(one.at),
            one.attempts.to_string(),
        ]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..head.len()).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// All that is known of one.
pub(super) fn whole(letter: &Letter) -> String {
    let one = &letter.summary;
    let mut text = String::new();
    let mut line = |name: &str, what: &str| {
        let _ = writeln!(text, "{name:<13} {what}");
    };
    line("dead letter", &one.id.to_string());
    line("what", &plain(&one.what));
    let status = letter.status.map(|status| format!(", status {status}")).unwrap_or_default();
    line("code", &format!("{}{status}", plain(&one.code)));
    line("fields", &or_none(plain(&one.fields.join(", "))));
    line("answer", &plain(&letter.answer));
    line("source", &or_none(plain(one.source.as_deref().unwrap_or_default())));
    line("conversation", &one.conversation.to_string());
    line("since", &one.since.map_or_else(|| "-".to_owned(), minute));
    line("given up", &minute(one.at));
    line("tries", &one.attempts.to_string());
    let _ = writeln!(text, "\nwhat was sent");
    letter.request.lines().for_each(|line| {
        let _ = writeln!(text, "  {}", plain(line));
    });
    if letter.object.is_some() {
        let _ = writeln!(text, "\nwhat `resend` would send");
        for (field, value) in &letter.payload {
            let _ = writeln!(text, "  {} = {}", plain(field), shown(value));
        }
    }
    if !letter.decisions.is_empty() {
        let _ = writeln!(text, "\ndecisions");
    }
    for decided in &letter.decisions {
        let (at, by, what) = (minute(decided.at), plain(&decided.by), plain(&decided.what));
        let _ = writeln!(text, "  {at}  {what}, by {by}");
    }
    text
}

/// What a change has changed.
pub(super) fn mended(before: &Letter, after: &Letter) -> String {
    let mut text = String::new();
    for (field, old) in &before.payload {
        if after.payload.get(field) != Some(old) {
            let _ = writeln!(text, "- {} = {}", plain(field), shown(old));
        }
    }
    for (field, new) in &after.payload {
        if before.payload.get(field) != Some(new) {
            let _ = writeln!(text, "+ {} = {}", plain(field), shown(new));
        }
    }
    let _ = writeln!(text, "`tidegate dead-letters resend {}` sends it", short(&after.summary));
    text
}

fn shown(value: &Json) -> String {
    plain(&value.to_string())
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn or_none(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}

/// Without what would move the cursor or turn the text round.
fn plain(text: &str) -> String {
    let harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if harmful(c) { '\u{fffd}' } else { c }).collect()
}
