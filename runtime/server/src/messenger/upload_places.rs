//! How many uploads there are at a time: each is in memory until it is kept.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::http::client::{ClientAddress, neighbourhood};

/// Uploads at most.
const MOST: usize = 8;
/// Of one address. Slow ones from there can't take the places of all.
const MOST_OF_ONE: usize = 4;

/// Places for uploads, and who has taken one.
#[derive(Debug, Default)]
pub(crate) struct UploadPlaces {
    taken: Mutex<Vec<(Uuid, IpAddr)>>,
}

/// One upload's place; dropped, it is free again.
#[derive(Debug)]
pub(super) struct UploadPlace<'p> {
    places: &'p UploadPlaces,
    visitor: Uuid,
}

impl UploadPlaces {
    /// A place for an upload of a visitor, who has one at a time, if one is left.
    pub(super) fn take(
        &self,
        visitor: Uuid,
        ClientAddress(from): ClientAddress,
    ) -> Option<UploadPlace<'_>> {
        let from = neighbourhood(from);
        let mut taken = self.taken();
        let of_one = taken.iter().filter(|(_, other)| *other == from).count();
        let free = taken.len() < MOST
            && of_one < MOST_OF_ONE
            && taken.iter().all(|(other, _)| *other != visitor);
        free.then(|| {
            taken.push((visitor, from));
            UploadPlace { places: self, visitor }
        })
    }

    fn taken(&self) -> MutexGuard<'_, Vec<(Uuid, IpAddr)>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UploadPlace<'_> {
    fn drop(&mut self) {
        self.places.taken().retain(|(visitor, _)| *visitor != self.visitor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_the_places_of_all() {
        let places = UploadPlaces::default();
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
