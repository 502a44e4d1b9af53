//! How many files come and go at a time: each is in memory for as long as that takes.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::http::client::{ClientAddress, neighbourhood};

/// Files at most.
const MOST: usize = 8;
/// Of one address. Slow ones from there can't take the places of all.
const MOST_OF_ONE: usize = 4;

/// Places for files that come, or for those that go, and who has taken one.
#[derive(Debug)]
pub(crate) struct FilePlaces {
    /// Of one visitor.
    own: usize,
    taken: Mutex<Vec<(Uuid, IpAddr)>>,
}

/// One file's place; dropped, it is free again.
#[derive(Debug)]
pub(super) struct FilePlace {
    places: Arc<FilePlaces>,
    taken: (Uuid, IpAddr),
}

impl FilePlaces {
    /// Places of which one visitor has so many at a time.
    pub(crate) fn new(own: usize) -> Arc<Self> {
        Arc::new(Self { own, taken: Mutex::default() })
    }

    /// A place for a file of a visitor, if one is left.
    pub(super) fn take(
        self: &Arc<Self>,
        visitor: Uuid,
        ClientAddress(from): ClientAddress,
    ) -> Option<FilePlace> {
        let from = neighbourhood(from);
        let mut taken = self.taken();
        let of_one = taken.iter().filter(|(_, other)| *other == from).count();
        let free = taken.len() < MOST
            && of_one < MOST_OF_ONE
            && taken.iter().filter(|(other, _)| *other == visitor).count() < self.own;
        free.then(|| {
            taken.push((visitor, from));
            FilePlace { places: Arc::clone(self), taken: (visitor, from) }
        })
    }

    fn taken(&self) -> MutexGuard<'_, Vec<(Uuid, IpAddr)>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FilePlace {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        let own = taken.iter().position(|one| *one == self.taken);
        own.map(|at| taken.swap_remove(at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_the_places_of_all() {
        let places = FilePlaces::new(1);
        let take = |visitor, from: &str| {
            places.take(Uuid::from_u128(visitor), ClientAddress(from.parse().unwrap()))
        };
        let first = take(0, "192.0.2.1").unwrap();
        assert!(take(0, "192.0.2.2").is_none(), "a visitor has one at a time");
        let _more: Vec<_> = (1..4).map(|visitor| take(visitor, "192.0.2.1").unwrap()).collect();
        assert!(take(4, "192.0.2.1").is_none(), "an address has four");
        let _others: Vec<_> = (4..8).map(|visitor| take(visitor, "192.0.2.2").unwrap()).collect();
        assert!(take(8, "192.0.2.3").is_none(), "all are taken");
        drop(first);
        assert!(take(8, "192.0.2.3").is_some());
    }
}
