//! Summarising a conversation.

use tidegate_ai::extract::{Line, Role, summary};
use tidegate_engine::event::Event;
use tidegate_engine::message::Speaker;
use tidegate_store::contract::Entry;
use uuid::Uuid;

use super::Performed;

/// Long enough to tell what the matter is, short enough to be read at a glance.
const LENGTH: usize = 1000;

pub(crate) fn summarise(key: Uuid, entries: &[Entry]) -> Performed {
    Performed::Answered(Event::Summarised { key, summary: summary(&lines(entries), LENGTH) })
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
