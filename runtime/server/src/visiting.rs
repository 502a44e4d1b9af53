//! A visitor who has not opened the Messenger: what a workflow shows them.
//!
//! The conversation is played in memory up to where it first waits, and forgotten; it begins when the
//! visitor takes it up. So a visit that nobody answers leaves no conversation, no effect and no timer.
//! What starts once is remembered as soon as it is shown, together with that it may be taken up once.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use tidegate_engine::event::{Event, PersonFound};
use tidegate_engine::message::Message;
use tidegate_engine::state::{Conversation, Position};
use tidegate_engine::{step, teaser};
use tidegate_plan::model::STARTED;
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_store::contract::Visitor;

use crate::app::App;
use crate::effects::person;
use crate::lasting;
use crate::opening::{new_id, opened};

/// Under which name it lasts what was shown and has not been taken up; no attribute of a plan is called
/// so.
const SHOWN: &str = "session.shown";
/// A teaser comes without the visitor's record rather than late.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a visitor is shown.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// What is said; nothing where nothing starts.
    pub(crate) says: Vec<String>,
    /// The language that it is said in, where the project has several.
    pub(crate) language: Option<String>,
    /// What is remembered of it.
    pub(crate) lasting: BTreeMap<String, Option<Value>>,
}

/// The visitor's record, where the site vouches for them and the org is not to be spared.
pub(crate) async fn record(
    app: &App,
    plan: &VerifiedPlan,
    visitor: &Visitor,
    now: Timestamp,
) -> PersonFound {
    let signed = opened(plan, visitor, new_id(now), now).signed;
    let (Some(claim), Some(_)) = (signed.and_then(|its| its.claim), &plan.person) else {
        return PersonFound::Nobody;
    };
    let found = tokio::time::timeout(PATIENCE, person::if_spare(app, plan, &claim)).await;
    found.unwrap_or(PersonFound::Unavailable)
}

/// What a visit shows.
pub(crate) fn show(
    plan: &VerifiedPlan,
    visitor: &Visitor,
    found: PersonFound,
    after_ms: u64,
    now: Timestamp,
) -> Shown {
    let id = new_id(now);
    let nothing = Conversation::new(id, plan.hash());
    let event = Event::Visited { after_ms, opened: opened(plan, visitor, id, now) };
    let mut begun = step(plan, &nothing, &event, now);
    let mut language = language(&begun.messages);
    if let Position::Syncing { key } = begun.next.position {
        let known = begun.next;
        begun = step(plan, &known, &Event::PersonSynced { key, found }, now);
        language = self::language(&begun.messages).or(language);
    }
    let says = teaser(&begun);
    if says.is_empty() {
        return Shown::default();
    }
    let mut lasting = lasting::changes(plan, &nothing, &begun, &event);
    lasting.retain(|name, _| name.starts_with(STARTED));
    let name = lasting.keys().find_map(|name| name.strip_prefix(STARTED)).map(str::to_owned);
    // What was shown before can't be taken up any more once something else is.
    if name.is_some() || visitor.lasting.contains_key(SHOWN) {
        lasting.insert(SHOWN.to_owned(), name.map(Value::Text));
    }
    Shown { says, language, lasting }
}

fn language(messages: &[Message]) -> Option<String> {
    messages.iter().rev().find_map(|message| match message {
        Message::Speaks { language } => Some(language.clone()),
        _ => None,
    })
}

/// What was shown is taken up by the next conversation that begins, or never.
pub(crate) fn over(visitor: &Visitor) -> BTreeMap<String, Option<Value>> {
    visitor.lasting.get_key_value(SHOWN).map(|(name, _)| (name.clone(), None)).into_iter().collect()
}

/// The first event of a conversation that the visitor takes up. What was shown to them has started by
/// then, and starts with it all the same.
pub(crate) fn taken_up(
    plan: &VerifiedPlan,
    visitor: &Visitor,
    id: uuid::Uuid,
    after_ms: u64,
    now: Timestamp,
) -> Event {
    let mut opened = opened(plan, visitor, id, now);
    let shown = match visitor.lasting.get(SHOWN) {
        Some(Value::Text(workflow)) => plan.started(workflow),
        _ => None,
    };
    opened.values.retain(|(attr, _)| Some(*attr) != shown);
    Event::Visited { after_ms, opened }
}
