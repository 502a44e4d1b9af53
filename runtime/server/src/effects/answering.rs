//! Answering a customer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tidegate_ai::answer::{self, Request};
use tidegate_ai::library::{Article, Library, Section};
use tidegate_engine::event::{Event, Reply};
use tidegate_engine::state::Conversation;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_store::contract::Entry;
use uuid::Uuid;

use super::asking::{self, Prepared, Talk};
use super::detection::language;
use super::doing::Doing;
use super::purse::Job;
use super::{Performed, summary};
use crate::app::App;

/// Plans whose articles are kept ready to be searched; one of them is in use, as a rule.
const KEPT: usize = 4;

/// What is to be answered, of a conversation.
pub(crate) struct Asked<'a> {
    pub(crate) plan: &'a Arc<VerifiedPlan>,
    pub(crate) conversation: &'a Conversation,
    pub(crate) entries: Vec<Entry>,
    pub(crate) knowing: &'a [(String, String)],
    pub(crate) closing: bool,
}

/// The articles of plans, ready to be searched.
#[derive(Debug, Default)]
pub(crate) struct Libraries {
    ready: Mutex<HashMap<String, Arc<OnceLock<Library>>>>,
}

impl Libraries {
    /// Those of a plan. They are made ready by the first that looks into them, which takes a while,
    /// and nobody who asks for those of another plan waits for that.
    fn of(&self, plan: &Arc<VerifiedPlan>) -> Shelf {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.len() >= KEPT && !ready.contains_key(plan.hash()) {
            ready.clear();
        }
        let library = ready.entry(plan.hash().to_owned()).or_default();
        Shelf { plan: Arc::clone(plan), library: Arc::clone(library) }
    }
}

/// The articles of one plan.
struct Shelf {
    plan: Arc<VerifiedPlan>,
    library: Arc<OnceLock<Library>>,
}

impl Shelf {
    fn library(&self) -> &Library {
        self.library.get_or_init(|| library(&self.plan))
    }
}

/// The articles of a plan.
fn library(plan: &VerifiedPlan) -> Library {
    let articles = plan.articles.iter().map(|article| Article {
        name: article.name.clone(),
        title: article.title.clone(),
        url: article.url.clone(),
        language: article.language.clone(),
        sections: article
            .sections
            .iter()
            .map(|section| Section { heading: section.heading.clone(), text: section.text.clone() })
            .collect(),
    });
    Library::new(articles.collect())
}

pub(crate) async fn perform(app: &App, key: Uuid, asked: Asked<'_>) -> Performed {
    let mut doing = Doing::new(app, asked.conversation.id, Job::Answer);
    let language = language(asked.plan, asked.conversation).map(str::to_owned);
    let owned = Arc::new(Owned {
        shelf: app.libraries.of(asked.plan),
        language,
        knowing: asked.knowing.to_vec(),
        entries: asked.entries,
        closing: asked.closing,
        secrets: secrets(asked.plan, asked.conversation),
    });
    let mut reply = None;
    if let Some(ai) = doing.endpoint() {
        let owned = Arc::clone(&owned);
        let prepared = app.thinking.think(move || owned.prepared()).await;
        let draft = |text: &str| app.drafts.set(asked.conversation.id, text);
        reply = doing.heard(asking::answer(ai, &doing.purse, &prepared, &draft).await);
    }
    if reply.is_none() && doing.by_itself {
        reply = Some(app.thinking.think(move || owned.builtin()).await);
    }
    let reply = reply.unwrap_or(Reply::Unavailable);
    Performed::Done { event: Event::Answered { key, reply }, by: doing.by }
}

/// What threads of their own work at.
struct Owned {
    shelf: Shelf,
    entries: Vec<Entry>,
    knowing: Vec<(String, String)>,
    closing: bool,
    language: Option<String>,
    secrets: Vec<String>,
}

/// The private values of a conversation, which an AI does not get: should it say one, it has it from what
/// the customer wrote.
fn secrets(plan: &VerifiedPlan, conversation: &Conversation) -> Vec<String> {
    let slots = plan.attributes.iter().zip(&conversation.slots);
    let private = slots.filter(|(attribute, _)| attribute.private);
    let values = private.filter_map(|(_, slot)| slot.as_ref());
    values.map(|slot| slot.value.to_text().into_owned()).collect()
}

impl Owned {
    fn builtin(&self) -> Reply {
        builtin(&Request {
            transcript: &summary::lines(&self.entries),
            knowing: &self.knowing,
            library: self.shelf.library(),
            closing: self.closing,
            language: self.language.as_deref(),
        })
    }

    fn prepared(&self) -> Prepared {
        Prepared::of(&Talk {
            transcript: &summary::lines(&self.entries),
            knowing: &self.knowing,
            library: self.shelf.library(),
            closing: self.closing,
            language: self.language.as_deref(),
            secrets: &self.secrets,
        })
    }
}

fn builtin(request: &Request<'_>) -> Reply {
    match answer::answer(request) {
        answer::Reply::Answer { text, article } => Reply::Answer { text, from: Some(article) },
        answer::Reply::Confirmed => Reply::Confirmed,
        answer::Reply::Human => Reply::Human,
        answer::Reply::Unresolved => Reply::Unresolved,
    }
}
