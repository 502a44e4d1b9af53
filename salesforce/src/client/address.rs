//! Addresses below an org's instance.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::error::Error;
use crate::name::ApiVersion;

/// What may stand in a path as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path and a query, without the instance that they will be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// Percent-encoded.
    path: String,
    query: Vec<(&'static str, String)>,
}

impl Address {
    /// Where the versions are listed.
    pub(crate) fn root() -> Self {
        Address { path: "/services/data".to_owned(), query: Vec::new() }
    }

    /// Who a token belongs to.
    pub(crate) fn userinfo() -> Self {
        Address { path: "/services/oauth2/userinfo".to_owned(), query: Vec::new() }
    }

    /// A path below a version's root. Segments may hold any text.
    pub(crate) fn data(version: &ApiVersion, segments: &[&str]) -> Result<Self, Error> {
        let mut path = format!("/services/data/v{version}");
        for segment in segments {
            // Dots would climb in the path, however they are encoded.
            if matches!(*segment, "" | "." | "..") {
                let what = format!("`{segment}` cannot stand in an address");
                return Err(Error::Unaskable { what });
            }
            path.push('/');
            path.extend(utf8_percent_encode(segment, PLAIN));
        }
        Ok(Address { path, query: Vec::new() })
    }

    /// A path that the org gave for more of the same; `None` where it leads elsewhere.
    pub(crate) fn given(path: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~%".contains(c);
        let fits = path.starts_with("/services/data/")
            && path.chars().all(plain)
            && !path.split('/').any(|segment| segment == "..");
        fits.then(|| Address { path: path.to_owned(), query: Vec::new() })
    }

    /// Adds a parameter.
    pub(crate) fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.query.push((key, value.into()));
        self
    }

    pub(crate) fn on(&self, instance: &Url) -> Url {
        let mut url = instance.clone();
        url.set_path(&self.path);
        url.set_query(None);
        url.set_fragment(None);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::Address;
    use crate::name::ApiVersion;

    #[test]
    fn any_key_is_one_segment() {
        let version = ApiVersion::new("66.0").expect("a version");
        let instance = Url::parse("https://acme.my.salesforce.com/x?y#z").expect("an address");
        let address = Address::data(&version, &["sobjects", "Case", "Key__c", "a/b?c#d%2e é"])
            .expect("an address")
            .with("fields", "Id,Status");
        assert_eq!(
            address.on(&instance).as_str(),
            "https://acme.my.salesforce.com/services/data/v66.0/sobjects/Case/Key__c/\
             a%2Fb%3Fc%23d%252e%20%C3%A9?fields=Id%2CStatus"
        );
        assert!(Address::data(&version, &["sobjects", ".."]).is_err());
        assert!(Address::data(&version, &["sobjects", ""]).is_err());
    }

    #[test]
    fn a_next_page_stays_in_the_data_of_the_org() {
        assert!(Address::given("/services/data/v60.0/query/0r8xx5R2sM3DgWhASK-2000").is_some());
        for path in ["https://evil.example.com/", "//evil.example.com", "/services/data/../x", "/a"]
        {
            assert!(Address::given(path).is_none(), "{path}");
        }
    }
}
