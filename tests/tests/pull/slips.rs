//! How people misspell a word.

/// A kind of mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slip {
    Swapped,
    Dropped,
    Doubled,
    WrongCase,
    Label,
}

pub(crate) const SLIPS: [Slip; 5] =
    [Slip::Swapped, Slip::Dropped, Slip::Doubled, Slip::WrongCase, Slip::Label];

/// A word that may stand in a place, and what people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) label: String,
}

impl Slip {
    /// The word as this mistake has it, the same at every run; `None` where the mistake can't be
    /// made in this word, or makes another word of it that `passes`.
    pub(crate) fn of(
        self,
        word: &Word,
        is_name: bool,
        passes: &dyn Fn(&str) -> bool,
    ) -> Option<String> {
        let usable =
            |slip: &String| *slip != word.text && !passes(slip) && (!is_name || is_a_name(slip));
        match self {
            Slip::WrongCase => [word.text.to_lowercase(), word.text.to_uppercase()]
                .into_iter()
                .map(|text| if is_name { text.replace("__C", "__c") } else { text })
                .find(usable),
            Slip::Label => {
                let label = if is_name { name_of_label(&word.label) } else { word.label.clone() };
                Some(label).filter(usable)
            }
            _ => {
                let letters: Vec<char> = word.text.chars().collect();
                let suffix = if is_name && word.text.ends_with("__c") { 3 } else { 0 };
                let count = letters.len() - suffix;
                let first =
                    word.text.bytes().fold(7, |sum, byte| sum * 31 % 1009 + usize::from(byte));
                let places = (0..count).map(|at| (first + at) % count);
                places.map(|at| self.at(&letters, at, count)).find(usable)
            }
        }
    }

    fn at(self, letters: &[char], at: usize, count: usize) -> String {
        let mut slip = letters.to_vec();
        match self {
            Slip::Swapped if at + 1 < count => slip.swap(at, at + 1),
            Slip::Dropped => drop(slip.remove(at)),
            Slip::Doubled => slip.insert(at, letters[at]),
            _ => {}
        }
        slip.into_iter().collect()
    }
}

fn is_a_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|each| each.is_ascii_alphanumeric() || each == '_')
}

/// A label as somebody writes it where a name is wanted.
fn name_of_label(label: &str) -> String {
    let words = label.split(|each: char| !each.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

/// Whether another word is as close to what was written as the one that was meant.
pub(crate) fn is_rival(slip: Slip, written: &str, meant: &Word, other: &Word) -> bool {
    if other.text == meant.text {
        return false;
    }
    match slip {
        Slip::Label => {
            plain(&other.label) == plain(written) || plain(&other.text) == plain(written)
        }
        Slip::WrongCase => other.text.to_lowercase() == written.to_lowercase(),
        _ => is_one_slip_away(written, &other.text),
    }
}

fn plain(text: &str) -> String {
    let kept = text.chars().filter(|each| each.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// Whether one letter more, less, other, or two in each other's place make one of the other.
fn is_one_slip_away(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let same = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[same..], &other[same..]);
    match (one, other) {
        ([], []) => true,
        ([a, b, rest @ ..], [c, d, others @ ..]) if (a, b) == (d, c) && rest == others => true,
        ([_, rest @ ..], [_, others @ ..]) if rest == others => true,
        ([_, rest @ ..], others) if rest == others => true,
        (rest, [_, others @ ..]) => rest == others,
        _ => false,
    }
}

#[test]
fn a_slip_is_one_slip_away_and_another_word_is_not() {
    let word = Word { text: "Priority".to_owned(), label: "How urgent".to_owned() };
    for slip in [Slip::Swapped, Slip::Dropped, Slip::Doubled] {
        let written = slip.of(&word, true, &|_| false).expect("a slip");
        assert!(is_one_slip_away(&written, &word.text), "{written}");
    }
    assert_eq!(Slip::Label.of(&word, true, &|_| false).as_deref(), Some("How_urgent"));
    assert!(!is_one_slip_away("Priority", "Pirorty"));
}
