//! Jump targets that are not known yet.
//!
//! While code is laid out every [`Target`] in it is a label's number; [`Labels::resolve`] puts the
//! positions in.

use tidegate_plan::model::{Handlers, Instruction, Target};

/// The place of a label that stands nowhere yet.
const NOWHERE: u32 = u32::MAX;

/// The labels of a program.
#[derive(Default)]
pub(super) struct Labels {
    places: Vec<u32>,
}

impl Labels {
    /// A label that stands nowhere yet.
    pub(super) fn fresh(&mut self) -> Target {
        self.places.push(NOWHERE);
        Target(super::position(self.places.len() - 1))
    }

    /// Lets a label stand at a position.
    pub(super) fn put(&mut self, label: Target, position: u32) {
        self.places[label.index()] = position;
    }

    /// Whether a label stands at a position.
    pub(super) fn stand_at(&self, position: u32) -> bool {
        self.places.contains(&position)
    }

    /// Where a label stands.
    pub(super) fn place(&self, label: Target) -> Target {
        Target(self.places[label.index()])
    }

    /// The positions of an instruction's labels.
    pub(super) fn resolve(&self, instruction: &mut Instruction) {
        let put = |target: &mut Target| *target = Target(self.places[target.index()]);
        match instruction {
            Instruction::Ask { own }
            | Instruction::Collect { own, .. }
            | Instruction::Detect { own, .. }
            | Instruction::Verify { own }
            | Instruction::HandOff { own, .. }
            | Instruction::Answer { own, .. } => {
                self.resolve_handlers(own);
            }
            Instruction::Choose { options, other, own, .. } => {
                options.iter_mut().for_each(|option| put(&mut option.target));
                other.iter_mut().for_each(put);
                self.resolve_handlers(own);
            }
            Instruction::Branch { otherwise, .. } => put(otherwise),
            Instruction::Match { arms, blank, otherwise, .. } => {
                arms.iter_mut().for_each(|(_, target)| put(target));
                put(blank);
                put(otherwise);
            }
            Instruction::Jump { target } => put(target),
            Instruction::Again { head, .. } => put(head),
            Instruction::CreateCase { created, delayed, rejected, .. } => {
                [created, delayed, rejected].into_iter().flatten().for_each(put);
            }
            Instruction::Say { .. }
            | Instruction::Note { .. }
            | Instruction::Repeat
            | Instruction::Wait { .. }
            | Instruction::Set { .. }
            | Instruction::Clear { .. }
            | Instruction::Run { .. }
            | Instruction::Return
            | Instruction::ResumeWait
            | Instruction::AwaitMessage
            | Instruction::RecordCase { .. }
            | Instruction::End { .. } => {}
        }
    }

    /// The positions of handlers' labels.
    pub(super) fn resolve_handlers(&self, handlers: &mut Handlers) {
        let put = |target: &mut Target| *target = Target(self.places[target.index()]);
        handlers.human.iter_mut().for_each(put);
        handlers.idle.iter_mut().for_each(|idle| put(&mut idle.target));
        handlers.others.iter_mut().for_each(|one| put(&mut one.target));
    }
}
