//! Texts of others, made harmless for terminals, logs and reviews.

/// The text with what would hide, move or reorder it written as escapes: control characters but for
/// line ends and tabs, and the controls of writing direction. Sources and the labels and values of
/// an org are written by others, and hostile until shown otherwise.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// The same on one line.
pub(crate) fn on_one_line(text: &str) -> String {
    printable(text).replace('\n', "\\n").replace('\t', " ")
}

/// Whether a character would hide, move or reorder what stands around it.
pub fn is_harmful(c: char) -> bool {
    c != '\n' && c != '\t' && (c.is_control() || is_direction_control(c))
}

fn is_direction_control(c: char) -> bool {
    matches!(
        c,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::{on_one_line, printable};

    #[test]
    fn what_hides_or_reorders_text_is_shown() {
        let hostile = "a\u{1b}[31mb\u{202e}c\u{7}\u{85}\nd\te\u{1f525}";
        let shown = "a\\u{1b}[31mb\\u{202e}c\\u{7}\\u{85}\nd\te\u{1f525}";
        assert_eq!(printable(hostile), shown);
        assert_eq!(on_one_line("a\nb\tc"), "a\\nb c");
    }
}
