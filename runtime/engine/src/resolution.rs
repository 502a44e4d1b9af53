//! How a conversation ended, for the visitor's next one.

use tidegate_plan::model::Instruction;
use tidegate_plan::verify::VerifiedPlan;

use crate::event::Event;
use crate::state::{Conversation, Resolved};

/// How a conversation ended, as `session.resolution` says it in the visitor's next one.
///
/// `confirmed` and `assumed`: an answer helped, and the customer said nothing more. `case`: a Case was
/// asked for, whatever became of it. `unresolved`: the AI could not help. Otherwise by what its last
/// event was:
/// `abandoned` by silence, `ended` by anything else. `None` where a fault ended it.
pub fn resolution(
    plan: &VerifiedPlan,
    ended: &Conversation,
    event: &Event,
    faulty: bool,
) -> Option<&'static str> {
    match ended.resolved {
        Some(Resolved::Confirmed) => return Some("confirmed"),
        Some(Resolved::Assumed) => return Some("assumed"),
        Some(Resolved::Unresolved) | None => {}
    }
    let cases = plan.code.iter().zip(&plan.code_steps).filter(|(instruction, _)| {
        matches!(instruction, Instruction::CreateCase { .. } | Instruction::RecordCase { .. })
    });
    if cases.into_iter().any(|(_, step)| ended.occurrences.contains_key(step)) {
        return Some("case");
    }
    match event {
        _ if faulty => None,
        _ if ended.resolved.is_some() => Some("unresolved"),
        Event::IdleFired { .. } => Some("abandoned"),
        _ => Some("ended"),
    }
}
