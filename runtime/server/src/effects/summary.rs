//! Summarising a conversation.

use tidegate_ai::extract::{Line, Role, summary};
use tidegate_engine::event::Event;
use tidegate_engine::message::{Message, Speaker};
use tidegate_store::contract::Entry;
use uuid::Uuid;

use super::Performed;

/// Long enough to tell what the matter is, short enough to be read at a glance.
const LENGTH: usize = 1000;

pub(crate) fn summarise(key: Uuid, entries: &[Entry]) -> Performed {
    let lines: Vec<Line<'_>> = entries
        .iter()
        .filter_map(|entry| match &entry.message {
            Message::Said { from: Speaker::Customer, text, .. } => {
                Some(Line { role: Role::Customer, text })
            }
            Message::Said { from: Speaker::Assistant, text, .. } => {
                Some(Line { role: Role::Other, text })
            }
            _ => None,
        })
        .collect();
    Performed::Answered(Event::Summarised { key, summary: summary(&lines, LENGTH) })
}
