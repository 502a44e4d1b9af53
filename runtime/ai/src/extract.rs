//! A summary made of the customer's own sentences.

use std::collections::{BTreeMap, BTreeSet};

/// Who said a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The customer.
    Customer,
    /// The AI, in an `answer`.
    Ai,
    /// Anybody else.
    Other,
}

/// Something said in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Who said it.
    pub role: Role,
    /// What, as it was said.
    pub text: &'a str,
}

/// Words shorter than this say little in the languages that we know of.
const SHORTEST_WORD: usize = 4;
/// A sentence of fewer such words is a greeting or a thank-you, unless it has figures.
const TELLING_WORDS: usize = 2;
/// A word counts no more for being repeated more often.
const MOST_REPEATS: u32 = 3;
/// What the customer says first is what they came for.
const FIRST_SENTENCE: u32 = 400;
/// A sentence with figures names an order, an amount or a day.
const FIGURES: u32 = 80;

struct Sentence<'a> {
    text: &'a str,
    words: BTreeSet<String>,
    figures: bool,
}

impl Sentence<'_> {
    fn tells(&self) -> bool {
        self.figures || self.words.len() >= TELLING_WORDS
    }
}

/// The customer's most telling sentences in their order, as they were written, in at most `max`
/// UTF-16 code units; `None` where the customer said nothing.
///
/// A sentence that is too long alone is cut at a word and ends with `…`. The same lines give the
/// same summary on every machine: no floating point, no hashing order.
pub fn summary(lines: &[Line<'_>], max: usize) -> Option<String> {
    let sentences: Vec<Sentence<'_>> = lines
        .iter()
        .filter(|line| line.role == Role::Customer)
        .flat_map(|line| sentences(line.text))
        .map(read)
        .collect();
    let chosen = choose(&sentences, max);
    let text = match chosen.is_empty() {
        true => cut(sentences.first()?.text, max),
        false => chosen.iter().map(|at| sentences[*at].text).collect::<Vec<_>>().join(" "),
    };
    (!text.is_empty()).then_some(text)
}

/// Takes the best sentence that fits, again and again. A word that is told already counts no more,
/// so that what is said twice is not chosen twice.
fn choose(sentences: &[Sentence<'_>], max: usize) -> BTreeSet<usize> {
    let mut frequency: BTreeMap<&str, u32> = BTreeMap::new();
    for word in sentences.iter().flat_map(|sentence| &sentence.words) {
        *frequency.entry(word).or_default() += 1;
    }
    let first = sentences.iter().position(Sentence::tells).unwrap_or(0);
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut chosen = BTreeSet::new();
    let mut room = max;
    loop {
        let score = |at: usize| {
            let sentence = &sentences[at];
            let new: Vec<&str> = sentence
                .words
                .iter()
                .map(String::as_str)
                .filter(|word| !told.contains(word))
                .collect();
            let repeats = |word: &&str| frequency.get(word).map_or(0, |n| *n.min(&MOST_REPEATS));
            let weight: u32 = new.iter().map(repeats).sum();
            let all = u32::try_from(sentence.words.len()).unwrap_or(u32::MAX);
            let bonus = if at == first { FIRST_SENTENCE } else { 0 }
                + if sentence.figures { FIGURES } else { 0 };
            (new.len() >= TELLING_WORDS || bonus > 0)
                .then(|| bonus + weight.saturating_mul(1000) / all.saturating_add(8))
        };
        let best = (0..sentences.len())
            .filter(|at| !chosen.contains(at))
            .filter(|at| width(sentences[*at].text) + usize::from(!chosen.is_empty()) <= room)
            .filter_map(|at| score(at).map(|score| (score, std::cmp::Reverse(at))))
            .max();
        let Some((_, std::cmp::Reverse(at))) = best else { return chosen };
        room -= width(sentences[at].text) + usize::from(!chosen.is_empty());
        told.extend(sentences[at].words.iter().map(String::as_str));
        chosen.insert(at);
    }
}

fn width(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Splits behind `.`, `!`, `?` and their like where a blank follows, and at line breaks; so
/// `order 1.5` and `example.com` stay whole.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| {
        let mut rest = line;
        std::iter::from_fn(move || {
            rest = rest.trim();
            if rest.is_empty() {
                return None;
            }
            let end = end_of_sentence(rest);
            let (sentence, behind) = rest.split_at(end);
            rest = behind;
            Some(sentence.trim_end())
        })
    })
}

fn end_of_sentence(text: &str) -> usize {
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let ends = match character {
            '.' | '!' | '?' | '…' => next.is_none_or(char::is_whitespace),
            '。' | '！' | '？' => true,
            _ => false,
        };
        if ends {
            return at + character.len_utf8();
        }
    }
    text.len()
}

fn read(text: &str) -> Sentence<'_> {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= SHORTEST_WORD)
        .map(str::to_lowercase)
        .collect();
    Sentence { text, words, figures: text.contains(|c: char| c.is_ascii_digit()) }
}

/// The beginning of a text, ending at a word where there is one, with `…` behind it.
fn cut(text: &str, max: usize) -> String {
    if width(text) <= max {
        return text.to_owned();
    }
    let mut room = max.saturating_sub(1);
    let fits = |character: &char| match room.checked_sub(character.len_utf16()) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    };
    let kept: String = text.chars().take_while(fits).collect();
    let at_word = kept.rfind(char::is_whitespace).filter(|at| *at > kept.len() / 2);
    let kept = kept[..at_word.unwrap_or(kept.len())].trim_end();
    if max == 0 { String::new() } else { format!("{kept}…") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{Line, Role, summary, width};

    fn customer(text: &str) -> Line<'_> {
        Line { role: Role::Customer, text }
    }

    const TALK: &[Line<'static>] = &[
        Line { role: Role::Other, text: "Hi there. What can we do for you?" },
        Line {
            role: Role::Customer,
            text: "Hello! My heater GC5060 stopped working on Sunday. It is very cold here.",
        },
        Line { role: Role::Other, text: "Did the display show a code?" },
        Line { role: Role::Customer, text: "Yes: E-17. The heater stopped working again today." },
        Line { role: Role::Customer, text: "ok thanks" },
    ];

    #[test]
    fn the_telling_sentences_stay_in_order() {
        let expected =
            "My heater GC5060 stopped working on Sunday. It is very cold here. Yes: E-17.";
        assert_eq!(summary(TALK, 90).unwrap(), expected);
    }

    #[test]
    fn with_room_for_all_it_leaves_out_greetings_and_thanks() {
        let expected = "My heater GC5060 stopped working on Sunday. It is very cold here. Yes: E-17. \
             The heater stopped working again today.";
        assert_eq!(summary(TALK, 1000).unwrap(), expected);
    }

    #[test]
    fn a_sentence_that_is_too_long_is_cut_at_a_word() {
        let lines = [customer("the parcel with the replacement pump has never arrived")];
        assert_eq!(summary(&lines, 30).unwrap(), "the parcel with the…");
    }

    #[test]
    fn a_silent_customer_has_no_summary() {
        assert_eq!(summary(&TALK[..1], 100), None);
        assert_eq!(summary(&[customer("  \n ")], 100), None);
    }

    proptest! {
        #[test]
        fn it_fits_and_is_the_customers(texts in proptest::collection::vec(any::<String>(), 0..6), max in 0usize..200) {
            let lines: Vec<Line<'_>> = texts.iter().map(|text| customer(text)).collect();
            let once = summary(&lines, max);
            prop_assert_eq!(&once, &summary(&lines, max));
            prop_assert!(once.as_deref().is_none_or(|text| width(text) <= max));
        }
    }
}
