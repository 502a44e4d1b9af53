//! Opening the Messenger: who the visitor is, and which conversation is theirs.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tidegate_store::contract::{Admission, Join, Token, TokenHash, Visitor};
use uuid::Uuid;

use super::body::Body;
use super::identity::{Identity, Untrusted};
use super::messages::detached;
use super::origin;
use super::problem::Problem;
use super::profile::Seen;
use super::visitor::{bearer, new_token};
use super::visits::Visit;
use crate::app::{App, Messenger};
use crate::conversation::LoopError;
use crate::http::client::{ClientAddress, Proxied};
use crate::opening::{asks_to_sign_in, resume_or_begin, sign_in};

/// A browser is known for so long after its last visit.
const BROWSER_DAYS: i64 = 30;
/// A signed-in visitor has to be vouched for again after so long.
const IDENTITY_HOURS: i64 = 24;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenRequest {
    messenger: String,
    #[serde(default)]
    identity: Option<String>,
    #[serde(default)]
    pub(super) page: Option<String>,
    #[serde(default)]
    pub(super) referrer: Option<String>,
    #[serde(default)]
    pub(super) language: Option<String>,
    #[serde(default)]
    pub(super) time_zone: Option<String>,
    #[serde(default)]
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) name: Option<String>,
    /// What was shown is taken up; of a visit itself, which it is.
    #[serde(default)]
    pub(super) visit: Option<Visit>,
}

#[derive(Debug, Serialize)]
pub(super) struct Opened {
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    conversation: Uuid,
    resumed: bool,
    /// How large a file may be.
    max_file_mb: usize,
}

pub(super) async fn open(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientAddress>,
    Extension(Proxied(proxied)): Extension<Proxied>,
    headers: HeaderMap,
    Body { value: request, .. }: Body<OpenRequest>,
) -> Result<Json<Opened>, Problem> {
    let now = app.clock.now();
    let (messenger, proofs) = entrance(&app, &headers, &request, now).await?;
    let max_file_mb = messenger.max_file_bytes >> 20;
    let (taken_along, back) = proofs.comes_back(&app).await?;
    let rated = match back {
        Some(visitor) => app.rates.opening(visitor),
        None => app.rates.conversation(client),
    };
    rated.map_err(Problem::too_many)?;
    let country_header = app.country_header.as_ref().filter(|_| proxied);
    let seen = Seen::new(&headers, country_header, now);
    let (mut admission, token) = proofs.admission(&request, seen, now);
    if let Some(join) = &mut admission.joins {
        join.conversation = taken_along;
    }
    let visit = request.visit.map(|visit| visit.after_ms);
    let (conversation, resumed) = detached(async move {
        let revoked = admission.revoked;
        let visitor = app.store.admit(admission).await?.ok_or_else(Problem::unauthorized)?;
        revoked.inspect(|hash| app.streams.end(*hash));
        let opened = resume_or_begin(&app, &visitor, visit, now).await?;
        if opened.1 {
            sign_in(&app, &visitor, opened.0, now).await?;
        }
        Ok(opened)
    })
    .await?;
    Ok(Json(Opened { token, conversation, resumed, max_file_mb }))
}

/// The Messenger that a request names, and what it shows of who its visitor is.
pub(super) async fn entrance<'a>(
    app: &'a App,
    headers: &HeaderMap,
    request: &OpenRequest,
    now: Timestamp,
) -> Result<(&'a Messenger, Proofs), Problem> {
    let messenger = app
        .messengers
        .get(&request.messenger)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "there is no Messenger of that name"))?;
    origin::check(headers, &messenger.origins)?;
    let identity = verified(messenger, request, now).map_err(|why| {
        if let Some(untold) = app.repeated.told(why.kind(), now) {
            let (messenger, why) = (&request.messenger, why.kind());
            tracing::warn!(messenger, why, untold, "a signed identity was refused");
        }
        Problem::untrusted()
    })?;
    let proofs = Proofs::of(app, &request.messenger, headers, identity, now).await?;
    Ok((messenger, proofs))
}

pub(super) fn verified(
    messenger: &Messenger,
    request: &OpenRequest,
    now: Timestamp,
) -> Result<Option<Identity>, Untrusted> {
    let Some(token) = &request.identity else { return Ok(None) };
    messenger.verifier.verify(token, now).map(Some)
}

/// The visitor's open conversation, if the customer has said something in it or it asks them to sign
/// in. One that nobody has begun to use is better begun anew by somebody known.
async fn spoken_in(app: &App, visitor: Uuid) -> Result<Option<Uuid>, Problem> {
    let Some(open) = app.store.open_of(visitor).await? else { return Ok(None) };
    let stored = app.store.load(open).await?;
    let Some(stored) = stored else { return Ok(None) };
    let spoken = !stored.conversation.said.is_empty();
    let asked =
        spoken || asks_to_sign_in(app, &stored.conversation).await.map_err(LoopError::from)?;
    Ok(asked.then_some(open))
}

/// What a request shows of who its visitor is.
pub(super) struct Proofs {
    identity: Option<Identity>,
    /// The token, where it is somebody's.
    token: Option<TokenHash>,
    /// Whose.
    by_token: Option<Visitor>,
    /// Whom the identity's subject was before.
    by_subject: Option<Visitor>,
}

impl Proofs {
    /// Those of somebody who was never here.
    pub(super) fn of_newcomer(identity: Option<Identity>) -> Self {
        Self { identity, token: None, by_token: None, by_subject: None }
    }

    async fn of(
        app: &App,
        messenger: &str,
        headers: &HeaderMap,
        identity: Option<Identity>,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let token = bearer(headers);
        let by_token = match token {
            Some(hash) => app.store.by_token(hash, now).await?,
            None => None,
        };
        // A token of another Messenger is nothing here, and stays good there.
        let by_token = by_token.filter(|visitor| visitor.messenger == messenger);
        let by_subject = match &identity {
            Some(one) => app.store.by_subject(messenger.to_owned(), one.subject.clone()).await?,
            None => None,
        };
        let token = token.filter(|_| by_token.is_some());
        Ok(Self { identity, token, by_token, by_subject })
    }

    /// The open conversation that is taken along, and who comes back to one, their own or that; a
    /// conversation would begin where nobody does.
    pub(super) async fn comes_back(
        &self,
        app: &App,
    ) -> Result<(Option<Uuid>, Option<Uuid>), Problem> {
        let taken_along = match self.joins() {
            Some(left) => spoken_in(app, left.id).await?,
            None => None,
        };
        let known = if self.identity.is_some() { &self.by_subject } else { &self.by_token };
        if let Some(visitor) = known
            && app.store.open_of(visitor.id).await?.is_some()
        {
            return Ok((taken_along, Some(visitor.id)));
        }
        let left = self.by_token.as_ref().filter(|_| taken_along.is_some());
        Ok((taken_along, left.map(|visitor| visitor.id)))
    }

    /// The browser's visitor who signs in with this request: both proofs are here.
    fn joins(&self) -> Option<&Visitor> {
        self.identity.as_ref()?;
        self.by_token.as_ref().filter(|visitor| visitor.subject.is_none())
    }

    /// Who is let in, and the token to be told. The token changes when the visitor becomes
    /// somebody else by a signed identity, so that nobody who knew it before goes on knowing it.
    pub(super) fn admission(
        self,
        request: &OpenRequest,
        seen: Seen,
        now: Timestamp,
    ) -> (Admission, Option<String>) {
        let left = self.joins().cloned();
        let Self { identity, token, by_token, by_subject } = self;
        let signs = identity.is_some();
        let (subject, claims) = match identity {
            Some(Identity { subject, claims }) => (Some(subject), Some(claims)),
            None => (None, None),
        };
        let keeps = by_token.as_ref().is_some_and(|one| !signs || one.subject == subject);
        let known = if signs { by_subject } else { by_token };
        let before = known.as_ref().or(left.as_ref()).map(|visitor| &visitor.profile);
        let profile = seen.profile(request, before, claims);
        let visitor = match known {
            Some(known) => Visitor { profile, ..known },
            None => Visitor {
                id: Uuid::new_v4(),
                messenger: request.messenger.clone(),
                subject,
                profile,
                lasting: Default::default(),
            },
        };
        let expires = now
            + match visitor.subject {
                Some(_) => SignedDuration::from_hours(IDENTITY_HOURS),
                None => SignedDuration::from_hours(24 * BROWSER_DAYS),
            };
        let joins = left.map(|visitor| Join { visitor: visitor.id, conversation: None });
        match token.filter(|_| keeps) {
            // Without a fresh identity, a signed-in visitor's token is not prolonged.
            Some(hash) => {
                let prolonged = signs || visitor.subject.is_none();
                let token = prolonged.then_some(Token { hash, expires });
                (Admission { visitor, token, shown: Some(hash), revoked: None, joins }, None)
            }
            None => {
                let (secret, hash) = new_token();
                let fresh = Some(Token { hash, expires });
                let admission =
                    Admission { visitor, token: fresh, shown: None, revoked: token, joins };
                (admission, Some(secret))
            }
        }
    }
}
