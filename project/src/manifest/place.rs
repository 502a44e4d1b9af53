//! Addresses in the manifest: where to listen, whom to believe, whose pages may ask.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::Url;

/// What is wrong, and what to write instead, parted as `ManifestError` parts them.
pub(super) fn wrong<T>(message: &str, help: &str) -> Result<T, String> {
    Err(format!("{message}{}{help}", super::suggest::HELP))
}

/// Where to listen: an IP address and a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Listen(pub SocketAddr);

impl TryFrom<String> for Listen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).or_else(|_| {
            wrong(
                &format!("`{text}` is no IP address with a port"),
                "write both, such as `127.0.0.1:8080`, or `0.0.0.0:8080` for every address of the machine",
            )
        })
    }
}

impl From<Listen> for String {
    fn from(listen: Listen) -> Self {
        listen.0.to_string()
    }
}

/// Where operators ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum OperatorListen {
    /// Nowhere.
    Off,
    /// At this address.
    At(SocketAddr),
}

impl TryFrom<String> for OperatorListen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::Off);
        }
        text.parse().map(Self::At).or_else(|_| {
            wrong(
                &format!("`{text}` is no IP address with a port"),
                "write both, such as `127.0.0.1:8081`, or `off`",
            )
        })
    }
}

impl From<OperatorListen> for String {
    fn from(listen: OperatorListen) -> Self {
        match listen {
            OperatorListen::Off => "off".to_owned(),
            OperatorListen::At(address) => address.to_string(),
        }
    }
}

/// An address (`10.0.0.7`) or a network (`10.0.0.0/8`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(pub IpNet);

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        net.map(Self).or_else(|_| {
            wrong(
                &format!("`{text}` is neither an IP address nor a network"),
                "name each proxy by its address, such as `10.0.0.7`, or its network, such as `10.0.0.0/8`",
            )
        })
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.0.to_string()
    }
}

/// The origin of pages, just as browsers send it: scheme, host, and a port that is not the scheme's own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

impl Origin {
    /// As a browser sends it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let origin = web(&text).map(|url| url.origin().ascii_serialization());
        match origin {
            Some(origin) if origin == text => Ok(Self(text)),
            Some(origin) => wrong(
                &format!("`{text}` is not an origin as browsers send it"),
                &format!("write `{origin}`"),
            ),
            None => wrong(
                &format!("`{text}` is no origin of pages"),
                "write scheme and host, such as `https://www.example.com`",
            ),
        }
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

/// Where logins go: a web address. Whether a login may go there at all is the client's to say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct LoginUrl(String);

impl LoginUrl {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LoginUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match web(&text) {
            Some(_) => Ok(Self(text)),
            None => wrong(
                &format!("`{text}` is no address to log in at"),
                "write `https://login.salesforce.com`, `https://test.salesforce.com`, or the org's My Domain, such as `https://acme.my.salesforce.com`",
            ),
        }
    }
}

impl From<LoginUrl> for String {
    fn from(login: LoginUrl) -> Self {
        login.0
    }
}

/// Where an AI is asked: an address that nobody can read along on the way to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Endpoint(String);

impl Endpoint {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Endpoint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let near = |url: &Url| match url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        };
        match web(&text) {
            Some(url) if url.query().is_none() && (url.scheme() == "https" || near(&url)) => {
                Ok(Self(text))
            }
            _ => wrong(
                &format!("`{text}` is no address to ask an AI at"),
                "write `https://` and what every request begins with, such as `https://api.openai.com/v1`; `http://` \
                 goes to this machine alone",
            ),
        }
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> Self {
        endpoint.0
    }
}

fn web(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    (web && url.host().is_some() && url.username().is_empty() && url.password().is_none())
        .then_some(url)
}
