//! Who asks, by which version, with which headers: what the work on any request needs.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::session::Session;
use super::{Shared, answer::Answer};
use crate::faults::{Moment, Target};
use crate::org::schema::{ObjectSchema, Schema};
use crate::org::{Call, ErrorCode, Records, Refusal, Transaction};

/// One request's side of the conversation.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    pub(super) served: Shared,
    session: Option<Session>,
    /// The org's metadata, as this user saw them when the request came.
    schema: Arc<Schema>,
    /// Such as `v66.0`.
    pub(super) version: String,
    pub(super) headers: HeaderMap,
}

impl FromRequestParts<Shared> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, served: &Shared) -> Result<Asker, Infallible> {
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, served).await;
        let version = path.ok().and_then(|mut path| path.0.remove("version"));
        let session = parts.extensions.get::<Session>().cloned();
        let username = session.as_ref().map_or("", |session| session.username.as_str());
        Ok(Asker {
            served: Shared::clone(served),
            schema: served.org.schema_for(username),
            session,
            version: version.unwrap_or_default(),
            headers: parts.headers.clone(),
        })
    }
}

impl Asker {
    /// The org's metadata, as this user sees it.
    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// One object of it.
    pub(super) fn object(&self, name: &str) -> Result<&ObjectSchema, Refusal> {
        self.schema().object(name).ok_or_else(Refusal::not_found)
    }

    /// What a save needs to know of its request.
    pub(super) fn call(&self) -> Result<Call, Refusal> {
        let session = self.session.as_ref();
        let session = session.ok_or_else(|| Refusal::usual(ErrorCode::InvalidSessionId))?;
        Ok(session.call(&self.headers))
    }

    /// Refuses a save where its row is said to be locked.
    pub(super) fn check_lock(&self, method: &str, object: &str) -> Result<(), Refusal> {
        let target = Target { method: method.to_owned(), object: Some(object.to_owned()) };
        match self.served.faults.take(Moment::Save, &target) {
            Some(_) => Err(Refusal::usual(ErrorCode::UnableToLockRow)),
            None => Ok(()),
        }
    }

    /// Looks something up while the rows are held still.
    pub(super) fn read(
        &self,
        look: impl FnOnce(&Asker, &Records) -> Result<Answer, Refusal>,
    ) -> Result<Answer, Refusal> {
        look(self, &self.served.org.state().records)
    }

    /// Writes in one transaction, where waiting for the disk holds up nobody else.
    ///
    /// A refusal is committed too: the ledger keeps it.
    pub(super) async fn write(
        self,
        work: impl FnOnce(&Asker, &mut Transaction<'_>) -> Result<Answer, Refusal> + Send + 'static,
    ) -> Result<Answer, Refusal> {
        let worked = tokio::task::spawn_blocking(move || {
            let mut transaction = self.served.org.begin();
            let answer = work(&self, &mut transaction);
            transaction.commit()?;
            answer
        });
        worked.await.unwrap_or_else(|problem| {
            tracing::error!(%problem, "a write did not end");
            Err(Refusal::internal("write"))
        })
    }
}
