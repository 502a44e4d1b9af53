//! Signed assertions of the JWT bearer flow.

use std::collections::HashSet;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;

use super::{ConnectedApp, TokenError};

/// The audiences that Salesforce takes beside the org's own address.
const LOGIN_HOSTS: [&str; 2] = ["https://login.salesforce.com", "https://test.salesforce.com"];
/// How far ahead an assertion may expire, in seconds, with a minute for clocks that differ.
const LONGEST_LIFE: i64 = 3 * 60 + 60;

const INVALID: TokenError = TokenError::new("invalid_grant", "invalid assertion");
const AUDIENCE: TokenError = TokenError::new("invalid_grant", "audience is invalid");
const STRANGER: TokenError = TokenError::new("invalid_client_id", "client identifier invalid");

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: Expiry,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Some clients write the number as text; Salesforce takes both.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expiry {
    Number(i64),
    Text(String),
}

/// The username that an assertion logs in, if the app that it names signed it.
pub(super) fn verify(
    apps: &[ConnectedApp],
    org_url: &str,
    assertion: &str,
) -> Result<String, TokenError> {
    let unverified = jsonwebtoken::dangerous::insecure_decode::<Claims>(assertion);
    let issuer = unverified.map_err(|_| INVALID)?.claims.iss;
    let app = apps.iter().find(|app| app.consumer_key == issuer).ok_or(STRANGER)?;
    let key = app.public_key.as_deref().ok_or(INVALID)?;
    let key = DecodingKey::from_rsa_pem(key.as_bytes()).map_err(|_| INVALID)?;
    let claims = decode::<Claims>(assertion, &key, &signature_only()).map_err(|_| INVALID)?.claims;
    check_audience(&claims.aud, org_url)?;
    check_expiry(&claims.exp)?;
    Ok(claims.sub)
}

/// The claims are checked here, since each has an error of its own.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_aud = false;
    validation.validate_exp = false;
    validation.required_spec_claims = HashSet::new();
    validation
}

fn check_audience(audience: &Audience, org_url: &str) -> Result<(), TokenError> {
    let known = |audience: &str| {
        let audience = audience.trim_end_matches('/');
        audience == org_url || LOGIN_HOSTS.contains(&audience)
    };
    let fits = match audience {
        Audience::One(audience) => known(audience),
        Audience::Several(audiences) => audiences.iter().any(|audience| known(audience)),
    };
    if fits { Ok(()) } else { Err(AUDIENCE) }
}

fn check_expiry(expiry: &Expiry) -> Result<(), TokenError> {
    let expiry = match expiry {
        Expiry::Number(seconds) => Some(*seconds),
        Expiry::Text(text) => text.parse().ok(),
    };
    let life = expiry.and_then(|expiry| expiry.checked_sub(Timestamp::now().as_second()));
    match life {
        Some(1..=LONGEST_LIFE) => Ok(()),
        _ => Err(INVALID),
    }
}
