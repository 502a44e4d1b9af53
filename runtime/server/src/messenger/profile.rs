//! What is known of a visitor who opens the Messenger: what the page claims, cut and never
//! believed, and what the server sees for itself.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName};
use jiff::{SignedDuration, Timestamp};
use tidegate_store::contract::Profile;

use super::agent::Agent;
use super::open::OpenRequest;

/// Characters kept at most of what a page says.
const KEPT: usize = 2048;
/// Whoever was away so long comes for another visit.
const VISIT: SignedDuration = SignedDuration::from_mins(30);

/// What is seen of a request.
#[derive(Debug)]
pub(super) struct Seen {
    agent: Agent,
    country: Option<String>,
    at: Timestamp,
}

impl Seen {
    /// `country` is the header in which a proxy of ours tells the country.
    pub(super) fn new(headers: &HeaderMap, country: Option<&HeaderName>, at: Timestamp) -> Self {
        let country = country.and_then(|name| headers.get(name)?.to_str().ok()).and_then(code);
        Self { agent: Agent::of(headers), country, at }
    }

    /// The profile, going on from an earlier one.
    pub(super) fn profile(
        self,
        request: &OpenRequest,
        before: Option<&Profile>,
        claims: Option<BTreeMap<String, String>>,
    ) -> Profile {
        let before = before.cloned().unwrap_or_default();
        let Self { agent, country, at } = self;
        let again = before.last_seen.is_some_and(|last| at.duration_since(last) < VISIT);
        let (seen_before, visits) = if again {
            (before.seen_before, before.visits.max(1))
        } else {
            (before.last_seen, before.visits.saturating_add(1))
        };
        Profile {
            claims: claims.unwrap_or(before.claims),
            email: kept(&request.email).or(before.email),
            name: kept(&request.name).or(before.name),
            page: address(&request.page),
            referrer: address(&request.referrer),
            language: tag(&request.language, "-"),
            time_zone: tag(&request.time_zone, "/_+-"),
            browser: agent.browser,
            browser_version: agent.version,
            os: agent.os,
            country,
            first_seen: before.first_seen.or(Some(at)),
            last_seen: Some(at),
            seen_before,
            visits,
        }
    }
}

/// An ISO 3166 code; `XX` and `T1` are what proxies say when they do not know.
fn code(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_uppercase();
    let fits = text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase()) && text != "XX";
    fits.then_some(text)
}

fn kept(text: &Option<String>) -> Option<String> {
    let text = text.as_deref()?.trim();
    let clean: String = text.chars().filter(|c| !c.is_control()).take(KEPT).collect();
    (!clean.is_empty()).then_some(clean)
}

/// A page's address without what stands behind `#`, which may be a secret of the page's.
fn address(text: &Option<String>) -> Option<String> {
    let text = kept(text)?;
    let (address, _) = text.split_once('#').unwrap_or((&text, ""));
    let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    let web = lower.starts_with("https://") || lower.starts_with("http://");
    web.then(|| address.to_owned())
}

/// A language or time zone, in the signs that such names are made of.
fn tag(text: &Option<String>, signs: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || signs.contains(c);
    kept(text).filter(|text| text.len() <= 64 && text.chars().all(fits))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};
    use jiff::{SignedDuration, Timestamp};
    use tidegate_store::contract::Profile;

    use super::super::open::OpenRequest;
    use super::{Seen, address, code, tag};

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn opened(before: Option<&Profile>, minutes: i64) -> Profile {
        let seen = Seen::new(&HeaderMap::new(), None, at(minutes));
        seen.profile(&OpenRequest::default(), before, None)
    }

    #[test]
    fn a_visit_ends_with_half_an_hour_of_absence() {
        let first = opened(None, 0);
        assert_eq!((first.visits, first.first_seen, first.seen_before), (1, Some(at(0)), None));
        let same = opened(Some(&first), 29);
        assert_eq!((same.visits, same.seen_before), (1, None));
        let second = opened(Some(&same), 59);
        assert_eq!((second.visits, second.first_seen), (2, Some(at(0))));
        assert_eq!((second.seen_before, second.last_seen), (Some(at(29)), Some(at(59))));
        let same = opened(Some(&second), 60);
        assert_eq!((same.visits, same.seen_before), (2, Some(at(29))));
    }

    #[test]
    fn only_the_named_header_tells_the_country() {
        let name = HeaderName::from_static("cf-ipcountry");
        let headers: HeaderMap =
            [(name.clone(), HeaderValue::from_static("de"))].into_iter().collect();
        let country = |named| Seen::new(&headers, named, at(0)).country;
        assert_eq!(country(Some(&name)).as_deref(), Some("DE"));
        assert_eq!(country(None), None);
        assert_eq!(["XX", "T1", "", "DEU", "D\u{e9}"].map(code), [const { None }; 5]);
    }

    #[test]
    fn what_a_page_says_is_cut_and_looked_at() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(address(&some("https://a.example/x?y#token=z")), some("https://a.example/x?y"));
        assert_eq!(address(&some("javascript:alert(1)")), None);
        assert_eq!(address(&some(&format!("https://{}", "a".repeat(9_000)))).unwrap().len(), 2048);
        assert_eq!(tag(&some("Europe/Berlin"), "/_+-"), some("Europe/Berlin"));
        assert_eq!(tag(&some("<b>"), "-"), None);
        assert_eq!(tag(&some(&"a".repeat(65)), "-"), None);
    }
}
