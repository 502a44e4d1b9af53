//! Long texts as several messages.

/// Characters of a text at most, counted as UTF-16 does: 4,096 are said to be taken, and nobody documents
/// how they are counted.
pub const LONGEST_TEXT: usize = 4000;

/// Cuts a text into parts of so many characters at most, counted as UTF-16 does: behind a line's end
/// where there is one in the latter half of a part, else behind a blank, else anywhere between two
/// characters. Nothing is lost: put together they are the text.
pub fn parts(text: &str, longest: usize) -> Vec<&str> {
    // No character needs more.
    let longest = longest.max(2);
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (part, others) = rest.split_at(first_cut(rest, longest));
        parts.push(part);
        rest = others;
    }
    parts
}

/// Where the first part of a text ends, in bytes.
fn first_cut(text: &str, longest: usize) -> usize {
    let (mut length, mut line, mut blank) = (0, None, None);
    for (at, c) in text.char_indices() {
        length += c.len_utf16();
        if length > longest {
            return line.or(blank).unwrap_or(at);
        }
        let behind = Some(at + c.len_utf8()).filter(|_| length > longest / 2);
        match c {
            '\n' => line = behind.or(line),
            c if c.is_whitespace() => blank = behind.or(blank),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::parts;

    #[test]
    fn cuts_stand_where_readers_pause() {
        assert_eq!(parts("", 10), Vec::<&str>::new());
        assert_eq!(parts("ten chars.", 10), ["ten chars."]);
        assert_eq!(parts("one two three", 10), ["one two ", "three"]);
        assert_eq!(parts("aaaaaa\nb c d e", 10), ["aaaaaa\n", "b c d e"]);
        assert_eq!(parts("abcdefghijkl", 5), ["abcde", "fghij", "kl"]);
        assert_eq!(parts("😀😀😀", 3), ["😀", "😀", "😀"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_too_long(text in "[a-z \n😀é]{0,200}", longest in 2_usize..40) {
            let parts = parts(&text, longest);
            prop_assert_eq!(parts.concat(), text.as_str());
            for part in parts {
                prop_assert!(!part.is_empty() && part.encode_utf16().count() <= longest);
            }
        }
    }
}
