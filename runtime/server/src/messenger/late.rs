//! Answers to what is not asked any more: they join the transcript, and the tab that sent them
//! learns what is asked now.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tidegate_engine::eval::mask;
use tidegate_engine::event::Event;
use tidegate_engine::message::{FormLine, Message, answered};
use tidegate_engine::state::Position;
use tidegate_store::contract::{Entry, Inbound};
use uuid::Uuid;

use super::problem::Problem;
use crate::app::App;
use crate::conversation::{Arrival, Cause};

/// So many of a conversation's latest messages are looked through for a wait.
const BACK: u32 = 512;
/// Characters at most that join the transcript.
const LONGEST: usize = 10_000;

/// Refuses an answer whose wait has passed.
pub(super) async fn refuse(
    app: &Arc<App>,
    conversation: Uuid,
    arrival: &Arrival,
    inbound: Inbound,
) -> Result<Problem, Problem> {
    let Some(stored) = app.store.load(conversation).await? else { return Ok(Problem::stale()) };
    let behind = stored.messages.saturating_sub(u64::from(BACK));
    let entries = app.store.entries(conversation, behind, BACK).await?;
    let offer = stored.conversation.offer.as_ref().map(|offer| offer.wait);
    let wait = match stored.conversation.position {
        Position::Waiting { wait, .. } => Some(wait),
        Position::HandedOff { .. } => offer,
        _ => None,
    };
    let Some(wait) = wait else { return Ok(Problem::stale()) };
    if let Some(text) = said(&entries, arrival) {
        // Under an id of its own: a repetition is again refused, and joins nothing twice.
        let inbound = Inbound { key: late(inbound.key), ..inbound };
        let arrival = Arrival::Event(Event::AnsweredLate { text });
        app.conversations
            .receive(conversation, arrival, Cause::Request(inbound), app.clock.now())
            .await?;
    }
    let current = entries.into_iter().rev().find(|entry| asks(&entry.message) == Some(wait));
    Ok(Problem::stale().with_current(current))
}

fn late(key: Uuid) -> Uuid {
    let hash = Sha256::new().chain_update(b"late").chain_update(key.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(bytes)
}

/// The wait that a message begins.
fn asks(message: &Message) -> Option<u64> {
    match message {
        Message::Asked { wait, .. }
        | Message::Verify { wait, .. }
        | Message::Choices { wait, .. }
        | Message::Form { wait, .. } => Some(*wait),
        _ => None,
    }
}

/// The late answers as people read them; none where the wait was answered by the same ones.
fn said(entries: &[Entry], arrival: &Arrival) -> Option<String> {
    let wait = match arrival {
        Arrival::Form { wait, .. } | Arrival::Event(Event::ChoiceMade { wait, .. }) => *wait,
        Arrival::Event(_) | Arrival::File(_) => return None,
    };
    let messages = || entries.iter().map(|entry| &entry.message);
    let asked = messages().find(|message| asks(message) == Some(wait))?;
    let answers = match (asked, arrival) {
        (Message::Form { fields, .. }, Arrival::Form { texts, .. }) => filled_in(fields, texts),
        (
            Message::Choices { prompt, choices, .. },
            Arrival::Event(Event::ChoiceMade { choice, .. }),
        ) => vec![(prompt.clone(), choices.get(usize::try_from(*choice).ok()?)?.clone())],
        _ => return None,
    };
    let same = messages().any(|message| {
        matches!(message, Message::Closed { wait: closed, answers: given }
            if *closed == wait && *given == answers)
    });
    if same {
        return None;
    }
    let lines = answers.iter().map(|(label, answer)| answered(label, answer));
    let text = lines.collect::<Vec<_>>().join("\n").replace('\0', "");
    let text: String = text.chars().take(LONGEST).collect();
    (!text.trim().is_empty()).then_some(text)
}

fn filled_in(fields: &[FormLine], texts: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let line = |field: &FormLine| {
        // A file's is the id of an upload, which says nothing to anybody.
        let text = texts.get(&field.name).filter(|_| field.input != "file")?.trim();
        let shown = || if field.private { mask(&shown(field, text)) } else { shown(field, text) };
        (!text.is_empty()).then(|| (field.label.clone(), shown()))
    };
    fields.iter().filter_map(line).collect()
}

fn shown(field: &FormLine, text: &str) -> String {
    let label = |value: &str| {
        let option = field.options.iter().find(|option| option.value == value);
        option.map_or(value, |option| &option.label).to_owned()
    };
    match (field.input.as_str(), text) {
        ("checkbox", "true") => "Yes".to_owned(),
        ("checkbox", "false") => "No".to_owned(),
        ("select_many", text) => text.split(';').map(label).collect::<Vec<_>>().join(", "),
        (_, text) => label(text),
    }
}
