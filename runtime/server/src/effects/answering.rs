//! Answering a customer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tidegate_ai::answer::{self, Request};
use tidegate_ai::library::{Article, Library, Section};
use tidegate_engine::event::{Event, Reply};
use tidegate_engine::state::Conversation;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_store::contract::Entry;
use uuid::Uuid;

use super::asking::{self, Talk};
use super::detection::language;
use super::{Performed, summary};
use crate::config::Provider;

/// Plans whose articles are kept ready to be searched; one of them is in use, as a rule.
const KEPT: usize = 4;

/// What is to be answered, of a conversation.
pub(crate) struct Asked<'a> {
    pub(crate) plan: &'a VerifiedPlan,
    pub(crate) conversation: &'a Conversation,
    pub(crate) entries: &'a [Entry],
    pub(crate) knowing: &'a [(String, String)],
    pub(crate) closing: bool,
}

/// The articles of plans, ready to be searched.
#[derive(Debug, Default)]
pub(crate) struct Libraries {
    ready: Mutex<HashMap<String, Arc<Library>>>,
}

impl Libraries {
    /// Those of a plan; made ready where they are asked for the first time.
    fn of(&self, plan: &VerifiedPlan) -> Arc<Library> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(library) = ready.get(plan.hash()) {
            return Arc::clone(library);
        }
        if ready.len() >= KEPT {
            ready.clear();
        }
        let library = Arc::new(library(plan));
        ready.insert(plan.hash().to_owned(), Arc::clone(&library));
        library
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
    key: Uuid,
    asked: &Asked<'_>,
) -> Performed {
    let transcript = summary::lines(asked.entries);
    let language = language(asked.plan, asked.conversation);
    let Asked { knowing, closing, .. } = *asked;
    let reply = match provider {
        Provider::Builtin => {
            let library = &libraries.of(asked.plan);
            let transcript = &transcript;
            builtin(&Request { transcript, knowing, library, closing, language })
        }
        Provider::OpenAi(ai) => {
            let library = &libraries.of(asked.plan);
            let transcript = &transcript;
            asking::answer(ai, &Talk { transcript, knowing, library, closing, language }).await
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
