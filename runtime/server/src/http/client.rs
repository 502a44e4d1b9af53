//! Where a request comes from.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Once;

use axum::http::HeaderMap;

use crate::config::Proxies;

const FORWARDED: &str = "x-forwarded-for";

/// The address that a request comes from, in the extensions of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

/// Whether a trusted proxy has passed a request on, in the extensions of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proxied(pub(crate) bool);

/// Whose request it is: the peer's own, or the last in `X-Forwarded-For` that is no trusted proxy,
/// where the peer is one. Whatever stands before that, anybody can write.
pub(super) fn address(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> ClientAddress {
    let mut client = peer.to_canonical();
    if !proxies.contain(client) {
        if headers.contains_key(FORWARDED) && is_near(client) {
            warn_of_proxy(client);
        }
        return ClientAddress(client);
    }
    let lines = headers.get_all(FORWARDED).iter().rev();
    let hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    for hop in hops {
        let Some(hop) = read(hop.trim()) else { break };
        client = hop;
        if !proxies.contain(client) {
            break;
        }
    }
    ClientAddress(client)
}

/// Whether it is on this machine or in its own network: a proxy, and no customer.
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

/// Behind a proxy that nobody named, all customers count as one address. Said once.
fn warn_of_proxy(proxy: IpAddr) {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        tracing::warn!(%proxy, "requests come through a proxy that `server.trusted_proxies` does not name: all of its customers count as one address, and share the limits of one");
    });
}

/// An address, with or without a port.
fn read(hop: &str) -> Option<IpAddr> {
    let plain = hop.parse::<IpAddr>().ok();
    let with_port = || hop.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    let bracketed = || hop.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    plain.or_else(with_port).or_else(bracketed).map(|address| address.to_canonical())
}

/// What counts as one place: an IPv4 address, or the /64 that one household or host has of IPv6.
pub(crate) fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn from(peer: &str, lines: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
        }
        let proxies =
            Proxies::from_iter(["10.0.0.0/8".parse().unwrap(), "2001:db8::7/128".parse().unwrap()]);
        address(peer.parse().unwrap(), &headers, &proxies).0.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_says_whom_it_asks_for() {
        assert_eq!(from("192.0.2.1", &["198.51.100.9"]), "192.0.2.1");
        assert_eq!(from("10.0.0.1", &["198.51.100.9"]), "198.51.100.9");
        assert_eq!(from("::ffff:10.0.0.1", &["198.51.100.9"]), "198.51.100.9");
        assert_eq!(from("2001:db8::7", &["[2001:db8::9]:443"]), "2001:db8::9");
        assert_eq!(from("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_a_client_has_written_before_is_not_believed() {
        assert_eq!(from("10.0.0.1", &["203.0.113.5, 198.51.100.9"]), "198.51.100.9");
        assert_eq!(from("10.0.0.1", &["203.0.113.5, 198.51.100.9, 10.9.9.9"]), "198.51.100.9");
        assert_eq!(from("10.0.0.1", &["203.0.113.5", "198.51.100.9:4711"]), "198.51.100.9");
        assert_eq!(from("10.0.0.1", &["203.0.113.5, nonsense"]), "10.0.0.1");
        assert_eq!(from("10.0.0.1", &["203.0.113.5, nonsense, 10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn neighbours_are_one() {
        let of = |text: &str| neighbourhood(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
    }
}
