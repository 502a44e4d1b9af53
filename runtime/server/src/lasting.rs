//! What a step leaves to the visitor's later conversations.

use std::collections::BTreeMap;

use tidegate_engine::event::Event;
use tidegate_engine::resolution;
use tidegate_engine::state::{Conversation, Position, Slot, Writer};
use tidegate_engine::transition::Transition;
use tidegate_plan::model::{Origin, Space};
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;

/// Under which name it lasts how a conversation ended; no attribute of a plan is called so.
pub(crate) const RESOLUTION: &str = "session.resolution";

/// What a step or a form changed of own data of `person`, and how the conversation ended. What was
/// there at the start is no change, and a default is there only as long as nobody sets anything.
pub(crate) fn changes(
    plan: &VerifiedPlan,
    before: &Conversation,
    transition: &Transition,
    event: &Event,
) -> BTreeMap<String, Option<Value>> {
    let after = &transition.next;
    let mut changes = BTreeMap::new();
    for (at, attribute) in plan.attributes.iter().enumerate() {
        if attribute.space != Space::Person || attribute.origin != Origin::Own {
            continue;
        }
        match (kept(before, at), kept(after, at)) {
            (before, Some(Slot { value, by }))
                if *by != Writer::Session && before.is_none_or(|one| one.value != *value) =>
            {
                changes.insert(attribute.name.clone(), Some(value.clone()));
            }
            (Some(_), None) => drop(changes.insert(attribute.name.clone(), None)),
            _ => {}
        }
    }
    // Where nobody wrote, the visitor's latest conversation is the one before.
    let unused = matches!(before.position, Position::AwaitingMessage { .. })
        && matches!(event, Event::DeadlinePassed { .. });
    if after.position == Position::Ended && before.position != Position::Ended && !unused {
        let how = resolution(plan, after, event, transition.fault.is_some());
        changes.insert(RESOLUTION.to_owned(), how.map(|how| Value::Text(how.to_owned())));
    }
    changes
}

/// A slot that more than the declaration's default has filled.
fn kept(conversation: &Conversation, at: usize) -> Option<&Slot> {
    let slot = conversation.slots.get(at)?.as_ref()?;
    (slot.by != Writer::Default).then_some(slot)
}
