//! Numbers and durations.

use tidegate_diagnostics::codes;

use super::Lower;
use crate::source::Range;
use crate::syntax::ast::{Expr, ExprKind};
use crate::syntax::problem::Problem;

/// Digits of a number at most: what an exact decimal holds.
const MAX_DIGITS: usize = 28;

const DAY: u64 = 24 * 60 * 60 * 1000;

/// The longest duration, in milliseconds.
pub(super) const MAX_DURATION: u64 = 366 * DAY;

impl Lower<'_> {
    pub(super) fn number(&mut self, text: &str, range: Range) -> Expr {
        if text.ends_with(|last: char| last.is_ascii_digit()) {
            let kind = match well_formed(text) {
                true => ExprKind::Number(text.to_owned()),
                false => self.malformed(text, range),
            };
            return Expr { kind, range };
        }
        let kind = self.duration(text, range).map_or(ExprKind::Missing, ExprKind::Duration);
        Expr { kind, range }
    }

    fn malformed(&mut self, text: &str, range: Range) -> ExprKind {
        let problem = Problem::new(codes::BAD_NUMBER, range, format!("`{text}` is no number"))
            .help(format!("write it like `500` or `12.50`, with at most {MAX_DIGITS} digits"));
        self.report(problem);
        ExprKind::Missing
    }

    /// Milliseconds of `5m` and the like.
    pub(super) fn duration(&mut self, text: &str, range: Range) -> Option<u64> {
        let milliseconds = milliseconds(text).filter(|ms| *ms > 0 && *ms <= MAX_DURATION);
        if milliseconds.is_none() {
            self.report(not_a_duration(text, range));
        }
        milliseconds
    }
}

fn not_a_duration(text: &str, range: Range) -> Problem {
    let digits = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let digits = &text[..digits.unwrap_or(text.len())];
    let unit = &text[digits.len()..];
    if !unit.is_empty() && !unit.starts_with(|letter: char| letter.is_ascii_alphanumeric()) {
        return Problem::new(codes::BAD_NUMBER, range, format!("`{text}` is no number"))
            .replace(range, digits)
            .help(format!("write the number alone: `{digits}`"));
    }
    let message = if unit.is_empty() {
        format!("`{text}` is no duration: its unit is missing")
    } else {
        format!("`{text}` is neither a number nor a duration")
    };
    Problem::new(codes::BAD_NUMBER, range, message).help(
        "a duration is whole seconds, minutes, hours or days, a year at most, the unit right \
         behind the number: `30s`, `5m`, `2h`, `1d`",
    )
}

fn well_formed(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, behind) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && all_digits(behind) && whole.len() + behind.len() <= MAX_DIGITS
}

fn milliseconds(text: &str) -> Option<u64> {
    let unit_start = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (digits, unit) = text.split_at(unit_start);
    let unit = match unit {
        "s" => 1000,
        "m" => 60 * 1000,
        "h" => 60 * 60 * 1000,
        "d" => DAY,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}
