//! Marked values for what is private, and where nobody may see them.

use tidegate_engine::effect::{Action, CaseRequest};
use tidegate_engine::message::{Message, Speaker};
use tidegate_engine::state::Person;
use tidegate_engine::transition::Transition;
use tidegate_plan::model::Space;
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;

use super::talk::MARK;

/// So many at a stretch are more than a mask leaves.
const SEEN: usize = 5;

fn shows(text: &str) -> bool {
    text.split(|sign| sign != MARK).any(|run| run.chars().count() >= SEEN)
}

fn must(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("private: {}", what())) }
}

/// Whoever reads what came of a transition reads nothing private, but a verified visitor what was
/// revealed to them, and agents what a line of a push has put into its field.
pub(crate) fn look(plan: &VerifiedPlan, seen: &Transition) -> Result<(), String> {
    let verified = seen.next.person != Person::Unverified;
    for message in &seen.messages {
        if let Message::Said { from: Speaker::Assistant, text, masked, .. } = message {
            must(verified || !shows(text), || format!("revealed to anybody: {text}"))?;
            let transcript = masked.as_deref().unwrap_or(text);
            must(!shows(transcript), || format!("in a transcript: {transcript}"))?;
            continue;
        }
        let told = serde_json::to_string(message).unwrap_or_default();
        must(!shows(&told), || format!("told: {told}"))?;
    }
    for entry in &seen.trace {
        must(!shows(&entry.what), || format!("traced: {}", entry.what))?;
    }
    let slots = seen.next.slots.iter().zip(&plan.attributes);
    for (slot, attribute) in slots.filter(|(_, attribute)| !attribute.private) {
        let text = slot.as_ref().map(|slot| slot.value.to_text().into_owned());
        let own = matches!(attribute.space, Space::Session);
        must(own || !text.is_some_and(|text| shows(&text)), || {
            format!("made public in {}", attribute.path())
        })?;
    }
    for effect in &seen.effects {
        match &effect.action {
            Action::CreateCase(request) => pushed(plan, request)?,
            Action::Answer { knowing, .. } => {
                must(!knowing.iter().any(|(_, text)| shows(text)), || "told to the AI".to_owned())?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn pushed(plan: &VerifiedPlan, request: &CaseRequest) -> Result<(), String> {
    let Some(push) = plan.pushes.get(request.push as usize) else { return Ok(()) };
    for (field, value) in &request.fields {
        let named = push.fields.iter().any(|line| line.field == *field);
        let text = matches!(value, Value::Text(text) if shows(text));
        must(named || !text, || format!("carried in {field}"))?;
    }
    Ok(())
}
