//! Sets of a list's values.

use std::sync::Arc;

/// Some of a list's values, by their positions, and whether values that are not listed belong to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ValueSet {
    first: u64,
    // Positions from 64 on; never ends in a zero, so that equal sets are equal.
    rest: Option<Arc<[u64]>>,
    others: bool,
}

impl ValueSet {
    /// The values at these positions.
    pub fn of(positions: impl IntoIterator<Item = usize>) -> Self {
        let mut words = Vec::new();
        for position in positions {
            let word = position / 64;
            if words.len() <= word {
                words.resize(word + 1, 0);
            }
            words[word] |= 1u64 << (position % 64);
        }
        Self::from_words(&words, false)
    }

    /// Only values that are not listed.
    pub fn unlisted() -> Self {
        Self { first: 0, rest: None, others: true }
    }

    fn from_words(words: &[u64], others: bool) -> Self {
        let used = words.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
        let rest = (used > 1).then(|| Arc::from(&words[1..used]));
        Self { first: words.first().copied().unwrap_or(0), rest, others }
    }

    fn word(&self, at: usize) -> u64 {
        match at {
            0 => self.first,
            _ => self.rest.as_ref().and_then(|rest| rest.get(at - 1)).copied().unwrap_or(0),
        }
    }

    fn len_words(&self) -> usize {
        1 + self.rest.as_ref().map_or(0, |rest| rest.len())
    }

    fn zip(&self, other: &Self, others: bool, op: impl Fn(u64, u64) -> u64) -> Self {
        if self.rest.is_none() && other.rest.is_none() {
            return Self { first: op(self.first, other.first), rest: None, others };
        }
        let length = self.len_words().max(other.len_words());
        let words: Vec<u64> = (0..length).map(|at| op(self.word(at), other.word(at))).collect();
        Self::from_words(&words, others)
    }

    /// The values of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.zip(other, self.others || other.others, |a, b| a | b)
    }

    /// The values of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.zip(other, self.others && other.others, |a, b| a & b)
    }

    /// The values that the other has not. Of those that are not listed some may always be left,
    /// however many the other has.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.zip(other, self.others, |a, b| a & !b)
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.first == 0 && self.rest.is_none() && !self.others
    }

    /// Whether values that are not listed belong to it.
    pub fn others(&self) -> bool {
        self.others
    }

    /// The same, with or without values that are not listed.
    #[must_use]
    pub fn with_others(mut self, others: bool) -> Self {
        self.others = others;
        self
    }

    /// Whether it has the value at a position.
    pub fn has(&self, position: usize) -> bool {
        self.word(position / 64) & (1u64 << (position % 64)) != 0
    }

    /// The positions, in order.
    pub fn positions(&self) -> impl Iterator<Item = usize> {
        (0..self.len_words() * 64).filter(|position| self.has(*position))
    }

    /// The only value, where there is exactly one and it is listed.
    pub fn single(&self) -> Option<usize> {
        let count: u32 = (0..self.len_words()).map(|at| self.word(at).count_ones()).sum();
        (count == 1 && !self.others).then(|| self.positions().next()).flatten()
    }
}
