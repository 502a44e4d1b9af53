//! Saying which value a list has.

use tidegate_ai::detect::{Choice, Request, detect};
use tidegate_engine::event::{Detection, Event};
use tidegate_engine::message::Speaker;
use tidegate_engine::state::Conversation;
use tidegate_plan::model::{AttrId, ListValue, SPOKEN};
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_store::contract::Entry;
use uuid::Uuid;

use super::doing::Doing;
use super::purse::Job;
use super::{Performed, asking};
use crate::app::App;

/// What is to be found out, of a conversation.
pub(crate) struct Asked<'a> {
    pub(crate) plan: &'a VerifiedPlan,
    pub(crate) conversation: &'a Conversation,
    pub(crate) entries: Vec<Entry>,
    pub(crate) attr: AttrId,
    pub(crate) values: &'a [String],
}

pub(crate) async fn perform(app: &App, key: Uuid, asked: Asked<'_>) -> Performed {
    let values = offered(&asked);
    let mut doing = Doing::new(app, asked.conversation.id, Job::Detect);
    let mut found = None;
    if let Some(ai) = doing.endpoint() {
        let said = words(&asked.entries);
        found = doing.heard(asking::detect(ai, &doing.purse, &values, &said).await);
    }
    if found.is_none() && doing.by_itself {
        let values: Vec<ListValue> = values.into_iter().cloned().collect();
        let language = language(asked.plan, asked.conversation).map(str::to_owned);
        let entries = asked.entries;
        let work = move || builtin(&values, &words(&entries), language.as_deref());
        found = Some(app.thinking.think(work).await);
    }
    let found = found.unwrap_or(Detection::Unavailable);
    Performed::Done { event: Event::Detected { key, found }, by: doing.by }
}

/// The values that are offered, with what the list says of them.
fn offered<'a>(asked: &Asked<'a>) -> Vec<&'a ListValue> {
    let list = asked.plan.attributes.get(asked.attr.index()).and_then(|attribute| attribute.list);
    let list = list.and_then(|list| asked.plan.lists.get(list.index()));
    let values = list.into_iter().flat_map(|list| &list.values);
    values.filter(|its| asked.values.contains(&its.value)).collect()
}

/// A list's value as what is built in takes it.
pub fn choice(its: &ListValue) -> Choice<'_> {
    let description = its.description.as_deref().unwrap_or_default();
    Choice { value: &its.value, label: &its.label, description }
}

fn builtin(values: &[ListValue], words: &[&str], language: Option<&str>) -> Detection {
    let choices: Vec<Choice<'_>> = values.iter().map(choice).collect();
    let answer = detect(&Request { choices: &choices, words, language });
    match answer.value {
        Some(value) => Detection::Value { value, because: answer.because },
        None => Detection::Nothing,
    }
}

/// What the customer wrote, as it stands in transcripts.
fn words(entries: &[Entry]) -> Vec<&str> {
    let said = entries.iter().filter_map(|entry| entry.message.transcribed());
    said.filter(|(from, _)| *from == Speaker::Customer).map(|(_, text)| text).collect()
}

/// The language that the conversation is held in; else the one that the customer's browser wants.
pub(crate) fn language<'c>(plan: &VerifiedPlan, conversation: &'c Conversation) -> Option<&'c str> {
    [SPOKEN, "language"].into_iter().find_map(|name| {
        let slot = conversation.slots.get(plan.session(name)?.index())?.as_ref()?;
        match &slot.value {
            Value::Text(tag) => Some(tag.as_str()),
            _ => None,
        }
    })
}
