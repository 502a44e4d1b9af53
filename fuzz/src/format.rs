//! Text to the canonical style: blanks and line ends change, and nothing else does.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use tidegate_compiler::syntax::format::format;
use tidegate_compiler::syntax::{chunks, parse};

/// Reads any text.
pub fn run(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data)
        && let Err(what) = holds(text)
    {
        panic!("{what}");
    }
}

/// Whether bytes are a text that is not in the style yet and that is understood as a whole.
#[allow(dead_code, reason = "for the corpora's replay")]
pub fn is_changed(data: &[u8]) -> bool {
    let text = std::str::from_utf8(data).unwrap_or_default();
    is_sound(text) && format(text).text != text
}

/// What the style promises for every text: twice is once; the signs are the same in the same order;
/// so are the meaning and the comments; what is not understood stays; and what is sound stays sound.
/// Gives the text in the style.
///
/// # Errors
/// What does not hold.
pub fn holds(text: &str) -> Result<String, String> {
    let once = format(text).text;
    if once == text {
        return Ok(once);
    }
    let twice = format(&once).text;
    let both = format!("\n---- before\n{text}\n---- after\n{once}");
    if twice != once {
        return Err(format!("twice is not once{both}\n---- twice\n{twice}"));
    }
    if !signs(text).eq(signs(&once)) {
        return Err(format!("other signs{both}"));
    }
    if tree(text) != tree(&once) {
        return Err(format!("another meaning{both}\n{}\n{}", tree(text), tree(&once)));
    }
    if comments(text) != comments(&once) {
        return Err(format!("other comments{both}"));
    }
    let written: BTreeSet<&str> = once.lines().collect();
    if let Some(line) = faults(text).into_iter().find(|line| !written.contains(line)) {
        return Err(format!("`{line}` is not understood, and changed{both}"));
    }
    if is_sound(text) != is_sound(&once) {
        return Err(format!("sound before or afterwards, but not both{both}"));
    }
    Ok(once)
}

fn signs(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|sign| !matches!(sign, ' ' | '\t' | '\r' | '\n'))
}

fn is_sound(text: &str) -> bool {
    chunks(text).iter().all(|chunk| parse(chunk.text).problems.is_empty())
}

/// The lines on which something is not understood.
fn faults(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    for chunk in chunks(text) {
        for problem in parse(chunk.text).problems {
            let at = problem.range.start as usize;
            let start = chunk.text[..at].rfind('\n').map_or(0, |end| end + 1);
            lines.extend(chunk.text[start..].lines().next().filter(|line| !line.trim().is_empty()));
        }
    }
    lines
}

/// What is understood, without the places.
fn tree(text: &str) -> String {
    let mut tree = String::new();
    for chunk in chunks(text) {
        let item = format!("{:?}", parse(chunk.text).item);
        if item != "Nothing" {
            let _ = writeln!(tree, "{}", without_places(&item));
        }
    }
    tree
}

/// Without what looks like `12..34`.
fn without_places(text: &str) -> String {
    let mut pieces = text.split("..");
    let mut out = String::new();
    let mut left = pieces.next().unwrap_or_default();
    for right in pieces {
        let before = left.trim_end_matches(|sign: char| sign.is_ascii_digit());
        let after = right.trim_start_matches(|sign: char| sign.is_ascii_digit());
        if before.len() < left.len() && after.len() < right.len() {
            out.push_str(before);
            left = after;
        } else {
            out.push_str(left);
            out.push_str("..");
            left = right;
        }
    }
    out + left
}

/// What stands behind the last `//` of lines, in the order of the alphabet.
fn comments(text: &str) -> Vec<&str> {
    let tail = |line: &'_ str| line.rfind("//").map(|at| (at, line.len()));
    let ends: Vec<&str> = text
        .lines()
        .filter_map(|line| tail(line).map(|(from, to)| line[from..to].trim_ascii_end()))
        .filter(|tail| !tail.contains(['"', '\'', '{', '}']))
        .collect();
    let mut sorted = ends;
    sorted.sort_unstable();
    sorted
}
