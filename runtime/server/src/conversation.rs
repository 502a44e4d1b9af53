//! The loop: load, step, commit whole, acknowledge.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use tidegate_engine::effect::{Effect, TraceEntry};
use tidegate_engine::event::Event;
use tidegate_engine::file::FileRef;
use tidegate_engine::state::Conversation;
use tidegate_engine::transition::{Fault, Reception, Transition};
use tidegate_engine::{form, step};
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_store::contract::{
    Answered, Commit, Inbound, Journal, Outcome, Owner, Receipt, Resting, Settlement, Stored,
};
use tidegate_store::{Store, StoreError};
use tokio::sync::Mutex as AsyncMutex;
use uuid::Uuid;

use crate::lasting;
use crate::metrics::{Metrics, Step};
use crate::plans::{PlanCache, PlanRefused};

/// So many lost races, and the store is not as it should be: this process alone writes.
const ATTEMPTS: usize = 8;
/// So many conversations are kept in memory before those that rest are dropped.
const KEPT: usize = 4096;

/// What arrives.
#[derive(Debug, Clone)]
pub(crate) enum Arrival {
    /// An event as it is.
    Event(Event),
    /// A form as a browser sends it.
    Form {
        /// The wait that it answers.
        wait: u64,
        /// Texts by the lines' names; a file's is the id of its upload.
        texts: BTreeMap<String, String>,
        /// The uploads that it may name.
        uploads: Vec<FileRef>,
    },
    /// A file for agents; `None` where there is no such upload, or it was sent before.
    File(Option<FileRef>),
}

/// What brought an event.
#[derive(Debug, Clone)]
pub(crate) enum Cause {
    /// A visitor's request.
    Request(Inbound),
    /// The visitor has signed in.
    SignIn,
    /// An effect's end.
    Effect {
        /// Which.
        settlement: Settlement,
        /// Who did it, for the trace: no customer's text.
        by: Option<String>,
    },
    /// A timer as it was set.
    Timer {
        /// Its key.
        key: Uuid,
        /// When it was due.
        due: Timestamp,
    },
}

/// How an event was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Received {
    /// It is durable, now or since an earlier request of the same id.
    Taken(Receipt),
    /// It answers a wait that has passed.
    Stale,
    /// The form breaks rules.
    Invalid(BTreeMap<String, String>),
    /// The conversation is over.
    Over,
    /// The request's id was used for something else.
    Mismatch,
    /// What it answers was answered before.
    Settled,
}

/// Why an event could not be received.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoopError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Plan(#[from] PlanRefused),
    #[error("the conversation is not in the store")]
    Unknown,
    #[error("the conversation was changed by somebody else again and again")]
    Contended,
    #[error("this program can't read how the conversation was kept: another version wrote it")]
    OtherLayout,
}

type Slot = Arc<AsyncMutex<Option<Stored>>>;

/// Runs conversations. One event of a conversation at a time; conversations beside one another.
#[derive(Debug)]
pub(crate) struct Conversations {
    store: Arc<dyn Store>,
    plans: Arc<PlanCache>,
    metrics: Arc<Metrics>,
    cache: Mutex<HashMap<Uuid, Slot>>,
}

impl Conversations {
    pub(crate) fn new(store: Arc<dyn Store>, plans: Arc<PlanCache>, metrics: Arc<Metrics>) -> Self {
        Self { store, plans, metrics, cache: Mutex::default() }
    }

    /// Lets an event happen. When this returns, what it did is durable.
    pub(crate) async fn receive(
        &self,
        conversation: Uuid,
        arrival: Arrival,
        cause: Cause,
        now: Timestamp,
    ) -> Result<Received, LoopError> {
        let slot = self.slot(conversation);
        let mut cached = slot.lock().await;
        for _ in 0..ATTEMPTS {
            let stored = match cached.take() {
                Some(stored) => stored,
                None => self.store.load(conversation).await?.ok_or(LoopError::Unknown)?,
            };
            let plan = match self.plans.get(&stored.conversation.plan).await {
                Ok(plan) => plan,
                // Plans of conversations that are over are not kept.
                Err(PlanRefused::Missing(_)) if stored.is_over() => {
                    let refused = self.unless_refused(Err(Reception::Over), &cause).await?;
                    return Ok(refused.err().unwrap_or(Received::Over));
                }
                Err(error) => return Err(error.into()),
            };
            let stepped = stepped(&plan, &stored.conversation, &arrival, now);
            if let Ok((_, Transition { fault: Some(Fault::WrongPlan), .. })) = stepped {
                // Nothing happened; to settle what this answers would lose it.
                return Err(LoopError::OtherLayout);
            }
            let (event, transition) = match self.unless_refused(stepped, &cause).await? {
                Ok(taken) => taken,
                Err(refused) => {
                    *cached = Some(stored);
                    return Ok(refused);
                }
            };
            let step = Step::of(&stored.conversation, &transition);
            let commit = commit(&plan, &stored, transition, &event, &cause, now);
            let after = following(&stored, &commit);
            let begun = Instant::now();
            match self.store.commit(commit).await? {
                Outcome::Committed(receipt) => {
                    self.metrics.committed(&step, begun.elapsed());
                    *cached = Some(after);
                    return Ok(Received::Taken(receipt));
                }
                Outcome::Duplicate(receipt) => return Ok(Received::Taken(receipt)),
                Outcome::Mismatch => return Ok(Received::Mismatch),
                Outcome::Settled => return Ok(Received::Settled),
                Outcome::Conflict { .. } | Outcome::AlreadyOpen { .. } => {}
            }
        }
        Err(LoopError::Contended)
    }

    /// Begins a conversation with its first event; the visitor's open one where there is one. `lasting` changes
    /// what lasts of the visitor as soon as it begins.
    pub(crate) async fn begin(
        &self,
        owner: Owner,
        id: Uuid,
        plan: &VerifiedPlan,
        event: Event,
        lasting: BTreeMap<String, Option<Value>>,
        now: Timestamp,
    ) -> Result<Uuid, LoopError> {
        let nothing = Conversation::new(id, plan.hash());
        let stored = Stored { version: 0, owner, messages: 0, conversation: nothing };
        let transition = step(plan, &stored.conversation, &event, now);
        let step = Step::of(&stored.conversation, &transition);
        let mut commit = commit_without_cause(plan, &stored, transition, &event, now);
        commit.owner = Some(stored.owner.clone());
        commit.lasting.extend(lasting);
        let begun = Instant::now();
        match self.store.commit(commit).await? {
            Outcome::AlreadyOpen { conversation } => Ok(conversation),
            Outcome::Committed(_) => {
                self.metrics.committed(&step, begun.elapsed());
                Ok(id)
            }
            _ => Err(LoopError::Contended),
        }
    }

    /// What is to be committed, or why a visitor's request is not. What effects and timers bring is
    /// committed in any case, for it settles them.
    async fn unless_refused(
        &self,
        stepped: Result<(Event, Transition), Reception>,
        cause: &Cause,
    ) -> Result<Result<(Event, Transition), Received>, StoreError> {
        let reception = match (stepped, cause) {
            (Ok(taken), Cause::Effect { .. } | Cause::Timer { .. }) => return Ok(Ok(taken)),
            (Ok(taken), _) if taken.1.reception == Reception::Taken => return Ok(Ok(taken)),
            (Ok((_, transition)), _) => transition.reception,
            (Err(reception), _) => reception,
        };
        // A repeated request finds its wait passed by its own first arrival.
        if let Cause::Request(inbound) = cause {
            match self.store.recall(inbound.clone()).await? {
                Some(Outcome::Duplicate(receipt)) => return Ok(Err(Received::Taken(receipt))),
                Some(_) => return Ok(Err(Received::Mismatch)),
                None => {}
            }
        }
        Ok(Err(match reception {
            Reception::Taken | Reception::Stale => Received::Stale,
            Reception::Invalid { fields } => Received::Invalid(fields),
            Reception::Over => Received::Over,
        }))
    }

    fn slot(&self, conversation: Uuid) -> Slot {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= KEPT && !cache.contains_key(&conversation) {
            cache.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        Arc::clone(cache.entry(conversation).or_default())
    }
}

pub(crate) fn stepped(
    plan: &VerifiedPlan,
    conversation: &Conversation,
    arrival: &Arrival,
    now: Timestamp,
) -> Result<(Event, Transition), Reception> {
    let event = match arrival {
        Arrival::Event(event) => event.clone(),
        Arrival::Form { wait, texts, uploads } => {
            form::submitted(plan, conversation, *wait, texts, uploads)?
        }
        Arrival::File(Some(file)) => Event::FileSent { file: file.clone() },
        Arrival::File(None) => return Err(Reception::Stale),
    };
    let transition = step(plan, conversation, &event, now);
    Ok((event, transition))
}

fn commit(
    plan: &VerifiedPlan,
    stored: &Stored,
    transition: Transition,
    event: &Event,
    cause: &Cause,
    now: Timestamp,
) -> Commit {
    let mut commit = commit_without_cause(plan, stored, transition, event, now);
    match cause {
        Cause::Request(inbound) => commit.inbound = Some(inbound.clone()),
        Cause::SignIn => {}
        Cause::Effect { settlement, by } => {
            let by = by.iter().map(|by| TraceEntry { step: None, what: by.clone() });
            commit.journal.trace.splice(..0, by);
            commit.answers = Some(Answered::Effect(settlement.clone()));
        }
        Cause::Timer { key, due } => {
            commit.answers = Some(Answered::Timer { key: *key, due: *due });
        }
    }
    commit
}

fn commit_without_cause(
    plan: &VerifiedPlan,
    stored: &Stored,
    transition: Transition,
    event: &Event,
    now: Timestamp,
) -> Commit {
    let lasting = lasting::changes(plan, &stored.conversation, &transition, event);
    let Transition { next, messages, effects, timers, trace, reception: _, fault } = transition;
    if let Some(fault) = fault {
        tracing::error!(conversation = %next.id, fault = fault.name(), "a fault in a conversation; its trace names the step");
    }
    let resting = |effect: Effect| Resting { effect, not_before: now };
    Commit {
        conversation: next.id,
        expected_version: stored.version,
        owner: None,
        inbound: None,
        at: now,
        next,
        messages,
        effects: effects.into_iter().map(resting).collect(),
        timers,
        journal: Journal { event: event.clone(), trace },
        answers: None,
        lasting,
    }
}

/// What the store holds once the commit is made.
fn following(stored: &Stored, commit: &Commit) -> Stored {
    Stored {
        version: stored.version + 1,
        owner: stored.owner.clone(),
        messages: stored.messages + commit.messages.len() as u64,
        conversation: commit.next.clone(),
    }
}
