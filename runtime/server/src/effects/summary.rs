//! Summarising a conversation. Where an AI behind an endpoint can't, what is built in does: a Case has
//! its summary either way.

use tidegate_ai::extract::{Line, Role, summary};
use tidegate_engine::event::Event;
use tidegate_engine::message::Speaker;
use tidegate_store::contract::Entry;
use uuid::Uuid;

use super::doing::Doing;
use super::purse::Job;
use super::{Performed, asking};
use crate::app::App;

/// Units of Salesforce's at most: long enough to tell what the matter is, short enough to be read at a glance.
const LENGTH: usize = 1000;

pub(crate) async fn perform(
    app: &App,
    conversation: Uuid,
    key: Uuid,
    entries: Vec<Entry>,
) -> Performed {
    let mut doing = Doing::new(app, conversation, Job::Summarise);
    let mut told = None;
    if let Some(ai) = doing.endpoint() {
        let said = lines(&entries);
        told = doing.heard(asking::summarise(ai, &doing.purse, &said, LENGTH).await);
        if told.is_none() && !doing.by_itself {
            doing.by_itself = true;
            doing.by += "; what is built in instead";
        }
    }
    if told.is_none() && doing.by_itself {
        told = app.thinking.think(move || summary(&lines(&entries), LENGTH)).await;
    }
    Performed::Done { event: Event::Summarised { key, summary: told }, by: doing.by }
}

/// What was said, as it stands in transcripts.
pub(crate) fn lines(entries: &[Entry]) -> Vec<Line<'_>> {
    entries
        .iter()
        .filter_map(|entry| entry.message.transcribed())
        .map(|(from, text)| match from {
            Speaker::Customer => Line { role: Role::Customer, text },
            Speaker::Ai => Line { role: Role::Ai, text },
            Speaker::Assistant | Speaker::Agent | Speaker::Bot | Speaker::System => {
                Line { role: Role::Other, text }
            }
        })
        .collect()
}
