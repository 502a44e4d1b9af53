//! Signing out: the token is worth nothing afterwards, and nobody reads on with it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::body::Body;
use super::origin;
use super::problem::Problem;
use super::visitor::bearer;
use crate::app::App;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogoutRequest {}

pub(super) async fn logout(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    _body: Body<LogoutRequest>,
) -> Result<StatusCode, Problem> {
    let hash = bearer(&headers).ok_or_else(Problem::unauthorized)?;
    let visitor =
        app.store.by_token(hash, app.clock.now()).await?.ok_or_else(Problem::unauthorized)?;
    let messenger = app.messengers.get(&visitor.messenger).ok_or_else(Problem::unauthorized)?;
    if !origin::allowed(&headers, &messenger.origins) {
        return Err(Problem::new(StatusCode::FORBIDDEN, origin::REFUSED));
    }
    app.store.sign_out(hash).await?;
    app.streams.end(hash);
    Ok(StatusCode::NO_CONTENT)
}
