//! A customer whom we vouch for: the signed assertion of user verification.

use std::time::Duration;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use super::clock::later;
use super::error::ChatError;

/// It is used at once, and only allows for clocks that differ.
const LIFETIME: Duration = Duration::from_secs(300);

/// A customer whom we vouch for, and what we sign that with. The org has the public half of the key in
/// the deployment's user verification.
#[derive(Debug, Clone)]
pub struct Customer {
    /// Who it is, in words of ours that never change: `sub`.
    pub subject: String,
    /// `iss`, as the key set in Setup has it.
    pub issuer: String,
    /// `aud`, where the org checks it.
    pub audience: Option<String>,
    /// `kid`, as the key set has it.
    pub key_id: String,
    /// The RSA key as PEM.
    pub private_key: SecretString,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'a str>,
    iat: i64,
    exp: i64,
}

impl Customer {
    /// Whether something can be signed with this key: an RSA key as PEM.
    pub fn can_sign_with(private_key: &SecretString) -> bool {
        EncodingKey::from_rsa_pem(private_key.expose_secret().as_bytes()).is_ok()
    }

    pub(super) fn assertion(&self, now: Timestamp) -> Result<SecretString, ChatError> {
        let claims = Claims {
            iss: &self.issuer,
            sub: &self.subject,
            aud: self.audience.as_deref(),
            iat: now.as_second(),
            exp: later(now, LIFETIME).as_second(),
        };
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.key_id.clone());
        let key = EncodingKey::from_rsa_pem(self.private_key.expose_secret().as_bytes())
            .map_err(|_| ChatError::BadKey)?;
        let signed = jsonwebtoken::encode(&header, &claims, &key);
        signed.map(SecretString::from).map_err(|_| ChatError::BadKey)
    }
}
