//! How many connections there are, and how many from where.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::client::neighbourhood;
use crate::config::EdgeConfig;

/// Places for connections.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    most_of_one: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_neighbourhood: HashMap<IpAddr, usize>,
}

/// One connection's place; dropped, it is free again.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    /// `None` for a proxy, behind which are many.
    of: Option<IpAddr>,
}

impl Places {
    pub(super) fn new(edge: &EdgeConfig) -> Arc<Self> {
        let size = |most: u32| usize::try_from(most).unwrap_or(usize::MAX);
        Arc::new(Self {
            most: size(edge.connections),
            most_of_one: size(edge.connections_per_address),
            taken: Mutex::default(),
        })
    }

    /// A place for a connection from there, if one is left.
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr, edge: &EdgeConfig) -> Option<Place> {
        let of = (!edge.trusted_proxies.contain(peer)).then(|| neighbourhood(peer));
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.most {
            return None;
        }
        if let Some(of) = of {
            let count = taken.by_neighbourhood.entry(of).or_default();
            if *count >= self.most_of_one {
                return None;
            }
            *count += 1;
        }
        taken.all += 1;
        Some(Place { places: Arc::clone(self), of })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        let Some(of) = self.of else { return };
        if let Some(count) = taken.by_neighbourhood.get_mut(&of) {
            *count -= 1;
            if *count == 0 {
                taken.by_neighbourhood.remove(&of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Proxies;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_neighbourhood_takes_no_more_than_its_own() {
        let edge = EdgeConfig {
            connections: 6,
            connections_per_address: 2,
            trusted_proxies: Proxies::from_iter(["10.0.0.0/8".parse().unwrap()]),
            ..EdgeConfig::default()
        };
        let places = Places::new(&edge);
        let take = |text| places.take(ip(text), &edge);
        let first = take("2001:db8::1").unwrap();
        let _second = take("2001:db8::2").unwrap();
        assert!(take("2001:db8::3").is_none(), "the same /64");
        let _elsewhere = take("2001:db8:0:1::1").unwrap();
        drop(first);
        let _again = take("2001:db8::3").unwrap();
        let _proxied: Vec<Place> = (0..3).map(|_| take("10.1.2.3").unwrap()).collect();
        assert!(take("192.0.2.1").is_none(), "all are taken");
        drop(_proxied);
        assert!(take("192.0.2.1").is_some());
        assert_eq!(
            places.taken.lock().unwrap().by_neighbourhood.len(),
            2,
            "nobody is kept who left"
        );
    }
}
