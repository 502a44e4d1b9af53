//! Dead letters as operators see them, and what they do about them: on a running server through
//! its listener, on the store of one that has ended through the command line.

mod mend;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use tidegate_engine::effect::{Action, CaseRequest};
use tidegate_plan::model::Owner;
use tidegate_store::contract::{DeadLetter, Decided, Decision, What};
use tidegate_store::{Store, StoreError};
use uuid::Uuid;

pub use mend::Changes;

use crate::effects::to_wire;

/// A dead letter in a line of a list. Holds no customer's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Names it.
    pub id: Uuid,
    /// What could not be done: `insert Case`.
    pub what: String,
    /// The error's code.
    pub code: String,
    /// The fields that the answer names.
    pub fields: Vec<String>,
    /// The source line, `pushes.tide:12, push open_case`.
    pub source: Option<String>,
    /// The conversation that asked for it.
    pub conversation: Uuid,
    /// Since when it could have been done.
    pub since: Option<Timestamp>,
    /// When it was given up.
    pub at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
}

/// A dead letter whole. Holds a customer's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// What stands in a list.
    #[serde(flatten)]
    pub summary: Summary,
    /// The HTTP status of the last answer.
    pub status: Option<u16>,
    /// What was sent, without secrets.
    pub request: String,
    /// What came back.
    pub answer: String,
    /// The object and the fields that are sent if it is sent again, names not resolved to ids;
    /// none where it is no insert.
    pub object: Option<String>,
    /// See `object`.
    pub payload: Map<String, Json>,
    /// What operators have decided about it.
    pub decisions: Vec<Decided>,
}

/// Why a dead letter was not shown or changed. Nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no such letter.
    #[error("there is no dead letter {0}")]
    Gone(Uuid),
    /// The letter can't be changed in this way.
    #[error("{0}")]
    Unfit(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All of them, the latest last.
///
/// # Errors
///
/// The store's.
pub async fn list(store: &dyn Store) -> Result<Vec<Summary>, Refused> {
    Ok(store.dead_letters().await?.iter().map(summary).collect())
}

/// One of them.
///
/// # Errors
///
/// [`Refused::Gone`], or the store's.
pub async fn show(store: &dyn Store, id: Uuid) -> Result<Letter, Refused> {
    let letter = letter(store, id).await?;
    let decisions = store.decisions().await?;
    Ok(whole(letter, decisions.into_iter().filter(|one| one.key == id).collect()))
}

/// Changes what would be sent. It stays dead until it is sent again.
///
/// # Errors
///
/// [`Refused::Gone`], [`Refused::Unfit`] where it has no such fields to change, or the store's.
pub async fn mend(
    store: &dyn Store,
    id: Uuid,
    changes: &Changes,
    by: &str,
    at: Timestamp,
) -> Result<Letter, Refused> {
    let mut effect = letter(store, id).await?.effect;
    let Action::CreateCase(request) = &mut effect.action else {
        return Err(Refused::Unfit("only an insert has fields to mend".to_owned()));
    };
    let fields = changes.apply(request).map_err(Refused::Unfit)?;
    let what = What::Mend { effect: Box::new(effect), fields };
    decide(store, id, what, by, at).await?;
    show(store, id).await
}

/// Sends it again, under its own key: where it had been done after all, that is found out.
///
/// # Errors
///
/// [`Refused::Gone`], or the store's.
pub async fn resend(store: &dyn Store, id: Uuid, by: &str, at: Timestamp) -> Result<(), Refused> {
    decide(store, id, What::Resend, by, at).await
}

/// Gives it up for good.
///
/// # Errors
///
/// [`Refused::Gone`], [`Refused::Unfit`] without a reason, or the store's.
pub async fn drop(
    store: &dyn Store,
    id: Uuid,
    because: &str,
    by: &str,
    at: Timestamp,
) -> Result<(), Refused> {
    let because = because.trim();
    if because.is_empty() {
        return Err(Refused::Unfit("say why it is dropped".to_owned()));
    }
    decide(store, id, What::Drop { because: because.to_owned() }, by, at).await
}

async fn decide(
    store: &dyn Store,
    key: Uuid,
    what: What,
    by: &str,
    at: Timestamp,
) -> Result<(), Refused> {
    let decision = Decision { key, at, by: by.to_owned(), what };
    match store.decide(decision.clone()).await? {
        true => {
            // Reasons are an operator's own words, and fields are named without values.
            tracing::info!(dead_letter = %key, by, what = %decision.what, "an operator decided");
            Ok(())
        }
        false => Err(Refused::Gone(key)),
    }
}

async fn letter(store: &dyn Store, id: Uuid) -> Result<DeadLetter, Refused> {
    let letters = store.dead_letters().await?;
    letters.into_iter().rev().find(|one| one.effect.key == id).ok_or(Refused::Gone(id))
}

fn summary(letter: &DeadLetter) -> Summary {
    Summary {
        id: letter.effect.key,
        what: match &letter.effect.action {
            Action::CreateCase(request) => format!("insert {}", request.object),
            Action::AttachTranscript { .. } => "attach the transcript".to_owned(),
            Action::AttachFile { .. } => "attach a customer's file".to_owned(),
            Action::SyncPerson { .. } => "look a person up".to_owned(),
            Action::SyncCase { .. } => "read a Case again".to_owned(),
            Action::Summarise { .. } => "summarise".to_owned(),
            Action::Answer { .. } => "answer".to_owned(),
            Action::Detect { .. } => "detect a value".to_owned(),
            Action::OpenChat { .. } => "open a chat".to_owned(),
            Action::Relay { .. } => "relay a message".to_owned(),
            Action::RelayFile { .. } => "relay a file".to_owned(),
            Action::RelayReply { .. } => "relay an answer".to_owned(),
            Action::WithdrawChat { .. } => "withdraw a chat".to_owned(),
            Action::Unreadable { .. } => "what can't be read".to_owned(),
        },
        code: letter.code.clone(),
        fields: letter.fields.clone(),
        source: letter.source.clone(),
        conversation: letter.conversation,
        since: letter.since,
        at: letter.at,
        attempts: letter.attempts,
    }
}

fn whole(letter: DeadLetter, decisions: Vec<Decided>) -> Letter {
    let (object, payload) = match &letter.effect.action {
        Action::CreateCase(request) => (Some(request.object.clone()), payload(request)),
        _ => (None, Map::new()),
    };
    Letter {
        summary: summary(&letter),
        status: letter.status,
        request: letter.request,
        answer: letter.answer,
        object,
        payload,
        decisions,
    }
}

fn payload(request: &CaseRequest) -> Map<String, Json> {
    let mut fields: Map<String, Json> =
        request.fields.iter().map(|(name, value)| (name.clone(), to_wire(value))).collect();
    let mut named = |field: &str, name: Option<String>| {
        if let Some(name) = name {
            fields.entry(field).or_insert(Json::String(name));
        }
    };
    named("RecordTypeId", request.record_type.as_ref().map(|name| format!("record type {name}")));
    named(
        "OwnerId",
        match &request.owner {
            Some(Owner::Queue(name)) => Some(format!("queue {name}")),
            Some(Owner::User(name)) => Some(format!("user {name}")),
            Some(Owner::AssignmentRules) | None => None,
        },
    );
    fields
}
