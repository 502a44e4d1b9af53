//! How wide texts are, and where their lines end, without a font at hand.
//!
//! Widths are those of common sans-serif fonts, on the wide side: a text that fits by them fits.

/// A text's width in pixels at a size.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(share).sum::<f64>() * size
}

/// A character's width in parts of the size.
fn share(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'I' | '‘' | '’' => 0.30,
        ' ' | 'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '-' => 0.37,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' | '—' => 0.92,
        'A'..='Z' => 0.70,
        wide if u32::from(wide) >= 0x1100 && !('\u{2010}'..='\u{203f}').contains(&wide) => 1.05,
        _ => 0.57,
    }
}

/// A text in lines of at most this width, so many at most; what does not fit ends with `…`.
pub(super) fn lines(text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace().flat_map(|word| pieces(word, size, room)) {
        let longer = if line.is_empty() { word.clone() } else { format!("{line} {word}") };
        if width(&longer, size) <= room {
            line = longer;
        } else {
            lines.push(std::mem::replace(&mut line, word));
        }
    }
    lines.push(line);
    lines.retain(|line| !line.is_empty());
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while width(last, size) + width("…", size) > room && last.pop().is_some() {}
            *last = format!("{}…", last.trim_end());
        }
    }
    lines
}

/// A word in parts that each fit a line.
fn pieces(word: &str, size: f64, room: f64) -> Vec<String> {
    let mut parts = vec![String::new()];
    for character in word.chars() {
        let Some(part) = parts.last_mut() else { continue };
        if !part.is_empty() && width(part, size) + share(character) * size > room {
            parts.push(character.to_string());
        } else {
            part.push(character);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{lines, width};

    #[test]
    fn every_line_fits() {
        let text = "What can we do for you? Donaudampfschifffahrtsgesellschaftskapitän 電話番号を教えてください";
        for room in [40.0, 120.0, 200.0] {
            let found = lines(text, 13.0, room, 99);
            assert!(found.iter().all(|line| width(line, 13.0) <= room), "{found:?}");
            let kept: String = found.concat().split_whitespace().collect();
            assert_eq!(kept, text.split_whitespace().collect::<String>());
        }
    }

    #[test]
    fn what_does_not_fit_shows_it() {
        let found = lines(&"word ".repeat(40), 13.0, 120.0, 2);
        assert_eq!(found.len(), 2);
        assert!(found[1].ends_with('…') && width(&found[1], 13.0) <= 120.0, "{found:?}");
    }
}
