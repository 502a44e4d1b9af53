//! How much the outside may ask for, and whom to believe where a request comes from.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;

/// The listener for operators.
#[derive(Debug, Clone)]
pub struct OperatorConfig {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether somebody chose that address. One that nobody chose does not keep a server from
    /// starting where something else has it.
    pub chosen: bool,
    /// What a request bears; without it, only health is told.
    pub token: Option<SecretString>,
}

/// How much the outside may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeConfig {
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Proxies,
    /// How long a peer may take.
    pub deadlines: Deadlines,
    /// Connections at a time.
    pub connections: u32,
    /// Of these, from one address (an IPv4 address, or a /64 of IPv6) that is no trusted proxy.
    pub connections_per_address: u32,
    /// What one visitor may send in a minute: messages, forms, choices.
    pub messages_per_minute: NonZeroU32,
    /// Conversations that may begin in a minute from one address.
    pub conversations_per_minute: NonZeroU32,
    /// How much of files is kept in all, in units of 1,048,576 bytes.
    pub files_mb: u32,
}

impl Default for EdgeConfig {
    fn default() -> Self {
        const MESSAGES: NonZeroU32 = NonZeroU32::new(20).unwrap();
        const CONVERSATIONS: NonZeroU32 = NonZeroU32::new(5).unwrap();
        Self {
            trusted_proxies: Proxies::default(),
            deadlines: Deadlines::default(),
            connections: 16_384,
            connections_per_address: 256,
            messages_per_minute: MESSAGES,
            conversations_per_minute: CONVERSATIONS,
            files_mb: 2048,
        }
    }
}

impl EdgeConfig {
    /// So much that nobody meets a limit: for one developer, and for tests.
    #[must_use]
    pub fn wide() -> Self {
        Self {
            connections_per_address: 16_384,
            messages_per_minute: NonZeroU32::MAX,
            conversations_per_minute: NonZeroU32::MAX,
            ..Self::default()
        }
    }
}

/// How long a peer may take before its connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// For a request's header, from the connection's beginning or the header's first byte.
    pub header: Duration,
    /// For a request's body.
    pub body: Duration,
    /// Between two requests. Longer than a load balancer's, so that it is the balancer that closes.
    pub idle: Duration,
    /// To take anything at all of an answer.
    pub write: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            write: Duration::from_secs(30),
        }
    }
}

/// Proxies that are trusted to say whom they ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl FromIterator<IpNet> for Proxies {
    fn from_iter<I: IntoIterator<Item = IpNet>>(networks: I) -> Self {
        Self(networks.into_iter().map(|network| network.trunc()).collect())
    }
}

impl Proxies {
    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }
}
