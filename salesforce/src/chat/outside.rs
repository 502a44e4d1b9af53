//! Which addresses are everybody's. What an org names is fetched from those alone: a server is not to be
//! led to what only it can reach.

use std::env;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// The address at which Azure tells its machines about themselves, which looks like anybody's.
const AZURE: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);
/// Variables that name the proxies by which https goes.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Whether an address is everybody's: no private network, no neighbour, not this machine, nothing that
/// leads to one of these.
pub(super) fn is_outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_outside_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(address) => is_outside_v4(address),
            None => is_outside_v6(address),
        },
    }
}

fn is_outside_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match (a, b, c) {
        // This network, private ones, those of carriers, this machine, neighbours.
        (0 | 10 | 127, ..) | (100, 64..=127, _) | (169, 254, _) => true,
        (172, 16..=31, _) | (192, 168, _) => true,
        // For protocols, documents and measurements; several at once, and what is reserved.
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 18 | 19, _) | (198, 51, 100) => true,
        (203, 0, 113) | (224..=255, ..) => true,
        _ => false,
    };
    !special && address != AZURE
}

/// The address of IPv4 to which one of IPv6 leads.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // Mapped; translated by NAT64; 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => of(high, low),
        [0x2002, high, low, ..] => of(high, low),
        _ => None,
    }
}

fn is_outside_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Of what may be everybody's, protocols (Teredo too) and documents have parts.
    let special = (first == 0x2001 && (second < 0x200 || second == 0xdb8))
        || (first == 0x3fff && second < 0x1000);
    (0x2000..0x4000).contains(&first) && !special
}

/// Whether an address is one to fetch from, as far as it says so itself: by https, and no number that
/// is not everybody's. What its name stands for is seen when a connection is made.
pub(super) fn may_be_outside(url: &Url) -> bool {
    let bare = url.username().is_empty() && url.password().is_none();
    bare && url.scheme() == "https"
        && match url.host() {
            Some(Host::Ipv4(address)) => is_outside(address.into()),
            Some(Host::Ipv6(address)) => is_outside(address.into()),
            Some(Host::Domain(name)) => name != "localhost",
            None => false,
        }
}

/// Looks names up, and gives no address that is not everybody's.
pub(crate) struct Outside {
    names: Arc<dyn Resolve>,
    /// What a proxy is called. A proxy decides itself whom it asks.
    proxies: Vec<String>,
}

impl Outside {
    /// By the machine's own look-up.
    pub(crate) fn new() -> Self {
        let proxies = PROXIES.into_iter().filter_map(|name| env::var(name).ok());
        Self::through(Arc::new(Machine), proxies.filter_map(|it| proxy_host(&it)).collect())
    }

    pub(crate) fn through(names: Arc<dyn Resolve>, proxies: Vec<String>) -> Self {
        Self { names, proxies }
    }
}

fn proxy_host(proxy: &str) -> Option<String> {
    let with_scheme = if proxy.contains("://") { proxy.into() } else { format!("http://{proxy}") };
    Url::parse(&with_scheme).ok()?.host_str().map(str::to_owned)
}

impl Resolve for Outside {
    fn resolve(&self, name: Name) -> Resolving {
        if self.proxies.iter().any(|proxy| proxy.eq_ignore_ascii_case(name.as_str())) {
            return self.names.resolve(name);
        }
        let found = self.names.resolve(name);
        Box::pin(async move {
            let all: Vec<SocketAddr> = found.await?.collect();
            // One that is not is reason enough to trust none of them.
            match all.iter().all(|address| is_outside(address.ip())) {
                true => Ok(Box::new(all.into_iter()) as Addrs),
                false => Err("its name leads to an address that is not everybody's".into()),
            }
        })
    }
}

/// The machine's own look-up.
struct Machine;

impl Resolve for Machine {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{is_outside, may_be_outside, proxy_host};

    #[test]
    fn what_only_some_can_reach_is_not_outside() {
        let inside = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
        ];
        for address in inside {
            assert!(!is_outside(address.parse().expect("an address")), "{address}");
        }
        let outside = [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.32.0.1",
            "169.253.1.1",
            "192.0.1.1",
            "2606:4700:4700::1111",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2001:4860:4860::8888",
        ];
        for address in outside {
            assert!(is_outside(address.parse::<IpAddr>().expect("an address")), "{address}");
        }
    }

    #[test]
    fn an_address_tells_some_of_it_itself() {
        let may = |text: &str| may_be_outside(&text.parse().expect("an address"));
        assert!(may("https://files.example.com/a") && may("https://1.1.1.1/a"));
        let inside = [
            "http://files.example.com/a",
            "https://u:p@files.example.com/a",
            "https://localhost/",
            "https://10.0.0.1/",
            "https://[::ffff:7f00:1]/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://127.1/",
            "file:///etc/passwd",
        ];
        for address in inside {
            assert!(!may(address), "{address}");
        }
    }

    #[test]
    fn a_proxy_is_known_by_its_host() {
        let host = |text: &str| proxy_host(text);
        assert_eq!(host("http://proxy.lan:3128").as_deref(), Some("proxy.lan"));
        assert_eq!(host("proxy.lan:3128").as_deref(), Some("proxy.lan"));
        assert_eq!(host("").as_deref(), None);
    }
}
