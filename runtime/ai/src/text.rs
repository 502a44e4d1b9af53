//! Texts as they are compared: words without case and accents, their stems, and what they speak of.

mod concepts;
mod index;
mod tongue;

use std::collections::BTreeSet;

use icu_normalizer::DecomposingNormalizerBorrowed;

use concepts::Concept;
pub(crate) use index::Index;
pub(crate) use tongue::ALL;
pub use tongue::Tongue;

/// Of what somebody wrote, so many telling words count at most: the newest. Each of them is looked up,
/// and whoever writes more than that must not keep others waiting.
pub(crate) const NEWEST: usize = 60;
/// They are looked for among so many words.
const NEWEST_WRITTEN: usize = 400;
/// Letters of a word, at most; what is longer is no word.
const LONGEST_WORD: usize = 40;
/// Words from which the language of a text is guessed, at most.
const TELLING_LANGUAGE: usize = 60;
/// Letters that two words must share at least to be taken for forms or parts of one another.
const TELLING: usize = 5;
/// Letters that a word must have beside one that is a part of it.
const PART_BESIDE: usize = 3;
/// How alike two words count: the same stem, one concept, a part or a misspelling.
const SAME_STEM: f64 = 1.0;
const SAME_CONCEPT: f64 = 0.85;
const NEARLY: f64 = 0.6;

/// One telling word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// As it was written.
    pub(crate) written: String,
    folded: String,
    /// How many letters that has, and which: a bit for each.
    letters: usize,
    spelt: u32,
    stem: String,
    /// What it speaks of, alone or in a phrase that begins with it.
    concepts: Vec<Concept>,
}

/// A text cut into its telling words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// The words in their order, each once.
    pub(crate) all: Vec<Word>,
    /// The language that they are taken to be in.
    pub(crate) tongue: Tongue,
}

impl Words {
    /// All words of a text that somebody bounds, which is taken to be in this language where nothing
    /// else tells.
    pub(crate) fn of(text: &str, hint: Option<Tongue>) -> Self {
        let (all, tongue) = telling(tokens(text).filter(is_word).collect(), hint);
        let mut known = BTreeSet::new();
        let new = |word: &Word| known.insert((word.stem.clone(), word.concepts.clone()));
        Self { all: all.into_iter().filter(new).collect(), tongue }
    }

    /// The newest telling words of what somebody wrote, in their order.
    pub(crate) fn newest(text: &str, hint: Option<Tongue>) -> Self {
        let mut written: Vec<&str> =
            tokens(text).rev().filter(is_word).take(NEWEST_WRITTEN).collect();
        written.reverse();
        let (all, tongue) = telling(written, hint);
        let mut known = BTreeSet::new();
        let new = |word: &Word| known.insert((word.stem.clone(), word.concepts.clone()));
        let mut all: Vec<Word> = all.into_iter().rev().filter(new).take(NEWEST).collect();
        all.reverse();
        Self { all, tongue }
    }
}

fn is_word(token: &&str) -> bool {
    token.chars().count() <= LONGEST_WORD
}

/// The words that tell something, and the language that they are taken to be in.
fn telling(written: Vec<&str>, hint: Option<Tongue>) -> (Vec<Word>, Tongue) {
    let folded: Vec<(&str, String)> = written
        .into_iter()
        .map(|token| (token, fold(token)))
        .filter(|(_, folded)| !folded.is_empty())
        .collect();
    let tongue = guess(&folded, hint);
    let stems: Vec<String> = folded.iter().map(|(_, word)| tongue.stem(word)).collect();
    let mut all: Vec<Word> = Vec::new();
    for (at, (written, folded)) in folded.iter().enumerate() {
        let mut spoken = phrases(tongue, &stems, at);
        if spoken.is_empty() {
            spoken = concepts::of_parts(tongue, folded);
        }
        if (tongue.stops(folded) || is_mere_figure(folded)) && spoken.is_empty() {
            continue;
        }
        all.push(Word::new(written, folded, &stems[at], spoken));
    }
    (all, tongue)
}

impl Word {
    fn new(written: &str, folded: &str, stem: &str, concepts: Vec<Concept>) -> Self {
        let spelt = folded.chars().fold(0, |spelt, letter| spelt | 1 << (u32::from(letter) % 32));
        let (written, folded) = (written.to_owned(), folded.to_owned());
        let (letters, stem) = (folded.chars().count(), stem.to_owned());
        Self { written, folded, letters, spelt, stem, concepts }
    }

    /// How much two words speak of one thing, from 0 to 1.
    pub(crate) fn likeness(&self, other: &Self) -> f64 {
        if self.stem == other.stem {
            SAME_STEM
        } else if self.concepts.iter().any(|concept| other.concepts.contains(concept)) {
            SAME_CONCEPT
        } else if nearly(self, other) {
            NEARLY
        } else {
            0.0
        }
    }

    /// Whether it is a number: it tells something only where it is met again.
    pub(crate) fn is_figure(&self) -> bool {
        is_figure(&self.folded)
    }

    /// Whether they are compared alike with every other word.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (&self.folded, &self.stem, &self.concepts) == (&other.folded, &other.stem, &other.concepts)
    }

    /// Its stem.
    pub(crate) fn stem(&self) -> &str {
        &self.stem
    }
}

/// The concepts of the phrases that begin at a word. A phrase of several words tells more than the
/// first of them alone.
fn phrases(tongue: Tongue, stems: &[String], at: usize) -> Vec<Concept> {
    for length in (1..=concepts::LONGEST).rev() {
        let Some(phrase) = stems.get(at..at + length) else { continue };
        let found = concepts::of(tongue, &phrase.join(" "));
        if !found.is_empty() {
            return found.to_vec();
        }
    }
    Vec::new()
}

/// The language of a text: the one whose stop words and concepts it has most of.
fn guess(words: &[(&str, String)], hint: Option<Tongue>) -> Tongue {
    let words = &words[..words.len().min(TELLING_LANGUAGE)];
    let votes = |tongue: Tongue| -> usize {
        let of_word = |word: &String| {
            let spoken = !concepts::of(tongue, &tongue.stem(word)).is_empty();
            2 * usize::from(tongue.stops(word)) + usize::from(spoken)
        };
        words.iter().map(|(_, word)| of_word(word)).sum()
    };
    let preferred = hint.unwrap_or(Tongue::English);
    let mut best = (votes(preferred), preferred);
    for tongue in tongue::ALL {
        let votes = votes(tongue);
        if votes > best.0 {
            best = (votes, tongue);
        }
    }
    best.1
}

/// The words of a text as they are written. An apostrophe joins `don't`, and parts `l'abonnement`.
pub(crate) fn tokens(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !is_joining(c)).flat_map(|part| {
        let part = part.trim_matches(is_joining);
        let elided = part.split_once(is_apostrophe).filter(|(article, noun)| {
            (1..=2).contains(&article.chars().count()) && !SHORTENED.contains(noun)
        });
        let (article, noun) = elided.map_or((part, ""), |(article, noun)| (article, noun));
        [article, noun].into_iter().filter(|token| !token.is_empty())
    })
}

/// What English leaves of a word behind an apostrophe.
const SHORTENED: [&str; 7] = ["m", "s", "d", "t", "ll", "re", "ve"];

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | 'ʼ')
}

/// Apostrophes, and marks that a letter written in two parts is made of.
fn is_joining(letter: char) -> bool {
    is_apostrophe(letter) || is_mark(letter)
}

pub(crate) fn is_mark(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

/// A word without case, accents, ligatures and the like.
pub(crate) fn fold(word: &str) -> String {
    let lower = word.to_lowercase();
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(&lower);
    let mut folded = String::with_capacity(apart.len());
    for letter in apart.chars() {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            other if other.is_alphanumeric() => folded.extend(other.to_lowercase()),
            _ => {}
        }
    }
    folded
}

fn is_figure(word: &str) -> bool {
    word.chars().all(|letter| letter.is_ascii_digit())
}

/// An amount or the number of an order, rather than that of an error.
fn is_mere_figure(word: &str) -> bool {
    is_figure(word) && !(3..=5).contains(&word.len())
}

/// Whether one word is a telling part of the other, as in `Heizungsrechnung`, or misspelt.
fn nearly(one: &Word, other: &Word) -> bool {
    let (short, long) = if one.letters <= other.letters { (one, other) } else { (other, one) };
    if short.letters < TELLING {
        return false;
    }
    let (beside, most) = (long.letters - short.letters, slips(short.letters));
    if beside >= PART_BESIDE {
        return long.folded.starts_with(&short.folded) || long.folded.ends_with(&short.folded);
    }
    // A slip brings one letter and takes another away, so most words are told apart without counting.
    let differ = (short.spelt ^ long.spelt).count_ones() as usize;
    // Few slips of the pen are in a word's first letter, and many words differ there alone.
    beside <= most
        && differ <= 2 * most
        && short.folded.chars().next() == long.folded.chars().next()
        && strsim::osa_distance(&short.folded, &long.folded) <= most
}

/// How many slips of the pen a word of so many letters may have.
fn slips(letters: usize) -> usize {
    usize::from(letters > TELLING) + usize::from(letters >= 9)
}

#[cfg(test)]
mod tests {
    use super::{NEWEST, Tongue, Word, Words, fold, nearly, tokens};

    fn written(text: &str) -> Vec<String> {
        Words::of(text, None).all.into_iter().map(|word| word.written).collect()
    }

    #[test]
    fn telling_words_are_left() {
        assert_eq!(written("Hello, I have a question about my invoice!"), ["invoice"]);
        assert_eq!(
            written("Guten Tag, wo bleibt denn meine Bestellung 123456?"),
            ["wo", "bleibt", "Bestellung"]
        );
        assert_eq!(written("J'ai perdu l’abonnement"), ["perdu", "abonnement"]);
        assert_eq!(written("  … 12 "), Vec::<String>::new());
    }

    #[test]
    fn a_word_stands_without_case_and_accents() {
        assert_eq!(fold("Größe"), "grosse");
        assert_eq!(fold("Gro\u{308}ße"), "grosse");
        assert_eq!(fold("ŒUVRE"), "oeuvre");
        assert_eq!(fold("ﬁt"), "fit");
        assert_eq!(tokens("can't stop").collect::<Vec<_>>(), ["can't", "stop"]);
        assert_eq!(fold("can't"), "cant");
    }

    #[test]
    fn the_newest_telling_words_count() {
        let chatter: String = (0..900).map(|at| format!("chatter{at} and ")).collect();
        let words = Words::newest(&format!("{chatter} my invoice, my invoice"), None);
        assert_eq!(words.all.len(), NEWEST);
        assert_eq!(words.all.last().map(|word| word.written.as_str()), Some("invoice"));
        assert_eq!(words.all[0].written, format!("chatter{}", 900 - NEWEST + 1));
        assert_eq!(Words::of(&chatter, None).all.len(), 900);
        // Said first and last, it counts as what was said last.
        let again = Words::newest(&format!("invoice {chatter} invoice"), None);
        assert_eq!(again.all.last().map(|word| word.written.as_str()), Some("invoice"));
    }

    #[test]
    fn parts_and_misspellings_are_nearly_the_same() {
        let nearly = |one: &str, other: &str| {
            let word = |folded: &str| Word::new(folded, folded, folded, Vec::new());
            nearly(&word(one), &word(other))
        };
        for (one, other) in
            [("heizungsrechnung", "rechnung"), ("recieve", "receive"), ("delivrey", "delivery")]
        {
            assert!(nearly(one, other) && nearly(other, one), "{one} {other}");
        }
        for (one, other) in [("bill", "billing"), ("order", "border"), ("water", "later")] {
            assert!(!nearly(one, other), "{one} {other}");
        }
    }

    #[test]
    fn the_language_is_guessed_from_few_words() {
        let likeness = |one: &str, other: &str, hint| {
            let (one, other) = (Words::of(one, hint), Words::of(other, hint));
            one.all[0].likeness(&other.all[0])
        };
        assert!(likeness("Rechnung", "invoices", None) > 0.8);
        assert!(likeness("rückgabe", "send back", Some(Tongue::English)) > 0.8);
        assert!(likeness("weather", "invoices", None) < 0.1);
    }
}
