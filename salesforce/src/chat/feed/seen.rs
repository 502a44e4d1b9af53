//! Which entries were passed on, in bounded memory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Entries remembered at most.
pub(super) const MOST: usize = 128;

/// The latest entries by the org's time, and a time up to which all are known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// Milliseconds since 1970; those without a time count as the oldest.
    entries: BTreeMap<String, i64>,
    /// What is not remembered and not later than this was passed on before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forgotten_until: Option<i64>,
}

impl Seen {
    /// Notes an entry; tells whether it is a new one.
    pub(super) fn is_new(&mut self, key: String, at: Option<Timestamp>) -> bool {
        let millis = at.map_or(i64::MIN, Timestamp::as_millisecond);
        if let Some(known) = self.entries.get_mut(&key) {
            // It is not forgotten before the latest time that it is told with.
            *known = millis.max(*known);
            return false;
        }
        if at.is_some() && Some(millis) <= self.forgotten_until {
            return false;
        }
        self.entries.insert(key, millis);
        if self.entries.len() > MOST {
            self.forget_the_oldest();
        }
        true
    }

    /// Whether an entry is remembered.
    pub(super) fn knows(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    fn forget_the_oldest(&mut self) {
        let oldest = self.entries.iter().min_by_key(|(_, at)| **at);
        let Some((key, at)) = oldest.map(|(key, at)| (key.clone(), *at)) else { return };
        self.entries.remove(&key);
        if at > i64::MIN {
            self.forgotten_until = self.forgotten_until.max(Some(at));
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{MOST, Seen};

    #[test]
    fn everything_told_again_is_known_though_not_everything_is_remembered() {
        let mut seen = Seen::default();
        let all = 10 * i64::try_from(MOST).expect("a number");
        let at = |number| Timestamp::from_millisecond(1_760_000_000_000 + number * 10).ok();
        for number in 0..all {
            assert!(seen.is_new(format!("entry {number}"), at(number)));
        }
        for number in 0..all {
            assert!(!seen.is_new(format!("entry {number}"), at(number)), "{number}");
        }
        assert_eq!(seen.entries.len(), MOST);
        // What comes late is new all the same, unless it comes very late.
        assert!(seen.is_new("late".to_owned(), at(all - 5)));
        assert!(!seen.is_new("very late".to_owned(), at(5)));
        assert!(seen.is_new("without a time".to_owned(), None));
        let kept = serde_json::to_string(&seen).expect("JSON");
        assert_eq!(serde_json::from_str::<Seen>(&kept).expect("what was kept"), seen);
        assert!(kept.len() < 8 << 10, "{}", kept.len());
    }
}
