//! Signed identities: JWTs by which the site's server vouches for its visitor.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Debug};

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};

use crate::config::{IdentityAlgorithm, MessengerConfig};

/// How far the clocks of the site and of this machine may differ, in seconds.
const SKEW: u64 = 60;
/// No identity may be good for longer, in seconds.
const LONGEST: i64 = 24 * 60 * 60;
/// Keys at a time: the one in use and the one that replaces it.
const KEYS: usize = 2;
/// Claims without which nobody is vouched for.
const REQUIRED: [&str; 3] = ["exp", "aud", "sub"];
/// HMAC secrets shorter than the hash can be guessed.
const SHORTEST_SECRET: usize = 32;

/// What a site's server said of a visitor, and we have checked that it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) subject: String,
    pub(crate) claims: BTreeMap<String, String>,
}

/// Why an identity is refused. For the log; the visitor is only told that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Untrusted {
    Malformed,
    UnknownKey,
    Algorithm,
    Signature,
    Audience,
    Expired,
    /// Which one.
    MissingClaim(&'static str),
    TooLongLived,
}

impl Untrusted {
    /// A name that stays the same, for the log.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Malformed => "identity.malformed",
            Self::UnknownKey => "identity.unknown_key",
            Self::Algorithm => "identity.algorithm",
            Self::Signature => "identity.signature",
            Self::Audience => "identity.audience",
            Self::Expired => "identity.expired",
            Self::MissingClaim("exp") => "identity.missing_claim.exp",
            Self::MissingClaim("aud") => "identity.missing_claim.aud",
            Self::MissingClaim(_) => "identity.missing_claim.sub",
            Self::TooLongLived => "identity.too_long_lived",
        }
    }
}

/// Why a Messenger's keys can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadKeys {
    #[error("the Messenger `{0}` has more than {KEYS} identity keys; the third is never needed")]
    TooMany(String),
    #[error("the Messenger `{messenger}` has two identity keys called `{key}`")]
    Twice { messenger: String, key: String },
    #[error(
        "the identity key `{key}` of the Messenger `{messenger}` has fewer than {SHORTEST_SECRET} bytes; make one with `openssl rand -base64 48`"
    )]
    Short { messenger: String, key: String },
    #[error("the identity key `{key}` of the Messenger `{messenger}` is no public key in PEM")]
    NoKey { messenger: String, key: String },
}

/// Checks identities for one Messenger.
pub(crate) struct Verifier {
    audience: String,
    keys: HashMap<String, (Algorithm, DecodingKey)>,
}

impl Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("audience", &self.audience).finish_non_exhaustive()
    }
}

impl Verifier {
    pub(crate) fn new(config: &MessengerConfig) -> Result<Self, BadKeys> {
        if config.identity.len() > KEYS {
            return Err(BadKeys::TooMany(config.name.clone()));
        }
        let mut keys = HashMap::new();
        for key in &config.identity {
            let messenger = config.name.clone();
            let secret = key.key.expose_secret().as_bytes();
            let no_key = || BadKeys::NoKey { messenger: messenger.clone(), key: key.id.clone() };
            let decoding = match key.algorithm {
                IdentityAlgorithm::Hs256 if secret.len() < SHORTEST_SECRET => {
                    return Err(BadKeys::Short { messenger, key: key.id.clone() });
                }
                IdentityAlgorithm::Hs256 => (Algorithm::HS256, DecodingKey::from_secret(secret)),
                IdentityAlgorithm::Rs256 => {
                    let key = DecodingKey::from_rsa_pem(secret).map_err(|_| no_key())?;
                    (Algorithm::RS256, key)
                }
                IdentityAlgorithm::Es256 => {
                    let key = DecodingKey::from_ec_pem(secret).map_err(|_| no_key())?;
                    (Algorithm::ES256, key)
                }
            };
            if keys.insert(key.id.clone(), decoding).is_some() {
                return Err(BadKeys::Twice { messenger, key: key.id.clone() });
            }
        }
        Ok(Self { audience: config.name.clone(), keys })
    }

    /// Checks an identity. The algorithm is the key's, whatever the token says.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Result<Identity, Untrusted> {
        use jsonwebtoken::errors::ErrorKind;
        let header = decode_header(token).map_err(|error| match error.kind() {
            // An unknown algorithm, `none` among them, can't even be read.
            ErrorKind::InvalidAlgorithmName | ErrorKind::Json(_) => Untrusted::Algorithm,
            _ => Untrusted::Malformed,
        })?;
        let id = header.kid.as_deref().ok_or(Untrusted::UnknownKey)?;
        let (algorithm, key) = self.keys.get(id).ok_or(Untrusted::UnknownKey)?;
        if header.alg != *algorithm {
            return Err(Untrusted::Algorithm);
        }
        let mut validation = Validation::new(*algorithm);
        validation.leeway = SKEW;
        validation.validate_nbf = true;
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&REQUIRED);
        let claims = decode::<Map<String, Value>>(token, key, &validation)
            .map_err(|error| untrusted(error.kind()))?
            .claims;
        identity(claims, now)
    }
}

fn untrusted(kind: &jsonwebtoken::errors::ErrorKind) -> Untrusted {
    use jsonwebtoken::errors::ErrorKind;
    match kind {
        ErrorKind::InvalidSignature => Untrusted::Signature,
        ErrorKind::InvalidAudience => Untrusted::Audience,
        ErrorKind::ExpiredSignature | ErrorKind::ImmatureSignature => Untrusted::Expired,
        ErrorKind::MissingRequiredClaim(claim) => {
            let known = REQUIRED.iter().find(|required| *required == claim);
            known.map_or(Untrusted::Malformed, |claim| Untrusted::MissingClaim(claim))
        }
        ErrorKind::InvalidAlgorithm => Untrusted::Algorithm,
        _ => Untrusted::Malformed,
    }
}

fn identity(claims: Map<String, Value>, now: Timestamp) -> Result<Identity, Untrusted> {
    let expires =
        claims.get("exp").and_then(Value::as_f64).ok_or(Untrusted::MissingClaim("exp"))?;
    #[expect(clippy::cast_precision_loss, reason = "seconds of our time are far below 2^52")]
    let latest = (now.as_second() + LONGEST) as f64;
    if expires > latest {
        return Err(Untrusted::TooLongLived);
    }
    let text = |value: &Value| match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(bool) => Some(bool.to_string()),
        _ => None,
    };
    let subject = claims.get("sub").and_then(text).ok_or(Untrusted::MissingClaim("sub"))?;
    let told = ["exp", "aud", "iat", "nbf", "iss", "jti"];
    let claims = claims
        .iter()
        .filter(|(name, _)| !told.contains(&name.as_str()))
        .filter_map(|(name, value)| Some((name.clone(), text(value)?)))
        .collect();
    Ok(Identity { subject, claims })
}

#[cfg(test)]
mod tests;
