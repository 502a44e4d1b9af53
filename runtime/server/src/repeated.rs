//! Log lines that anybody can cause as often as they like: one a minute and kind, with how many
//! more there were.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Between two lines of a kind.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// When each kind was told last, and how often it was not since.
#[derive(Debug, Default)]
pub(crate) struct Repeated(Mutex<BTreeMap<&'static str, (Timestamp, u64)>>);

impl Repeated {
    /// Whether it is told now: how many of the kind were not since the last line.
    pub(crate) fn told(&self, kind: &'static str, now: Timestamp) -> Option<u64> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match kinds.get_mut(kind) {
            Some((told, untold)) if now.duration_since(*told).abs() < PAUSE => {
                *untold += 1;
                None
            }
            _ => kinds.insert(kind, (now, 0)).map_or(Some(0), |(_, untold)| Some(untold)),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::Repeated;

    #[test]
    fn a_kind_has_a_line_a_minute_which_counts_the_others() {
        let at = |seconds| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        let lines = Repeated::default();
        assert_eq!(lines.told("one", at(0)), Some(0));
        for second in 1..60 {
            assert_eq!(lines.told("one", at(second)), None);
        }
        assert_eq!(lines.told("two", at(59)), Some(0));
        assert_eq!(lines.told("one", at(60)), Some(59));
        assert_eq!(lines.told("one", at(61)), None);
        assert_eq!(lines.told("one", at(120)), Some(1));
    }
}
