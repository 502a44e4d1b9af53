//! Which deployment of which org is spoken to.

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::name::BadName;
use crate::oauth;

/// An Embedded Service deployment for custom clients (`deploymentType` is `API`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Where the org's messaging is.
    pub scrt: ScrtUrl,
    /// The org.
    pub org: OrgId,
    /// The deployment's API name.
    pub name: DeveloperName,
}

/// The org's messaging host, such as `https://acme.my.salesforce-scrt.com`: https, or this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScrtUrl(Url);

impl ScrtUrl {
    pub(super) fn is_loopback(&self) -> bool {
        oauth::loopback(&self.0)
    }

    /// Whether an address is on the host.
    pub(super) fn is_of(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }

    /// An address on the host. Segments are ids and words of ours, which need no encoding.
    pub(super) fn at(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }
}

impl FromStr for ScrtUrl {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let bare = |url: &Url| {
            oauth::safe(url)
                && url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
        };
        let url = Url::parse(text.trim()).ok().filter(bare);
        url.map(ScrtUrl).ok_or_else(|| BadName::new(text, "messaging host, which is https alone"))
    }
}

impl fmt::Display for ScrtUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.origin().ascii_serialization())
    }
}

/// An org's id in its 15 characters, which is the form that this API takes everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrgId(String);

impl OrgId {
    /// The 15 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrgId {
    type Err = BadName;

    /// Takes 15 or 18 characters. The last three of 18 only repeat which of the others are capitals.
    fn from_str(text: &str) -> Result<Self, BadName> {
        let fits = matches!(text.len(), 15 | 18)
            && text.starts_with("00D")
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let short = text.get(..15).filter(|_| fits);
        short.map(|short| OrgId(short.to_owned())).ok_or_else(|| BadName::new(text, "id of an org"))
    }
}

/// A deployment's API name: letters, digits and underscores, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeveloperName(String);

impl DeveloperName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeveloperName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(fits) {
            Ok(DeveloperName(text.to_owned()))
        } else {
            Err(BadName::new(text, "API name of a deployment"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DeveloperName, OrgId, ScrtUrl};

    #[test]
    fn an_org_has_15_characters() {
        let short = |text: &str| text.parse::<OrgId>().map(|org| org.as_str().to_owned());
        assert_eq!(short("00D5e000000AbcdEAX").as_deref(), Ok("00D5e000000Abcd"));
        assert_eq!(short("00D5e000000Abcd").as_deref(), Ok("00D5e000000Abcd"));
        for bad in ["", "00D5e000000Abc", "0015e000000Abcd", "00D5e000000Abc-", "00D5e000000Abcdéx"]
        {
            assert!(short(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_host_is_https_or_this_machine_and_nothing_more() {
        let takes = |text: &str| text.parse::<ScrtUrl>().is_ok();
        assert!(takes("https://acme.my.salesforce-scrt.com") && takes("http://127.0.0.1:80"));
        assert!(!takes("http://acme.my.salesforce-scrt.com") && !takes("https://a.example/x"));
        assert!(!takes("https://a.example/?x=1") && !takes("https://u:p@a.example"));
        let host: ScrtUrl = "https://acme.my.salesforce-scrt.com/".parse().expect("a host");
        assert_eq!(host.at("/a/b").as_str(), "https://acme.my.salesforce-scrt.com/a/b");
        assert_eq!(host.to_string(), "https://acme.my.salesforce-scrt.com");
    }

    #[test]
    fn a_name_is_one_of_the_api() {
        assert!("Web_Client1".parse::<DeveloperName>().is_ok());
        for bad in ["", "1a", "_a", "a-b", "a b", "é"] {
            assert!(bad.parse::<DeveloperName>().is_err(), "{bad}");
        }
    }
}
