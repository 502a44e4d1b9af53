//! Summarising a conversation. Where an AI behind an endpoint can't, what is built in does: a Case has
//! its summary either way.

use tidegate_ai::extract::{Line, Role, summary};
use tidegate_engine::event::Event;
use tidegate_engine::message::Speaker;
use tidegate_store::contract::Entry;
use uuid::Uuid;

use super::thinking::Thinking;
use super::{Performed, asking};
use crate::config::Provider;

/// Units of Salesforce's at most: long enough to tell what the matter is, short enough to be read at a glance.
const LENGTH: usize = 1000;

pub(crate) async fn perform(
    provider: &Provider,
    thinking: &Thinking,
    key: Uuid,
    entries: Vec<Entry>,
) -> Performed {
    let told = match provider {
        Provider::Endpoint(ai) => asking::summarise(ai, &lines(&entries), LENGTH).await,
        Provider::Builtin | Provider::Nobody => None,
    };
    let summary = match (told, provider) {
        (None, Provider::Builtin | Provider::Endpoint(_)) => {
            thinking.think(move || summary(&lines(&entries), LENGTH)).await
        }
        (told, _) => told,
    };
    Performed::Answered(Event::Summarised { key, summary })
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
