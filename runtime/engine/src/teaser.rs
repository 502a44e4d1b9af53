//! What a visitor is shown of a conversation that has not begun: what its first step says. The step is
//! not kept, so nothing of it has happened before they take it up.

use crate::message::{Message, Speaker};
use crate::transition::Transition;

/// What a visit shows, given the step with which its conversation would begin; nothing where no workflow
/// starts with it, or where that says nothing before it waits or ends.
pub fn teaser(begun: &Transition) -> Vec<String> {
    if begun.next.visit.is_none() || begun.fault.is_some() {
        return Vec::new();
    }
    begun.messages.iter().filter_map(shown).filter(|text| !text.trim().is_empty()).collect()
}

/// A page of the site's own is no place for what is private.
fn shown(message: &Message) -> Option<String> {
    match message {
        Message::Said { from: Speaker::Assistant, text, masked, notice: None } => {
            Some(masked.as_ref().unwrap_or(text).clone())
        }
        Message::Choices { prompt, .. } => Some(prompt.clone()),
        Message::Form { title, .. } => title.clone(),
        _ => None,
    }
}
