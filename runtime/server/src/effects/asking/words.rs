//! What an AI may say to a customer: the same of a whole answer and of what is there of it so far.
//!
//! An AI says what somebody made it say, perhaps. So an address of the web is one that an article, the
//! program or an agent told before, and no private value stands in an answer, wherever the AI has
//! it from.

use std::collections::BTreeSet;

use tidegate_engine::event::LONGEST_ANSWER;
use tidegate_plan::value::cut;
use tidegate_plan::verify::articles::{is_shown, says};

/// A shorter private value says nothing: it is a number or a word that stands anywhere.
const TELLING: usize = 6;
/// What stands behind an address without belonging to it.
const BEHIND: &[char] = &[
    '.', ',', ';', ':', '!', '?', ')', ']', '}', '>', '"', '\'', '*', '_', '`', '“', '”', '’', '»',
    '/',
];

/// What may stand in an answer, and what may not.
#[derive(Debug, Default)]
pub(crate) struct Sayable {
    addresses: BTreeSet<String>,
    /// Letters and digits of private values, small.
    secrets: Vec<Vec<char>>,
}

impl Sayable {
    /// `told` are texts whose addresses may be told again.
    pub(crate) fn new<'t>(
        told: impl IntoIterator<Item = &'t str>,
        secrets: impl IntoIterator<Item = &'t str>,
    ) -> Self {
        let addresses = told.into_iter().flat_map(addresses).collect();
        let secrets = secrets.into_iter().map(|secret| plain(secret).map(|(_, one)| one).collect());
        let telling = |secret: &Vec<char>| secret.len() >= TELLING;
        Self { addresses, secrets: secrets.filter(telling).collect() }
    }

    /// A whole text as it may be said: without what hides or turns around. `None` where nothing is left,
    /// or where something stands in it that must not be said.
    pub(crate) fn whole(&self, text: &str) -> Option<String> {
        let text = shown(text)?;
        self.allows(&text).then_some(text)
    }

    /// The same of a text that still grows, up to the last word that is whole and before what may become
    /// a private value.
    pub(crate) fn so_far(&self, text: &str) -> Option<String> {
        let end = text.rfind(char::is_whitespace)?;
        let text = shown(&text[..end])?;
        let text = &text[..self.growing(&text)];
        let text = cut(text.trim_end(), LONGEST_ANSWER).into_owned();
        (!text.is_empty() && self.allows(&text)).then_some(text)
    }

    fn allows(&self, text: &str) -> bool {
        if !addresses(text).all(|address| self.addresses.contains(&address)) {
            return false;
        }
        let text: Vec<char> = plain(text).map(|(_, one)| one).collect();
        !self.secrets.iter().any(|secret| text.windows(secret.len()).any(|part| part == secret))
    }

    /// Where the beginning of a private value begins with which a text ends; else its end.
    fn growing(&self, text: &str) -> usize {
        let letters: Vec<(usize, char)> = plain(text).collect();
        let begins = self.secrets.iter().filter_map(|secret| {
            let most = secret.len().saturating_sub(1).min(letters.len());
            let tail = |length: usize| &letters[letters.len() - length..];
            let fits =
                |length: &usize| tail(*length).iter().map(|(_, one)| one).eq(&secret[..*length]);
            let length = (1..=most).rev().find(fits)?;
            tail(length).first().map(|(at, _)| *at)
        });
        begins.min().unwrap_or(text.len())
    }
}

/// A text without what hides or turns around: what an AI writes may be what somebody made it write.
/// `None` where nothing is left.
pub(super) fn shown(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|one| *one == '\n' || is_shown(*one)).collect();
    says(&text).then(|| text.trim().to_owned())
}

/// Letters and digits, small, with their places: however a value is grouped, it is the same.
fn plain(text: &str) -> impl Iterator<Item = (usize, char)> {
    let letters = text.char_indices().filter(|(_, one)| one.is_alphanumeric());
    letters.flat_map(|(at, one)| one.to_lowercase().map(move |one| (at, one)))
}

/// The addresses of the web in a text, without what stands around them.
fn addresses(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().filter_map(|word| {
        let small = word.to_lowercase();
        let begins = match small.find("://") {
            Some(at) => {
                let scheme = small[..at].chars().rev().take_while(char::is_ascii_alphanumeric);
                at - scheme.count()
            }
            None => small.find("www.")?,
        };
        Some(small[begins..].trim_end_matches(BEHIND).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::Sayable;

    const IBAN: &str = "DE89 3704 0044 0532 0130 00";

    fn sayable() -> Sayable {
        let told = ["See https://help.example.com/pay.", "(https://shop.example.com/a?b=c)"];
        Sayable::new(told, [IBAN, "7"])
    }

    #[test]
    fn addresses_are_those_that_were_told() {
        let sayable = sayable();
        for fine in [
            "Look at https://help.example.com/pay, please.",
            "[Pay](https://help.example.com/pay) or <https://shop.example.com/a?b=c>",
            "HTTPS://help.example.com/pay/",
            "No address. At all: 7 of them//",
        ] {
            assert_eq!(sayable.whole(fine).as_deref(), Some(fine));
        }
        for wrong in [
            "https://help.example.com/pay2",
            "https://help.example.com/pay@evil.example",
            "[https://help.example.com/pay](https://evil.example)",
            "javascript://help.example.com/pay",
            "Go to www.evil.example now",
            "https://evil.example/?to=https://help.example.com/pay",
            "ht\u{200b}tps://evil.example",
        ] {
            assert_eq!(sayable.whole(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn no_private_value_is_said_however_it_is_grouped() {
        let sayable = sayable();
        for wrong in ["It is DE89370400440532013000.", "de89-3704-0044-0532-0130-00", IBAN] {
            assert_eq!(sayable.whole(wrong), None, "{wrong}");
        }
        assert!(sayable.whole("It begins with DE89.").is_some());
        // What may become one is held back until it is something else.
        assert_eq!(sayable.so_far("It is DE89 3704 ").as_deref(), Some("It is"));
        assert_eq!(sayable.so_far("It is DE89 3704 x ").as_deref(), Some("It is DE89 3704 x"));
        assert_eq!(sayable.so_far(&format!("It is {IBAN} ")), None);
        assert_eq!(sayable.so_far("Half a wor").as_deref(), Some("Half a"));
        assert_eq!(sayable.so_far("Half"), None);
    }

    /// Any four of these words, cut anywhere.
    #[test]
    fn what_is_shown_on_the_way_could_be_said_in_the_end() {
        const WORDS: [&str; 7] = [
            "DE89 3704 0044",
            "0532 0130",
            "00",
            "https://evil.example",
            "https://help.example.com/pay",
            "\u{202e}ok",
            "\n",
        ];
        let sayable = sayable();
        let (mut shown, mut said) = (0, 0);
        for at in 0..WORDS.len().pow(4) {
            let word = |place: u32| WORDS[at / WORDS.len().pow(place) % WORDS.len()];
            let text = [0, 1, 2, 3].map(word).join(" ");
            let whole = sayable.whole(&text);
            said += usize::from(whole.is_some());
            for (cut, _) in text.char_indices() {
                let Some(so_far) = sayable.so_far(&text[..cut]) else { continue };
                shown += 1;
                assert!(sayable.whole(&so_far).is_some(), "{so_far:?}");
                if let Some(whole) = &whole {
                    assert!(whole.starts_with(&so_far), "{so_far:?} of {whole:?}");
                }
            }
        }
        assert!(shown > said && said > 100, "{shown}, {said}");
    }
}
