//! Visits that pages tell of: after which times they are to, and what is shown then.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use tidegate_store::contract::{Admission, Visitor};

use super::body::Body;
use super::messages::detached;
use super::open::{OpenRequest, entrance};
use super::origin;
use super::problem::Problem;
use super::profile::Seen;
use crate::app::App;
use crate::conversation::LoopError;
use crate::http::client::{ClientAddress, Proxied};
use crate::visiting::{self, Shown};

/// A visit.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Visit {
    /// How long the page has been there, in milliseconds: one of the times that it is to tell of.
    pub(crate) after_ms: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct TimesQuery {
    #[serde(default)]
    messenger: Option<String>,
}

/// When a page is to tell of a visit.
#[derive(Debug, Serialize)]
pub(super) struct Times {
    after_ms: Vec<u64>,
}

/// What a page is to show.
#[derive(Debug, Default, Serialize)]
pub(super) struct Teaser {
    says: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

pub(super) async fn times(
    State(app): State<Arc<App>>,
    Query(query): Query<TimesQuery>,
    headers: HeaderMap,
) -> Result<Json<Times>, Problem> {
    let name = query.messenger.as_deref().unwrap_or("web");
    let messenger = app.messengers.get(name).ok_or_else(Problem::not_found)?;
    origin::check(&headers, &messenger.origins)?;
    let plan = app.plans.active().await.map_err(LoopError::from)?;
    let after_ms = plan.visits.iter().map(|visit| visit.after_ms).collect();
    Ok(Json(Times { after_ms }))
}

pub(super) async fn visit(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientAddress>,
    Extension(Proxied(proxied)): Extension<Proxied>,
    headers: HeaderMap,
    Body { value: request, .. }: Body<OpenRequest>,
) -> Result<Json<Teaser>, Problem> {
    app.rates.visit(client).map_err(Problem::too_many)?;
    let now = app.clock.now();
    let visit =
        request.visit.ok_or_else(|| Problem::bad_request("the field `visit` is missing"))?;
    let (_, proofs) = entrance(&app, &headers, &request, now).await?;
    let plan = app.plans.active().await.map_err(LoopError::from)?;
    // Where a conversation is open, that goes on.
    let (_, back) = proofs.comes_back(&app).await?;
    if plan.on_visit(visit.after_ms).is_none() || back.is_some() {
        return Ok(Json(Teaser::default()));
    }
    let country_header = app.country_header.as_ref().filter(|_| proxied);
    let seen = Seen::new(&headers, country_header, now);
    let (admission, token) = proofs.admission(&request, seen, now);
    let visitor = with_what_lasts(&app, &admission).await?;
    let found = visiting::record(&app, &plan, &visitor, now).await;
    detached(async move {
        // Of two tabs one shows what is shown once.
        let _alone = app.beginnings.alone(visitor.id).await;
        let visitor = with_what_lasts(&app, &admission).await?;
        let Shown { says, language, lasting } =
            visiting::show(&plan, &visitor, found, visit.after_ms, now);
        if lasting.is_empty() {
            return Ok(Json(Teaser { says, language, token: None }));
        }
        if app.store.visitor(visitor.id).await?.is_none() {
            app.rates.newcomer(client).map_err(Problem::too_many)?;
        }
        let revoked = admission.revoked;
        let visitor = app.store.admit(admission).await?.ok_or_else(Problem::unauthorized)?;
        revoked.inspect(|hash| app.streams.end(*hash));
        app.store.keep_lasting(visitor.id, lasting).await?;
        Ok(Json(Teaser { says, language, token }))
    })
    .await
}

/// The visitor as let in, with what lasts of them, and of whom they were in this browser before.
async fn with_what_lasts(app: &App, admission: &Admission) -> Result<Visitor, Problem> {
    let mut visitor = admission.visitor.clone();
    if let Some(known) = app.store.visitor(visitor.id).await? {
        visitor.lasting = known.lasting;
    }
    if let Some(join) = admission.joins
        && let Some(left) = app.store.visitor(join.visitor).await?
    {
        for (name, value) in left.lasting {
            visitor.lasting.entry(name).or_insert(value);
        }
    }
    Ok(visitor)
}
