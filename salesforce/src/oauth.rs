//! Logging in: OAuth 2.0 JWT bearer and client credentials.

mod assertion;
mod instance;
mod session;

use std::fmt;

use reqwest::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

pub use instance::LoginUrl;
pub(crate) use instance::{loopback, safe};
pub(crate) use session::{Session, Token};

use crate::client::Transport;
use crate::error::{Error, LoginError};
use crate::wire::{self, TokenAnswer, TokenRefusal};

/// How to log in, and where.
#[derive(Debug, Clone)]
pub struct Login {
    /// The login host, or the org's own domain.
    pub url: LoginUrl,
    /// By which grant.
    pub grant: Grant,
}

/// What proves that we may log in.
#[derive(Debug, Clone)]
pub enum Grant {
    /// A signed assertion, for a user who has approved the app or been approved for it.
    JwtBearer {
        /// The external client app's consumer key.
        consumer_key: String,
        /// The user to work as.
        username: String,
        /// The RSA key whose certificate the app knows, as PEM.
        private_key: SecretString,
        /// The `aud` claim; the login address where absent.
        audience: Option<String>,
    },
    /// The app's own secret; works as the user that the app names. Only on an org's own domain.
    ClientCredentials {
        /// The external client app's consumer key.
        consumer_key: String,
        /// Its consumer secret.
        consumer_secret: SecretString,
    },
}

impl Login {
    /// Asks for a token once.
    pub(crate) async fn request(&self, transport: &Transport) -> Result<Answer, Error> {
        let address = self.url.token_address();
        let form = self.form()?;
        let body: Vec<(&str, &str)> =
            form.iter().map(|(key, value)| (*key, value.expose_secret())).collect();
        let request = transport.http.post(address).form(&body);
        let (status, _, body) = transport.send(request).await.map_err(undone)?;
        if status == StatusCode::OK {
            return self.accepted(&body);
        }
        Err(self.refused(status, &body))
    }

    fn form(&self) -> Result<Vec<(&'static str, SecretString)>, LoginError> {
        Ok(match &self.grant {
            Grant::JwtBearer { consumer_key, username, private_key, audience } => {
                let audience = audience.clone().unwrap_or_else(|| self.url.origin());
                let claims = assertion::Claims::new(consumer_key, username, &audience);
                vec![
                    ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer".into()),
                    ("assertion", claims.signed(private_key)?),
                ]
            }
            Grant::ClientCredentials { consumer_key, consumer_secret } => vec![
                ("grant_type", "client_credentials".into()),
                ("client_id", consumer_key.as_str().into()),
                ("client_secret", consumer_secret.clone()),
            ],
        })
    }

    fn accepted(&self, body: &[u8]) -> Result<Answer, Error> {
        let answer: TokenAnswer =
            wire::read(body).map_err(|_| self.strange("an answer without a token"))?;
        let instance = self.url.accept_instance(&answer.instance_url)?;
        Ok(Answer { access_token: answer.access_token.into(), instance, identity: answer.id })
    }

    fn refused(&self, status: StatusCode, body: &[u8]) -> Error {
        if status.is_server_error() {
            return Error::NotSent { what: format!("the login host answered {status}") };
        }
        match wire::read::<TokenRefusal>(body) {
            Ok(TokenRefusal { error, error_description }) if !error.is_empty() => {
                LoginError::Refused { error, description: error_description }.into()
            }
            _ => self.strange(&format!("status {status}")),
        }
    }

    fn strange(&self, what: &str) -> Error {
        LoginError::NotSalesforce { host: self.url.to_string(), what: what.to_owned() }.into()
    }
}

/// A login that came to nothing leaves the call behind it unsent, whatever became of the login.
fn undone(error: Error) -> Error {
    match error {
        Error::Unclear { what, .. } => Error::NotSent { what: format!("the login host: {what}") },
        other => other,
    }
}

/// An accepted login.
pub(crate) struct Answer {
    pub(crate) access_token: SecretString,
    pub(crate) instance: Url,
    /// The address of who logged in; may be empty.
    pub(crate) identity: String,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("instance", &self.instance.as_str()).finish_non_exhaustive()
    }
}
