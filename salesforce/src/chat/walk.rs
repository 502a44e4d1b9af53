//! Listing entries, page after page.
//!
//! There is no cursor, so a page begins where the last one ended, by time. Nobody says whether the
//! bounds belong to the page, so it begins a millisecond before; nor whether an org that hands out the
//! newest first goes by the direction that was asked for, so the page itself tells.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::chat::call::{Direction, EntriesQuery, LONGEST_PAGE};
use crate::chat::entry::Entry;
use crate::chat::id::EntryId;

/// A page with fewer is the last one: no org is known to give fewer where there are more.
const FEWEST: usize = 20;
/// Pages at most: 2,000 entries.
const MOST: usize = 40;
const MILLISECOND: Duration = Duration::from_millis(1);

/// A way through a conversation's entries.
#[derive(Debug)]
pub(super) struct Walk {
    query: EntriesQuery,
    pages: usize,
    /// Those that came, to see when no others come.
    known: BTreeSet<EntryId>,
    entries: Vec<Entry>,
}

impl Walk {
    /// From a time on, or from the beginning.
    pub(super) fn from(start: Option<Timestamp>) -> Self {
        let query = EntriesQuery {
            start,
            end: None,
            direction: Direction::FromStart,
            limit: Some(LONGEST_PAGE),
        };
        Walk { query, pages: 0, known: BTreeSet::new(), entries: Vec::new() }
    }

    /// From the newest back.
    pub(super) fn back() -> Self {
        let mut walk = Walk::from(None);
        walk.query.direction = Direction::FromEnd;
        walk
    }

    /// The next page.
    pub(super) fn query(&self) -> EntriesQuery {
        self.query
    }

    /// Takes a page; tells whether there may be another one.
    pub(super) fn take(&mut self, page: Vec<Entry>) -> bool {
        self.pages += 1;
        let times: Vec<Timestamp> = page.iter().filter_map(|entry| entry.at).collect();
        let length = page.len();
        let known = self.known.len();
        self.known.extend(page.iter().map(|entry| entry.id.clone()));
        let nothing_new = self.known.len() == known;
        self.entries.extend(page);
        let (Some(first), Some(last)) = (times.first(), times.last()) else { return false };
        if length < FEWEST || nothing_new || self.pages >= MOST {
            return false;
        }
        if first > last {
            self.query.end = times.iter().min().and_then(|at| at.checked_add(MILLISECOND).ok());
        } else {
            self.query.start = times.iter().max().and_then(|at| at.checked_sub(MILLISECOND).ok());
        }
        true
    }

    /// All that came.
    pub(super) fn entries(self) -> Vec<Entry> {
        self.entries
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::{any, prop_assert, proptest};
    use serde_json::json;

    use super::Walk;
    use crate::chat::call::EntriesQuery;
    use crate::chat::entry::Entry;

    /// An org of one of the kinds that there may be.
    #[derive(Debug, Clone, Copy)]
    struct Org {
        newest_first: bool,
        start_belongs: bool,
        end_belongs: bool,
        page: usize,
    }

    impl Org {
        fn list(self, all: &[Entry], query: &EntriesQuery) -> Vec<Entry> {
            let inside = |entry: &&Entry| {
                let after = |start: Timestamp| {
                    entry.at > Some(start) || (self.start_belongs && entry.at == Some(start))
                };
                let before = |end: Timestamp| {
                    entry.at < Some(end) || (self.end_belongs && entry.at == Some(end))
                };
                query.start.is_none_or(after) && query.end.is_none_or(before)
            };
            let mut listed: Vec<Entry> = all.iter().filter(inside).cloned().collect();
            if self.newest_first {
                listed.reverse();
            }
            listed.truncate(self.page);
            listed
        }
    }

    fn entry(number: usize, millis: i64) -> Entry {
        let value = json!({"identifier": format!("e-{number}"), "entryType": "Message",
            "transcriptedTimestamp": millis});
        Entry::read(&value, None).expect("an entry")
    }

    proptest! {
        #[test]
        fn all_that_was_missed_is_found_whatever_the_org_does(
            steps in proptest::collection::vec(0_i64..4, 0..300),
            from in 0_i64..400,
            kind in any::<(bool, bool, bool, bool)>(),
        ) {
            let (newest_first, start_belongs, end_belongs, short) = kind;
            let org = Org { newest_first, start_belongs, end_belongs, page: if short { 20 } else { 50 } };
            let mut millis = 1_760_000_000_000;
            let all: Vec<Entry> = steps
                .iter()
                .enumerate()
                .map(|(number, step)| {
                    // No more than a few at one instant.
                    millis += if number % 8 == 0 { 1 } else { *step };
                    entry(number, millis)
                })
                .collect();
            let start = Timestamp::from_millisecond(1_760_000_000_000 + from).ok();
            let mut walk = Walk::from(start);
            let mut pages = 0;
            while walk.take(org.list(&all, &walk.query())) {
                pages += 1;
                prop_assert!(pages <= 40);
            }
            let found = walk.entries();
            for entry in all.iter().filter(|entry| entry.at > start) {
                prop_assert!(found.contains(entry), "{org:?} {entry:?}");
            }
        }
    }
}
