//! How much of its daily allowance an org has used.

use http::{HeaderMap, HeaderName};

const LIMIT_INFO: HeaderName = HeaderName::from_static("sforce-limit-info");

/// API requests of the last 24 hours, by all programs together, from `Sforce-Limit-Info`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiUsage {
    /// Requests made.
    pub used: u64,
    /// Requests allowed.
    pub allowed: u64,
}

impl ApiUsage {
    /// The header is absent from some answers; that says nothing.
    pub(super) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        headers.get(LIMIT_INFO)?.to_str().ok().and_then(Self::parse)
    }

    /// Reads `api-usage=658/15000; per-app-api-usage=17/250(appName=x)`.
    fn parse(text: &str) -> Option<Self> {
        let entry = text.split(';').find_map(|entry| entry.trim().strip_prefix("api-usage="))?;
        let (used, allowed) = entry.split_once('/')?;
        Some(ApiUsage { used: used.trim().parse().ok()?, allowed: allowed.trim().parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::ApiUsage;

    #[test]
    fn both_forms_are_read_and_junk_is_not() {
        let usage = Some(ApiUsage { used: 658, allowed: 15_000 });
        assert_eq!(ApiUsage::parse("api-usage=658/15000"), usage);
        let long = "per-app-api-usage=17/250(appName=x); api-usage=658/15000";
        assert_eq!(ApiUsage::parse(long), usage);
        for junk in ["", "api-usage=", "api-usage=1", "api-usage=a/b", "per-app-api-usage=1/2"] {
            assert_eq!(ApiUsage::parse(junk), None, "{junk}");
        }
    }
}
