//! Words that speak of one thing, within a language and from one to another: `bill`, `invoice` and
//! `Rechnung`. A small table of what customers of all trades write about.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::tongue::Tongue;
use super::{fold, tokens};

const TABLE: &str = include_str!("concepts.txt");
/// The languages of the table's columns.
const COLUMNS: [Tongue; 4] = [Tongue::English, Tongue::German, Tongue::French, Tongue::Spanish];
/// Letters of the first and of the last part of a compound at least.
const FIRST_PART: usize = 4;
const LAST_PART: usize = 5;
/// Words of a phrase at most.
pub(crate) const LONGEST: usize = 3;

/// One thing: a line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Concept(u16);

type Phrases = BTreeMap<String, Vec<Concept>>;

static PHRASES: LazyLock<BTreeMap<Tongue, Phrases>> = LazyLock::new(|| {
    let mut all: BTreeMap<Tongue, Phrases> = BTreeMap::new();
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    for (line, concept) in lines.zip((0..).map(Concept)) {
        for (column, tongue) in line.split('|').zip(COLUMNS) {
            let phrases = all.entry(tongue).or_default();
            for phrase in column.split(',') {
                let stems: Vec<String> =
                    tokens(phrase).map(|token| tongue.stem(&fold(token))).collect();
                let concepts = phrases.entry(stems.join(" ")).or_default();
                if !stems.is_empty() && !concepts.contains(&concept) {
                    concepts.push(concept);
                }
            }
        }
    }
    all
});

/// What a phrase of stems speaks of.
pub(crate) fn of(tongue: Tongue, stems: &str) -> &'static [Concept] {
    PHRASES.get(&tongue).and_then(|phrases| phrases.get(stems)).map_or(&[], Vec::as_slice)
}

/// What the parts of a compound speak of, in a language that writes them as one word.
pub(crate) fn of_parts(tongue: Tongue, word: &str) -> Vec<Concept> {
    if !matches!(tongue, Tongue::German | Tongue::Dutch) || word.len() < FIRST_PART + LAST_PART {
        return Vec::new();
    }
    let cuts: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
    let first = cuts.iter().rev().filter(|at| **at >= FIRST_PART).map(|at| &word[..*at]);
    let last = cuts.iter().filter(|at| word.len() - **at >= LAST_PART).map(|at| &word[*at..]);
    // The longest part tells most; of its end more than of its beginning.
    let spoken = |part: &str| Some(of(tongue, &tongue.stem(part))).filter(|its| !its.is_empty());
    let last = last.skip(1).find_map(spoken);
    let first = first.take(word.len()).find_map(spoken);
    let mut all: Vec<Concept> = last.into_iter().chain(first).flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, LONGEST, TABLE, of, of_parts, tokens};
    use crate::text::fold;
    use crate::text::tongue::Tongue;

    #[test]
    fn the_table_has_four_columns_and_short_phrases() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(line.split('|').count(), COLUMNS.len(), "{line}");
            for phrase in line.split(['|', ',']) {
                assert!((1..=LONGEST).contains(&tokens(phrase).count()), "`{phrase}` in {line}");
            }
        }
    }

    #[test]
    fn a_compound_speaks_of_its_parts() {
        let deposit = of(Tongue::German, &Tongue::German.stem("depot"));
        let parts = of_parts(Tongue::German, "depotubertrag");
        assert!(!deposit.is_empty() && deposit.iter().all(|one| parts.contains(one)));
        assert!(of_parts(Tongue::English, "carddesk").is_empty());
        assert!(of_parts(Tongue::German, "äöüäöüäöü").is_empty());
    }

    #[test]
    fn languages_meet_in_a_concept() {
        let concepts = |tongue: Tongue, word: &str| of(tongue, &tongue.stem(&fold(word)));
        let bill = concepts(Tongue::English, "bills");
        assert!(!bill.is_empty());
        assert!(concepts(Tongue::German, "Rechnungen").iter().any(|one| bill.contains(one)));
        assert!(concepts(Tongue::French, "facture").iter().any(|one| bill.contains(one)));
        assert!(concepts(Tongue::English, "Rechnung").is_empty());
    }
}
