//! The signed assertion of the JWT bearer flow.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use crate::error::LoginError;

/// Salesforce takes assertions that expire within about three minutes.
const LIFETIME: SignedDuration = SignedDuration::from_secs(170);

#[derive(Serialize)]
pub(super) struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
}

impl<'a> Claims<'a> {
    pub(super) fn new(consumer_key: &'a str, username: &'a str, audience: &'a str) -> Self {
        let expires = Timestamp::now() + LIFETIME;
        Claims { iss: consumer_key, sub: username, aud: audience, exp: expires.as_second() }
    }

    pub(super) fn signed(&self, private_key: &SecretString) -> Result<SecretString, LoginError> {
        let key = EncodingKey::from_rsa_pem(private_key.expose_secret().as_bytes())
            .map_err(|_| LoginError::BadKey)?;
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), self, &key)
            .map(SecretString::from)
            .map_err(|_| LoginError::BadKey)
    }
}
