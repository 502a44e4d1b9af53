//! Programs as somebody may have typed them: the same tokens, laid out by chance.

use super::dice::Dice;

/// What may be done to a program beside moving its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// What the style makes of it is the same.
    Layout,
    /// Comments and blank lines come to it.
    Comments,
}

/// A program of which only the layout, or comments and blank lines too, are others.
pub(crate) fn mess(text: &str, manner: Manner, dice: &mut Dice) -> String {
    // A form of one line stays on the line of its braces only where both are there.
    let joins_open = dice.percent(50);
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).map_or("", |next| next.trim_start());
        if manner == Manner::Comments {
            between(dice, line, &mut out);
        }
        // Items begin at the beginning of a line.
        if line.starts_with(' ') {
            blanks(dice, &mut out);
        }
        if is_text(line) {
            out.push_str(line.trim_start());
        } else {
            out.push_str(&spread(line.trim_start(), dice));
            if dice.percent(8) && may_be_followed(manner, line, next) {
                out.push_str(&format!(" // behind {at}"));
            } else if !is_text(next) && may_join(line, next, joins_open) && dice.percent(30) {
                out.push(' ');
                continue;
            } else {
                out.push_str(dice.pick(&["", "", " ", "\t"]));
            }
        }
        out.push('\n');
    }
    out
}

/// What may stand between two lines.
fn between(dice: &mut Dice, line: &str, out: &mut String) {
    if dice.percent(6) && !is_text(line) && out.ends_with('\n') {
        out.push_str(dice.pick(&["\n", "\n\n\n", "   // between\n", "\n  // apart\n\n"]));
    }
}

fn blanks(dice: &mut Dice, out: &mut String) {
    for _ in 0..dice.below(9) {
        out.push_str(dice.pick(&[" ", " ", "\t"]));
    }
    out.push(' ');
}

fn is_text(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Whether a comment may stand behind a line.
fn may_be_followed(manner: Manner, line: &str, next: &str) -> bool {
    manner == Manner::Comments && !is_comment(line) && !is_text(next)
}

fn may_join(line: &str, next: &str, open: bool) -> bool {
    if is_comment(line) || is_comment(next) || next.is_empty() {
        return false;
    }
    if open { line.ends_with('{') && !next.starts_with('}') } else { next.starts_with('}') }
}

/// A line with other blanks between its tokens, and broken where it may be.
fn spread(line: &str, dice: &mut Dice) -> String {
    let mut out = String::new();
    for (at, sign) in line.char_indices() {
        out.push(sign);
        let Some(inside) = (sign == ' ').then(|| place(&line[..at])) else { continue };
        if inside == Place::Text {
            continue;
        }
        let word = line[..at].rsplit(' ').next().unwrap_or_default();
        let operator = ["and", "or", "??", "+", "==", "*"].contains(&word);
        match dice.below(10) {
            0 => out.push_str("  "),
            1 => out.push('\t'),
            2 | 3 if operator && inside == Place::Code => out.push('\n'),
            4 if operator && inside == Place::Code => out.push_str("\n\n    "),
            _ => {}
        }
    }
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Code,
    /// Inside a text, in an expression that may not be broken.
    Hole,
    Text,
}

/// Where the end of a line's beginning stands.
fn place(before: &str) -> Place {
    if is_comment(before) {
        return Place::Text;
    }
    // The quote of each text around it, and whether a hole of it is open.
    let mut open: Vec<(char, bool)> = Vec::new();
    let mut escaped = false;
    for sign in before.chars() {
        match open.last_mut() {
            Some(_) if std::mem::take(&mut escaped) => {}
            Some((quote, false)) if sign == *quote => drop(open.pop()),
            Some(('"', false)) if sign == '\\' => escaped = true,
            Some(('"', hole @ false)) if sign == '{' => *hole = true,
            Some((_, false)) => {}
            Some((_, hole @ true)) if sign == '}' => *hole = false,
            _ if matches!(sign, '"' | '\'') => open.push((sign, false)),
            _ => {}
        }
    }
    match open.last() {
        None => Place::Code,
        Some((_, true)) => Place::Hole,
        Some(_) => Place::Text,
    }
}
