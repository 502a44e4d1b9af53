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
use super::thinking::Thinking;
use super::{Performed, summary};
use crate::config::Provider;

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

pub(crate) async fn perform(
    provider: &Provider,
    libraries: &Libraries,
    thinking: &Thinking,
    key: Uuid,
    asked: Asked<'_>,
) -> Performed {
    let language = language(asked.plan, asked.conversation).map(str::to_owned);
    let shelf = libraries.of(asked.plan);
    let (knowing, closing, entries) = (asked.knowing.to_vec(), asked.closing, asked.entries);
    let reply = match provider {
        Provider::Builtin => {
            let work = move || {
                let (transcript, library) = (&summary::lines(&entries)[..], shelf.library());
                let (knowing, language) = (&knowing[..], language.as_deref());
                builtin(&Request { transcript, knowing, library, closing, language })
            };
            thinking.think(work).await
        }
        Provider::Endpoint(ai) => {
            let work = move || {
                let (transcript, library) = (&summary::lines(&entries)[..], shelf.library());
                let (knowing, language) = (&knowing[..], language.as_deref());
                Prepared::of(&Talk { transcript, knowing, library, closing, language })
            };
            asking::answer(ai, &thinking.think(work).await).await
        }
        Provider::Nobody => Reply::Unavailable,
    };
    Performed::Answered(Event::Answered { key, reply })
}

fn builtin(request: &Request<'_>) -> Reply {
    match answer::answer(request) {
        answer::Reply::Answer { text, article } => Reply::Answer { text, from: Some(article) },
        answer::Reply::Confirmed => Reply::Confirmed,
        answer::Reply::Human => Reply::Human,
        answer::Reply::Unresolved => Reply::Unresolved,
    }
}
