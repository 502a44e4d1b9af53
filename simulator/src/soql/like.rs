//! `LIKE`: `%` is any text, `_` is one character, `\%` and `\_` are themselves; without case.

/// One step of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Exactly(char),
    One,
    Any,
}

/// A pattern, ready to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    pieces: Vec<Piece>,
}

impl Pattern {
    /// Reads a pattern; a backslash makes what follows plain.
    pub(super) fn new(text: &str) -> Pattern {
        let mut pieces = Vec::new();
        let lower = text.to_lowercase();
        let mut characters = lower.chars();
        while let Some(character) = characters.next() {
            pieces.push(match character {
                '%' => Piece::Any,
                '_' => Piece::One,
                '\\' => Piece::Exactly(characters.next().unwrap_or('\\')),
                other => Piece::Exactly(other),
            });
        }
        Pattern { pieces }
    }

    /// Whether a text is of the pattern. Takes at most pattern times text steps.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.to_lowercase().chars().collect();
        let (mut at, mut piece) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while at < text.len() {
            match self.pieces.get(piece) {
                Some(Piece::Any) => {
                    retry = Some((piece + 1, at));
                    piece += 1;
                }
                Some(Piece::One) => (at, piece) = (at + 1, piece + 1),
                Some(Piece::Exactly(wanted)) if *wanted == text[at] => {
                    (at, piece) = (at + 1, piece + 1);
                }
                _ => match retry {
                    Some((after, from)) => {
                        retry = Some((after, from + 1));
                        (at, piece) = (from + 1, after);
                    }
                    None => return false,
                },
            }
        }
        self.pieces[piece..].iter().all(|piece| *piece == Piece::Any)
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn wildcards_match_and_escaped_ones_are_plain() {
        for (pattern, text, fits) in [
            ("Heat%", "heater", true),
            ("%eat%", "the heater", true),
            ("h_ater", "heater", true),
            ("h_ater", "hater", false),
            ("%a%b%c", "aXbXbXc", true),
            ("100\\%", "100%", true),
            ("100\\%", "1000", false),
            ("%", "", true),
            ("", "x", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), fits, "{text} like {pattern}");
        }
    }
}
