//! Who is an operator.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::messenger::problem::Problem;

/// Characters at least, so that nobody guesses it.
const SHORTEST: usize = 32;

/// The hash of the operators' token. Hashes are compared, so how long that takes tells nothing.
pub(crate) struct OperatorToken([u8; 32]);

/// A token that could be guessed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the operators' token has fewer than {SHORTEST} characters; make one with `openssl rand -base64 48`"
)]
pub(crate) struct BadToken;

impl OperatorToken {
    pub(crate) fn new(token: &SecretString) -> Result<Self, BadToken> {
        let token = token.expose_secret().trim();
        match token.len() < SHORTEST {
            true => Err(BadToken),
            false => Ok(Self(hash(token))),
        }
    }

    fn is_borne(&self, headers: &HeaderMap) -> bool {
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some((scheme, token)) = value.and_then(|value| value.split_once(' ')) else {
            return false;
        };
        scheme.eq_ignore_ascii_case("bearer") && hash(token.trim()) == self.0
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Lets nobody pass who does not bear the token.
pub(super) async fn guard(
    State(token): State<Option<Arc<OperatorToken>>>,
    request: Request,
    next: Next,
) -> Response {
    let refused = match token {
        Some(token) if token.is_borne(request.headers()) => return next.run(request).await,
        Some(_) => "bear the operators' token",
        None => {
            "no operators' token is set: name its environment variable in tidegate.toml as `server.operator_token_env`"
        }
    };
    let mut response = Problem::new(StatusCode::UNAUTHORIZED, refused).into_response();
    let how = HeaderValue::from_static("Bearer");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
    response
}
