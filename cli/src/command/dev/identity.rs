//! Signing visitors in, as a company's own server would.

use std::collections::BTreeMap;

use jsonwebtoken::{Algorithm, EncodingKey, Header};

/// The key's id in tokens and in the runtime's configuration.
pub(super) const KEY_ID: &str = "dev";

/// How long a token is good for, in seconds.
const LIFETIME: i64 = 3600;

/// A secret that lives as long as this process.
#[derive(Clone)]
pub(super) struct Signer {
    secret: String,
}

impl Signer {
    pub(super) fn new() -> Self {
        let secret: [u8; 32] = rand::random();
        Self { secret: secret.iter().map(|byte| format!("{byte:02x}")).collect() }
    }

    /// The secret, for the runtime's configuration.
    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    /// A token that vouches for these claims at a Messenger.
    pub(super) fn sign(
        &self,
        messenger: &str,
        claims: &BTreeMap<String, String>,
    ) -> Option<String> {
        let now = jiff::Timestamp::now().as_second();
        let mut body = serde_json::Map::new();
        for (name, value) in claims {
            body.insert(name.clone(), value.clone().into());
        }
        body.insert("aud".to_owned(), messenger.into());
        body.insert("iat".to_owned(), now.into());
        body.insert("exp".to_owned(), (now + LIFETIME).into());
        let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::HS256) };
        let key = EncodingKey::from_secret(self.secret.as_bytes());
        jsonwebtoken::encode(&header, &body, &key).ok()
    }
}
