//! A visitor's token, and what can be read in it.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::configuration::Configuration;
use super::reading;

/// So long before its end a token is renewed, or a fifth of its time where that is less.
const RENEWED_BEFORE: Duration = Duration::from_secs(300);
/// Nothing is won by renewing what ends in a moment: the call will tell.
const LEAST: Duration = Duration::from_secs(5);

/// What opens one visitor's conversations. Never logged.
///
/// A guest who loses it loses the conversations: another guest's token is another visitor's. So it
/// is kept as long as they last; [`Token::restored`] makes one of what was kept.
#[derive(Clone)]
pub struct Token {
    secret: SecretString,
    /// Known where the token is a JWT that says so.
    expires: Option<Timestamp>,
    renew_at: Option<Timestamp>,
    last_event_id: Option<String>,
}

impl Token {
    /// A token as it came. Its claims are read, not verified: it is the org's, for the org.
    pub(super) fn new(secret: SecretString, last_event_id: Option<String>, now: Timestamp) -> Self {
        let expires = expiry(secret.expose_secret());
        let renew_at = expires.and_then(|expires| {
            let left = Duration::try_from(expires.duration_since(now)).unwrap_or_default();
            expires.checked_sub(RENEWED_BEFORE.min(left / 5).max(LEAST)).ok()
        });
        Token { secret, expires, renew_at, last_event_id }
    }

    /// A token that was kept.
    pub fn restored(secret: SecretString, last_event_id: Option<String>, now: Timestamp) -> Self {
        Token::new(secret, last_event_id, now)
    }

    /// The secret, to be kept with the care that it needs.
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// When it ends, where it says so.
    pub fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// The event behind which the token's events begin.
    pub fn last_event_id(&self) -> Option<&str> {
        self.last_event_id.as_deref()
    }

    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.renew_at.is_some_and(|at| at <= now)
    }

    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|at| at <= now)
    }

    /// When it is to be renewed.
    pub(super) fn renew_at(&self) -> Option<Timestamp> {
        self.renew_at
    }

    pub(super) fn is_same(&self, other: &Token) -> bool {
        self.secret.expose_secret() == other.secret.expose_secret()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Token { secret: _, expires, renew_at: _, last_event_id } = self;
        let mut shown = f.debug_struct("Token");
        shown.field("expires", expires).field("last_event_id", last_event_id);
        shown.finish_non_exhaustive()
    }
}

/// The claim `exp` of a JWT; lifetimes are settings of the channel and differ, so none is assumed.
fn expiry(jwt: &str) -> Option<Timestamp> {
    let claims = jwt.split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let exp = claims.get("exp")?;
    // NumericDate may have a fraction.
    let seconds = exp.as_i64().or_else(|| exp.as_f64().map(|exp| exp as i64))?;
    Timestamp::from_second(seconds).ok()
}

/// An answer to who asked for a token.
#[derive(Debug, Clone)]
pub struct Granted {
    /// The token.
    pub token: Token,
    /// Whom it is for, such as `v2/iamessage/UNAUTH/NA/uid:…`.
    pub subject: Option<String>,
    /// What the org tells of the deployment; a continuation tells nothing.
    pub configuration: Option<Configuration>,
}

impl Granted {
    /// Reads the answer; `None` where it has no token.
    pub(super) fn read(body: &Value, now: Timestamp) -> Option<Self> {
        let secret = reading::text(body, "accessToken").filter(|token| !token.is_empty())?;
        // A header is made of it.
        if secret.bytes().any(|byte| !byte.is_ascii_graphic()) {
            return None;
        }
        let last_event_id = reading::word(body, "lastEventId");
        let context = body.get("context");
        let member = |key| context.and_then(|context| context.get(key));
        let subject = member("endUser").and_then(|user| reading::text(user, "subject"));
        let configuration = member("configuration").map(Configuration::read);
        let token = Token::new(secret.into(), last_event_id, now);
        Some(Granted { token, subject: subject.map(str::to_owned), configuration })
    }

    /// Whether the org knows the customer. Anonymous visitors are told in more than one way.
    pub fn is_verified(&self) -> bool {
        self.subject.as_ref().is_some_and(|subject| subject.contains("/AUTH/"))
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
    use jiff::Timestamp;
    use serde_json::json;

    use super::{Granted, Token, expiry};

    fn jwt(claims: &str) -> String {
        format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn the_end_is_read_from_the_token() {
        let at = |second| Timestamp::from_second(second).ok();
        assert_eq!(expiry(&jwt(r#"{"exp":1800000000,"orgId":"00D5e000000Abcd"}"#)), at(1800000000));
        assert_eq!(expiry(&jwt(r#"{"exp":1800000000.5}"#)), at(1800000000));
        let padded = format!("a.{}.b", URL_SAFE.encode(r#"{"exp":18}"#));
        assert_eq!(expiry(&padded), at(18));
        let far = jwt(r#"{"exp":99999999999999999999}"#);
        for junk in ["", "opaque", "a.b.c", "a.!.c", &jwt("{}"), &jwt(r#"{"exp":"soon"}"#), &far] {
            assert_eq!(expiry(junk), None, "{junk}");
        }
    }

    #[test]
    fn it_is_due_before_it_is_over() {
        let second = |second| Timestamp::from_second(second).expect("a time");
        let due = |lifetime: i64, after: i64| {
            let token = jwt(&format!(r#"{{"exp":{}}}"#, 1_000_000 + lifetime));
            let token = Token::new(token.into(), None, second(1_000_000));
            let now = second(1_000_000 + after);
            (token.is_due(now), token.is_over(now))
        };
        assert_eq!(due(3600, 3299), (false, false));
        assert_eq!(due(3600, 3300), (true, false));
        assert_eq!(due(3600, 3600), (true, true));
        assert_eq!(due(100, 79), (false, false));
        assert_eq!(due(100, 80), (true, false));
        let opaque = Token::new("opaque".into(), None, second(0));
        assert!(!opaque.is_due(second(1 << 37)) && !opaque.is_over(second(1 << 37)));
    }

    #[test]
    fn a_token_is_not_told() {
        let token = Token::new("hush-secret".into(), Some("7".to_owned()), Timestamp::UNIX_EPOCH);
        assert!(!format!("{token:?}").contains("hush"));
    }

    #[test]
    fn an_answer_is_read_leniently_but_not_without_a_token() {
        let read = |body| Granted::read(&body, Timestamp::UNIX_EPOCH);
        let verified = |subject: &str| {
            let body = json!({"accessToken": "t", "context": {"endUser": {"subject": subject}}});
            read(body).expect("a token").is_verified()
        };
        assert!(verified("v2/iamessage/AUTH/keys/uid:ada"));
        assert!(!verified("v2/iamessage/UNAUTH/NA/uid:6d"));
        assert!(!verified("v2/iamessage/ANON/x/uid:6d"));
        let bare = read(json!({"accessToken": "t", "lastEventId": 12})).expect("a token");
        assert_eq!(bare.token.last_event_id(), Some("12"));
        assert!(!bare.is_verified() && bare.configuration.is_none());
        for body in
            [json!({}), json!([]), json!({"accessToken": ""}), json!({"accessToken": "a\nb"})]
        {
            assert!(read(body).is_none());
        }
    }
}
