//! Which addresses a login may go to, and which it may point to.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

use crate::error::LoginError;

/// Domains of Salesforce's own, below which every org's lies.
const DOMAINS: [&str; 4] = [".salesforce.com", ".force.com", ".salesforce.mil", ".cloudforce.com"];

/// An address to log in at: https, or this machine's own loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginUrl(Url);

impl FromStr for LoginUrl {
    type Err = LoginError;

    fn from_str(text: &str) -> Result<Self, LoginError> {
        let url = Url::parse(text.trim()).ok().filter(safe);
        url.map(LoginUrl).ok_or_else(|| LoginError::BadLoginUrl { url: text.to_owned() })
    }
}

impl fmt::Display for LoginUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

impl LoginUrl {
    pub(crate) fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    pub(crate) fn is_loopback(&self) -> bool {
        loopback(&self.0)
    }

    pub(super) fn token_address(&self) -> Url {
        let mut address = self.0.clone();
        address.set_path("/services/oauth2/token");
        address.set_query(None);
        address
    }

    /// Takes the address that a token answer names, if data may go there: the same host, another
    /// one of Salesforce's, or from loopback to loopback.
    pub(super) fn accept_instance(&self, text: &str) -> Result<Url, LoginError> {
        let accepted = |url: &Url| {
            safe(url)
                && match url.host() {
                    Some(Host::Domain(name)) if !self.is_loopback() => {
                        url.host() == self.0.host()
                            || DOMAINS.iter().any(|domain| name.ends_with(domain))
                    }
                    _ => self.is_loopback() && loopback(url),
                }
        };
        let url = Url::parse(text).ok().filter(accepted);
        url.ok_or_else(|| LoginError::ForeignInstance { url: text.to_owned() })
    }
}

/// Https, or http that stays on this machine; no name and no password in it.
pub(crate) fn safe(url: &Url) -> bool {
    let bare = url.username().is_empty() && url.password().is_none();
    bare && (url.scheme() == "https" || (url.scheme() == "http" && loopback(url)))
}

/// Whether it is this machine itself.
pub(crate) fn loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::LoginUrl;

    #[test]
    fn a_login_goes_over_https_or_stays_here() {
        let ok = |text: &str| text.parse::<LoginUrl>().is_ok();
        assert!(ok("https://login.salesforce.com"));
        assert!(ok("http://127.0.0.1:8080") && ok("http://localhost:1") && ok("http://[::1]:1"));
        assert!(!ok("http://login.salesforce.com") && !ok("ftp://127.0.0.1"));
        assert!(!ok("https://user:secret@acme.my.salesforce.com") && !ok("login.salesforce.com"));
        assert!(!ok("http://127.0.0.1.example.com"));
    }

    #[test]
    fn data_goes_only_to_salesforce_or_stays_here() {
        let takes = |login: &str, instance: &str| {
            let login: LoginUrl = login.parse().expect("a login address");
            login.accept_instance(instance).is_ok()
        };
        let remote = "https://login.salesforce.com";
        assert!(takes(remote, "https://acme.my.salesforce.com"));
        assert!(takes(remote, "https://acme--uat.sandbox.my.salesforce.com"));
        assert!(takes("https://crm.example.com", "https://crm.example.com"));
        assert!(!takes(remote, "http://acme.my.salesforce.com"));
        assert!(!takes(remote, "https://evil.example.com"));
        assert!(!takes(remote, "https://evilsalesforce.com"));
        assert!(!takes(remote, "https://127.0.0.1") && !takes(remote, "http://localhost"));
        assert!(!takes(remote, "https://10.0.0.1") && !takes(remote, ""));
        assert!(takes("http://127.0.0.1:1", "http://127.0.0.1:2"));
        assert!(!takes("http://127.0.0.1:1", "https://acme.my.salesforce.com"));
    }
}
