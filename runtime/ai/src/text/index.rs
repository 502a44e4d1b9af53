//! Words, found by those that are like them without looking at each.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::concepts::Concept;
use super::{PART_BESIDE, TELLING, Word, slips};

/// Where words stand that may be like another one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    by_stem: BTreeMap<String, Vec<usize>>,
    by_concept: BTreeMap<Concept, Vec<usize>>,
    /// By how they begin and how long they are: slips of the pen leave both much as they are.
    by_shape: BTreeMap<(char, usize), Vec<usize>>,
    /// By their letters, and by those from behind, for parts of one another.
    forwards: BTreeMap<String, Vec<usize>>,
    backwards: BTreeMap<String, Vec<usize>>,
}

impl Index {
    /// Takes up a word under a number.
    pub(crate) fn add(&mut self, word: &Word, at: usize) {
        self.by_stem.entry(word.stem.clone()).or_default().push(at);
        for concept in &word.concepts {
            self.by_concept.entry(*concept).or_default().push(at);
        }
        if word.letters < TELLING {
            return;
        }
        if let Some(first) = word.folded.chars().next() {
            self.by_shape.entry((first, word.letters)).or_default().push(at);
        }
        self.forwards.entry(word.folded.clone()).or_default().push(at);
        self.backwards.entry(reversed(&word.folded)).or_default().push(at);
    }

    /// The numbers of words with the same stem.
    pub(crate) fn of_stem(&self, word: &Word) -> &[usize] {
        self.by_stem.get(&word.stem).map_or(&[], Vec::as_slice)
    }

    /// The numbers of all words that may be like one, in their order; of others only few.
    pub(crate) fn near(&self, word: &Word) -> BTreeSet<usize> {
        let mut near: BTreeSet<usize> = self.of_stem(word).iter().copied().collect();
        for concept in &word.concepts {
            near.extend(self.by_concept.get(concept).into_iter().flatten());
        }
        if word.letters < TELLING {
            return near;
        }
        if let Some(first) = word.folded.chars().next() {
            let most = slips(usize::MAX);
            for letters in word.letters.saturating_sub(most)..=word.letters + most {
                near.extend(self.by_shape.get(&(first, letters)).into_iter().flatten());
            }
        }
        parts(&self.forwards, &word.folded, &mut near);
        parts(&self.backwards, &reversed(&word.folded), &mut near);
        near
    }
}

/// Adds the words that begin with a word, and those with which it begins.
fn parts(by_letters: &BTreeMap<String, Vec<usize>>, word: &str, near: &mut BTreeSet<usize>) {
    let from = (Bound::Included(word), Bound::Unbounded);
    let longer = by_letters.range::<str, _>(from).take_while(|(other, _)| other.starts_with(word));
    near.extend(longer.flat_map(|(_, at)| at));
    let ends: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
    for end in ends.iter().take((ends.len() + 1).saturating_sub(PART_BESIDE)).skip(TELLING) {
        near.extend(by_letters.get(&word[..*end]).into_iter().flatten());
    }
}

fn reversed(word: &str) -> String {
    word.chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, proptest};

    use super::super::Words;
    use super::Index;

    /// A long question in front of many articles looks at few of their words for each of its own.
    #[test]
    fn few_words_are_looked_at() {
        let syllables = ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "ti"];
        let word = |mut at: usize| -> String {
            let syllable = |_| {
                let one = syllables[at % syllables.len()];
                at /= syllables.len();
                one
            };
            (0..5).map(syllable).collect()
        };
        let text: Vec<String> = (0..20_000).map(|at| word(at * 7919)).collect();
        let words = Words::of(&text.join(" "), None);
        let mut index = Index::default();
        words.all.iter().enumerate().for_each(|(at, word)| index.add(word, at));
        let looked_at: usize = words.all.iter().take(60).map(|word| index.near(word).len()).sum();
        assert!(looked_at * 10 < words.all.len() * 60, "{looked_at} of {}", words.all.len() * 60);
    }

    proptest! {
        /// Whatever is alike is found: nothing is lost by not looking at each.
        #[test]
        fn nothing_alike_is_overlooked(
            here in vec("[a-cé]{3,12}|invoices?|Rechnung(en)?|Heizungsrechnung|deliver(y|ed)", 1..40),
            asked in vec("[a-cé]{3,12}|invoice|Rechnung|delivrey|billing", 1..8),
        ) {
            let (here, asked) = (Words::of(&here.join(" "), None), Words::of(&asked.join(" "), None));
            let mut index = Index::default();
            here.all.iter().enumerate().for_each(|(at, word)| index.add(word, at));
            for word in &asked.all {
                let near = index.near(word);
                for (at, other) in here.all.iter().enumerate() {
                    prop_assert!(word.likeness(other) <= 0.0 || near.contains(&at), "{word:?} {other:?}");
                }
            }
        }
    }
}
