//! Opening the Messenger: who the visitor is, and which conversation is theirs.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::{Extension, Json};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tidegate_store::StoreError;
use tidegate_store::contract::{Admission, Profile, Token, TokenHash, Visitor};
use uuid::Uuid;

use super::body::Body;
use super::identity::Identity;
use super::problem::Problem;
use super::visitor::{bearer, new_token};
use super::{agent, origin};
use crate::app::{App, Messenger};
use crate::http::client::ClientAddress;
use crate::opening::resume_or_begin;

/// A browser is known for so long after its last visit.
const BROWSER_DAYS: i64 = 30;
/// A signed-in visitor has to be vouched for again after so long.
const IDENTITY_HOURS: i64 = 24;
/// Characters kept at most of what a page says.
const KEPT: usize = 2048;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenRequest {
    messenger: String,
    #[serde(default)]
    identity: Option<String>,
    #[serde(default)]
    page: Option<String>,
    #[serde(default)]
    referrer: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Opened {
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    conversation: Uuid,
    resumed: bool,
}

pub(super) async fn open(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientAddress>,
    headers: HeaderMap,
    Body { value: request, .. }: Body<OpenRequest>,
) -> Result<Json<Opened>, Problem> {
    let now = app.clock.now();
    let messenger = app.messengers.get(&request.messenger).ok_or_else(Problem::not_found)?;
    if !origin::allowed(&headers, &messenger.origins) {
        return Err(Problem::new(StatusCode::FORBIDDEN, origin::REFUSED));
    }
    let identity = verified(messenger, &request, now)?;
    let presented = bearer(&headers);
    let known = match presented {
        Some(hash) => app.store.by_token(hash, now).await?,
        None => None,
    };
    // A token of another Messenger is nothing here, and stays good there.
    let known = known.filter(|visitor| visitor.messenger == request.messenger);
    let presented = presented.filter(|_| known.is_some());
    if begins(&app, &request.messenger, known.as_ref(), identity.as_ref()).await? {
        app.rates.conversation(client).map_err(Problem::too_many)?;
    }
    let (admission, token) = admission(&request, &headers, identity, known, presented, now);
    // A browser that goes away must not leave half of it undone.
    let opening = Arc::clone(&app);
    let opened = tokio::spawn(async move {
        let visitor = opening.store.admit(admission).await?;
        Ok::<_, Problem>(resume_or_begin(&opening, &visitor, now).await?)
    });
    let (conversation, resumed) =
        opened.await.unwrap_or_else(|_| Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "")))?;
    Ok(Json(Opened { token, conversation, resumed }))
}

/// Whether a conversation would begin: whoever comes back to theirs is no newcomer.
async fn begins(
    app: &App,
    messenger: &str,
    known: Option<&Visitor>,
    identity: Option<&Identity>,
) -> Result<bool, StoreError> {
    let visitor = match identity {
        None => known.map(|visitor| visitor.id),
        Some(Identity { subject, .. }) => {
            let visitor = app.store.by_subject(messenger.to_owned(), subject.clone()).await?;
            visitor.map(|visitor| visitor.id)
        }
    };
    match visitor {
        Some(visitor) => Ok(app.store.open_of(visitor).await?.is_none()),
        None => Ok(true),
    }
}

fn verified(
    messenger: &Messenger,
    request: &OpenRequest,
    now: Timestamp,
) -> Result<Option<Identity>, Problem> {
    let Some(token) = &request.identity else { return Ok(None) };
    messenger.verifier.verify(token, now).map(Some).map_err(|why| {
        tracing::warn!(messenger = request.messenger, %why, "a signed identity was refused");
        Problem::new(StatusCode::UNAUTHORIZED, "the signed identity is not accepted")
    })
}

/// Who is let in, and the token to be told. The token changes when the visitor becomes somebody
/// else by a signed identity, so that nobody who knew it before goes on knowing it.
fn admission(
    request: &OpenRequest,
    headers: &HeaderMap,
    identity: Option<Identity>,
    known: Option<Visitor>,
    presented: Option<TokenHash>,
    now: Timestamp,
) -> (Admission, Option<String>) {
    let subject = identity.as_ref().map(|identity| identity.subject.clone());
    let same = known.filter(|visitor| subject.is_none() || visitor.subject == subject);
    let lifetime = match same.as_ref().map_or(&subject, |visitor| &visitor.subject) {
        Some(_) => SignedDuration::from_hours(IDENTITY_HOURS),
        None => SignedDuration::from_hours(24 * BROWSER_DAYS),
    };
    let claims = identity.map(|identity| identity.claims);
    let visitor = match &same {
        Some(known) => Visitor {
            profile: profile(request, headers, Some(&known.profile), claims, now),
            ..known.clone()
        },
        None => Visitor {
            id: Uuid::new_v4(),
            messenger: request.messenger.clone(),
            subject,
            profile: profile(request, headers, None, claims, now),
            lasting: Default::default(),
        },
    };
    let expires = now + lifetime;
    match (same, presented) {
        // Without a fresh identity, a signed-in visitor's token is not prolonged.
        (Some(known), Some(_)) if known.subject.is_some() && request.identity.is_none() => {
            (Admission { visitor, token: None, revoked: None }, None)
        }
        (Some(_), Some(hash)) => {
            let token = Some(Token { hash, expires });
            (Admission { visitor, token, revoked: None }, None)
        }
        (_, presented) => {
            let (secret, hash) = new_token();
            let token = Some(Token { hash, expires });
            (Admission { visitor, token, revoked: presented }, Some(secret))
        }
    }
}

fn profile(
    request: &OpenRequest,
    headers: &HeaderMap,
    before: Option<&Profile>,
    claims: Option<std::collections::BTreeMap<String, String>>,
    now: Timestamp,
) -> Profile {
    let before = before.cloned().unwrap_or_default();
    let user_agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let (browser, os) = agent::names(user_agent.unwrap_or_default());
    Profile {
        claims: claims.unwrap_or(before.claims),
        email: kept(&request.email).or(before.email),
        name: kept(&request.name).or(before.name),
        page: kept(&request.page),
        referrer: kept(&request.referrer),
        language: kept(&request.language),
        browser,
        os,
        first_seen: before.first_seen.or(Some(now)),
        last_seen: Some(now),
    }
}

fn kept(text: &Option<String>) -> Option<String> {
    let text = text.as_deref()?.trim();
    let clean: String = text.chars().filter(|c| !c.is_control()).take(KEPT).collect();
    (!clean.is_empty()).then_some(clean)
}
