//! `[server]`: where the runtime serves and how much the outside may ask of it.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::{Listen, Network, OperatorListen, Variable};

/// `[server]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSection {
    /// Where the Messenger is served: `127.0.0.1:8080`.
    pub listen: Listen,
    /// Where operators ask for health, metrics and dead letters; `off` for nowhere. Left out, it is
    /// [`ServerSection::OPERATOR_LISTEN`] where nothing else has that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator_listen: Option<OperatorListen>,
    /// The environment variable that holds the operators' token. Without it, the operators'
    /// listener tells nothing but health.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator_token_env: Option<Variable>,
    /// After so many minutes, about, the org is asked whether it has changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_check_minutes: Option<NonZeroU32>,
    /// Where conversations are kept: `sqlite:PATH`, relative to the project.
    pub store: String,
    /// Addresses and networks of proxies whose `X-Forwarded-For` is believed: `10.0.0.0/8`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_proxies: Vec<Network>,
    /// The request header in which these proxies tell the visitor's country by two letters, such as
    /// `CF-IPCountry`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_header: Option<String>,
    /// `[server.limits]`
    #[serde(skip_serializing_if = "LimitsSection::is_default")]
    pub limits: LimitsSection,
}

impl ServerSection {
    /// Where operators ask if the manifest does not say.
    pub const OPERATOR_LISTEN: SocketAddr =
        SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8081));
    /// How often the org is asked if the manifest does not say: some five requests each time.
    pub const ORG_CHECK_MINUTES: u32 = 15;

    /// Where operators ask; `None` where nobody is to.
    pub fn operator_address(&self) -> Option<SocketAddr> {
        match self.operator_listen {
            None => Some(Self::OPERATOR_LISTEN),
            Some(OperatorListen::Off) => None,
            Some(OperatorListen::At(address)) => Some(address),
        }
    }

    /// Minutes between two looks at the org.
    pub fn org_check_minutes(&self) -> u32 {
        self.org_check_minutes.map_or(Self::ORG_CHECK_MINUTES, u32::from)
    }
}

impl Default for ServerSection {
    fn default() -> Self {
        Self {
            listen: Listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))),
            operator_listen: None,
            operator_token_env: None,
            org_check_minutes: None,
            store: "sqlite:.tidegate/tidegate.db".to_owned(),
            trusted_proxies: Vec::new(),
            country_header: None,
            limits: LimitsSection::default(),
        }
    }
}

/// `[server.limits]`: left out, the runtime's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsSection {
    /// Connections at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<Limit>,
    /// Of these, from one address (IPv4, or a /64 of IPv6) that is no trusted proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections_per_address: Option<Limit>,
    /// What one visitor may send in a minute: messages, forms, choices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages_per_minute: Option<Limit>,
    /// Conversations that may begin in a minute from one address. An office has one address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversations_per_minute: Option<Limit>,
    /// How much of files the store keeps in all, in MB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_mb: Option<Limit>,
}

/// How much of something: at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Limit(NonZeroU32);

impl Limit {
    /// The number.
    pub fn get(self) -> NonZeroU32 {
        self.0
    }
}

impl TryFrom<i64> for Limit {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        let number = u32::try_from(number).ok().and_then(NonZeroU32::new);
        number
            .map(Self)
            .ok_or_else(|| format!("a limit is a number from 1 to {}, or left out", u32::MAX))
    }
}

impl From<Limit> for i64 {
    fn from(limit: Limit) -> Self {
        limit.0.get().into()
    }
}

impl LimitsSection {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
