//! How long an answer asks to be left alone.

use std::time::Duration;

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, StatusCode};

/// What `Retry-After` of a 429 or a 503 says: seconds, or a date, which is counted from the
/// answer's own, so that nobody's clock matters.
pub(crate) fn asked_for(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let asked = text(RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    date(asked)?.duration_since(date(text(DATE)?)?).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::asked_for;

    fn told(status: u16, retry_after: &'static str) -> Option<u64> {
        let mut headers = HeaderMap::new();
        let date = HeaderValue::from_static("Sun, 22 Nov 2026 10:00:00 GMT");
        headers.insert("date", date);
        headers.insert("retry-after", HeaderValue::from_static(retry_after));
        let asked = asked_for(StatusCode::from_u16(status).unwrap(), &headers);
        asked.as_ref().map(Duration::as_secs)
    }

    #[test]
    fn seconds_and_dates_are_read_and_junk_is_not() {
        assert_eq!(told(503, "120"), Some(120));
        assert_eq!(told(429, " 7 "), Some(7));
        assert_eq!(told(503, "Sun, 22 Nov 2026 10:02:30 GMT"), Some(150));
        for junk in ["", "-1", "soon", "1.5", "Sun, 22 Nov 2026 09:59:00 GMT"] {
            assert_eq!(told(503, junk), None, "{junk}");
        }
        assert_eq!(told(400, "120"), None);
        assert_eq!(asked_for(StatusCode::SERVICE_UNAVAILABLE, &HeaderMap::new()), None);
    }
}
