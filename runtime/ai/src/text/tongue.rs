//! The languages that are told apart: their stop words and their stems.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

use super::fold;

const STOP_WORDS: &str = include_str!("stop.txt");

/// A language whose words are cut to their stems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tongue {
    /// English.
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Italian.
    Italian,
    /// Dutch.
    Dutch,
    /// Portuguese.
    Portuguese,
}

/// Letters of a German verb without its ending at least.
const SHORTEST_VERB: usize = 5;

/// All of them; of several that fit alike the first is taken.
pub(crate) const ALL: [Tongue; 7] = [
    Tongue::English,
    Tongue::German,
    Tongue::French,
    Tongue::Spanish,
    Tongue::Italian,
    Tongue::Dutch,
    Tongue::Portuguese,
];

impl Tongue {
    /// The one of a tag of BCP 47, such as `de-AT`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next()?;
        ALL.into_iter().find(|tongue| tongue.tag().eq_ignore_ascii_case(language))
    }

    /// Its tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Italian => "it",
            Self::Dutch => "nl",
            Self::Portuguese => "pt",
        }
    }

    fn algorithm(self) -> Algorithm {
        match self {
            Self::English => Algorithm::English,
            Self::German => Algorithm::German,
            Self::French => Algorithm::French,
            Self::Spanish => Algorithm::Spanish,
            Self::Italian => Algorithm::Italian,
            Self::Dutch => Algorithm::Dutch,
            Self::Portuguese => Algorithm::Portuguese,
        }
    }

    /// The stem of a folded word.
    pub(crate) fn stem(self, word: &str) -> String {
        let stem = |word: &str| Stemmer::create(self.algorithm()).stem(word).into_owned();
        if self != Self::German {
            return stem(word);
        }
        let stem = stem(&plain_umlauts(word));
        // `erstattet` and `Erstattung` are not told by the stemmer.
        let verb = stem.strip_suffix("et").or_else(|| stem.strip_suffix("ung"));
        verb.filter(|verb| verb.len() >= SHORTEST_VERB).map_or(stem.clone(), str::to_owned)
    }

    /// Whether a folded word says nothing of what somebody wants.
    pub(crate) fn stops(self, word: &str) -> bool {
        STOPS.get(&self).is_some_and(|words| words.contains(word))
    }
}

static STOPS: LazyLock<BTreeMap<Tongue, BTreeSet<String>>> = LazyLock::new(|| {
    let mut all: BTreeMap<Tongue, BTreeSet<String>> = BTreeMap::new();
    for line in STOP_WORDS.lines().filter(|line| !line.starts_with('#')) {
        let Some((tag, words)) = line.split_once(':') else { continue };
        let Some(tongue) = Tongue::of_tag(tag.trim_end_matches('+')) else { continue };
        all.entry(tongue).or_default().extend(words.split_whitespace().map(fold));
    }
    all
});

/// `ae`, `oe` and `ue` as those write who have no umlauts: `Rueckgabe`, but not `Steuer`.
fn plain_umlauts(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    let mut before = None;
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        plain.push(letter);
        let opens = !matches!(before, Some('a' | 'e' | 'i' | 'o' | 'u' | 'q'));
        if matches!(letter, 'a' | 'o' | 'u') && opens && letters.peek() == Some(&'e') {
            letters.next();
        }
        before = Some(letter);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{Tongue, fold};

    #[test]
    fn words_of_one_stem_meet() {
        let pairs = [
            (Tongue::English, "Invoices", "invoice"),
            (Tongue::German, "Rueckgaben", "Rückgabe"),
            (Tongue::German, "Rechnungen", "RECHNUNG"),
            (Tongue::French, "factures", "facture"),
            (Tongue::Spanish, "reembolsos", "Reembolso"),
        ];
        for (tongue, one, other) in pairs {
            assert_eq!(tongue.stem(&fold(one)), tongue.stem(&fold(other)), "{one} {other}");
        }
        assert_ne!(Tongue::German.stem("steuer"), Tongue::German.stem("stur"));
    }

    #[test]
    fn a_tag_may_have_a_region() {
        assert_eq!(Tongue::of_tag("de-AT"), Some(Tongue::German));
        assert_eq!(Tongue::of_tag("EN"), Some(Tongue::English));
        assert_eq!(Tongue::of_tag("zz"), None);
    }
}
