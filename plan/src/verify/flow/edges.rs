//! Where an instruction leads.

use crate::model::{Handlers, Instruction, Target};

/// Targets reached at once, but for [`Instruction::Run`] and what falls through.
pub(super) fn straight(_at: Target, instruction: &Instruction) -> Vec<Target> {
    match instruction {
        Instruction::Branch { otherwise, .. } => vec![*otherwise],
        Instruction::Match { arms, blank, otherwise, .. } => {
            let arms = arms.iter().map(|(_, target)| *target);
            arms.chain([*blank, *otherwise]).collect()
        }
        Instruction::Jump { target } => vec![*target],
        _ => Vec::new(),
    }
}

/// Targets reached when the wait at an instruction is over, without silence.
pub(super) fn after_wait(at: Target, instruction: &Instruction) -> Vec<Target> {
    let behind = Target(at.0.saturating_add(1));
    match instruction {
        Instruction::Ask { own } | Instruction::Collect { own, .. } => {
            std::iter::once(behind).chain(own.human).collect()
        }
        Instruction::Choose { options, other, own, .. } => {
            options.iter().map(|option| option.target).chain(*other).chain(own.human).collect()
        }
        Instruction::CreateCase { created, delayed, rejected, .. } => {
            [created, delayed, rejected].into_iter().flatten().copied().collect()
        }
        _ => Vec::new(),
    }
}

/// Whether the next instruction follows at once.
pub(super) fn falls_through(instruction: &Instruction) -> bool {
    matches!(
        instruction,
        Instruction::Say { .. }
            | Instruction::Note { .. }
            | Instruction::Set { .. }
            | Instruction::Clear { .. }
            | Instruction::Branch { .. }
            | Instruction::Run { .. }
            | Instruction::RecordCase { .. }
    )
}

/// The arms of a step that waits for the customer.
pub(super) fn own_handlers(instruction: &Instruction) -> Option<&Handlers> {
    match instruction {
        Instruction::Ask { own }
        | Instruction::Choose { own, .. }
        | Instruction::Collect { own, .. } => Some(own),
        _ => None,
    }
}
