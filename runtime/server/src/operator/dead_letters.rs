//! Dead letters over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::dead_letters::{self, Changes, Letter, Refused, Summary};
use crate::messenger::body::Body;
use crate::messenger::problem::Problem;

/// Who decides: there is one token.
const BY: &str = "the operators' token";

#[derive(Debug, Serialize)]
pub(super) struct Listed {
    dead_letters: Vec<Summary>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Drop {
    because: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Done; there is nothing more to say.
#[derive(Debug, Serialize)]
pub(super) struct Done {}

pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Json<Listed>, Problem> {
    let dead_letters = dead_letters::list(app.store.as_ref()).await?;
    Ok(Json(Listed { dead_letters }))
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Letter>, Problem> {
    Ok(Json(dead_letters::show(app.store.as_ref(), key(&id)?).await?))
}

pub(super) async fn mend(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body { value: changes, .. }: Body<Changes>,
) -> Result<Json<Letter>, Problem> {
    let (id, now) = (key(&id)?, app.clock.now());
    Ok(Json(dead_letters::mend(app.store.as_ref(), id, &changes, BY, now).await?))
}

pub(super) async fn resend(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    _: Body<Nothing>,
) -> Result<Json<Done>, Problem> {
    dead_letters::resend(app.store.as_ref(), key(&id)?, BY, app.clock.now()).await?;
    Ok(Json(Done {}))
}

pub(super) async fn drop(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body { value, .. }: Body<Drop>,
) -> Result<Json<Done>, Problem> {
    let (id, now) = (key(&id)?, app.clock.now());
    dead_letters::drop(app.store.as_ref(), id, &value.because, BY, now).await?;
    Ok(Json(Done {}))
}

fn key(id: &str) -> Result<Uuid, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Gone(_) => Self::new(StatusCode::NOT_FOUND, refused.to_string()),
            Refused::Unfit(why) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, why),
            Refused::Store(error) => error.into(),
        }
    }
}
