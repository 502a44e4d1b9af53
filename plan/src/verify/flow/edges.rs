//! Where an instruction leads.

use crate::model::{Handlers, Instruction, Target};

/// Shows the targets reached at once, but for [`Instruction::Run`] and what falls through.
pub(super) fn straight(instruction: &Instruction, mut see: impl FnMut(Target)) {
    match instruction {
        Instruction::Branch { otherwise, .. } => see(*otherwise),
        Instruction::Match { arms, blank, otherwise, .. } => {
            arms.iter().for_each(|(_, target)| see(*target));
            see(*blank);
            see(*otherwise);
        }
        Instruction::Jump { target } => see(*target),
        // Back behind the head.
        Instruction::Again { head, .. } => see(Target(head.0.saturating_add(1))),
        _ => {}
    }
}

/// Shows the targets reached when the wait at an instruction is over, without silence.
pub(super) fn after_wait(at: Target, instruction: &Instruction, mut see: impl FnMut(Target)) {
    match instruction {
        Instruction::Wait { .. } => see(Target(at.0.saturating_add(1))),
        Instruction::Ask { own }
        | Instruction::Collect { own, .. }
        | Instruction::Verify { own } => {
            see(Target(at.0.saturating_add(1)));
            own.but_silence().for_each(see);
        }
        Instruction::Detect { own, .. } | Instruction::Answer { own, .. } => {
            own.but_silence().for_each(see);
        }
        // What nobody handles goes on behind it.
        Instruction::HandOff { own, .. } => {
            see(Target(at.0.saturating_add(1)));
            own.but_silence().for_each(see);
        }
        Instruction::Choose { options, other, own, .. } => {
            options.iter().for_each(|option| see(option.target));
            other.iter().copied().chain(own.but_silence()).for_each(see);
        }
        Instruction::CreateCase { created, delayed, rejected, .. } => {
            [created, delayed, rejected].into_iter().flatten().for_each(|target| see(*target));
        }
        _ => {}
    }
}

/// Whether the next instruction follows at once.
pub(super) fn falls_through(instruction: &Instruction) -> bool {
    matches!(
        instruction,
        Instruction::Say { .. }
            | Instruction::Note { .. }
            | Instruction::Repeat
            | Instruction::Again { .. }
            | Instruction::Set { .. }
            | Instruction::Clear { .. }
            // What has a value already is not asked about.
            | Instruction::Detect { .. }
            | Instruction::Branch { .. }
            | Instruction::Run { .. }
            | Instruction::RecordCase { .. }
    )
}

/// The arms of a step that waits, for the customer or for the AI.
pub(super) fn own_handlers(instruction: &Instruction) -> Option<&Handlers> {
    match instruction {
        Instruction::Ask { own }
        | Instruction::Choose { own, .. }
        | Instruction::Collect { own, .. }
        | Instruction::Detect { own, .. }
        | Instruction::Verify { own }
        | Instruction::HandOff { own, .. }
        | Instruction::Answer { own, .. } => Some(own),
        _ => None,
    }
}
