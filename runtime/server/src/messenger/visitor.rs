//! Whose request it is.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};
use tidegate_store::contract::{Inbound, Owner, TokenHash};
use uuid::Uuid;

use super::origin;
use super::problem::Problem;
use crate::app::App;
use crate::http::route::Pace;

/// A new visitor's token: 256 random bits. It is told once and never kept.
pub(crate) fn new_token() -> (String, TokenHash) {
    let bits: [u8; 32] = rand::rng().random();
    let token = BASE64_URL_SAFE_NO_PAD.encode(bits);
    let hash = hash(&token);
    (token, hash)
}

fn hash(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token).into())
}

/// The hash of the token that a request bears.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<TokenHash> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| hash(token.trim()))
}

/// The conversation that a request names, which is its visitor's own.
#[derive(Debug)]
pub(crate) struct Own {
    pub(crate) token: TokenHash,
    pub(crate) visitor: Uuid,
    pub(crate) id: Uuid,
}

impl Own {
    /// What a client sends to it under an id of its own.
    pub(super) fn inbound(&self, key: Uuid, body: [u8; 32]) -> Inbound {
        Inbound { addressed: self.id, key, body }
    }
}

impl FromRequestParts<Arc<App>> for Own {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let hash = bearer(&parts.headers).ok_or_else(Problem::unauthorized)?;
        let bearer = app.store.bearer(hash, app.clock.now()).await?;
        let Owner { visitor, messenger } = bearer.ok_or_else(Problem::unauthorized)?;
        let messenger = app.messengers.get(&messenger).ok_or_else(Problem::unauthorized)?;
        origin::check(&parts.headers, &messenger.origins)?;
        let Path(names) = Path::<Vec<(String, String)>>::from_request_parts(parts, app)
            .await
            .map_err(|_| Problem::not_found())?;
        let named = names.into_iter().find(|(name, _)| name == "id");
        let id = named.and_then(|(_, id)| id.parse().ok()).ok_or_else(Problem::not_found)?;
        let owner = app.store.owner(id).await?;
        owner.filter(|owner| owner.visitor == visitor).ok_or_else(Problem::not_found)?;
        let taken = match parts.extensions.get().unwrap_or(&Pace::Messages) {
            Pace::Free => Ok(()),
            Pace::Messages => app.rates.message(visitor),
            Pace::Typing => app.rates.typing(visitor),
        };
        taken.map_err(Problem::too_many)?;
        Ok(Self { token: hash, visitor, id })
    }
}
