//! What rehearsals came to.

use tidegate_plan::model::{Instruction, Target};
use tidegate_plan::rehearsal::{Point, Way};
use tidegate_plan::verify::VerifiedPlan;

/// What rehearsals came to, together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    instructions: Vec<bool>,
    /// Branches whose condition held.
    held: Vec<bool>,
    /// Branches whose condition did not hold.
    failed: Vec<bool>,
    pushes: Vec<bool>,
}

impl Reached {
    /// Nothing yet.
    pub fn nothing(plan: &VerifiedPlan) -> Self {
        let none = || vec![false; plan.code.len()];
        let pushes = vec![false; plan.pushes.len()];
        Self { instructions: none(), held: none(), failed: none(), pushes }
    }

    /// Adds the instructions that a rehearsal did, in order.
    pub(super) fn add(&mut self, plan: &VerifiedPlan, seen: &[Target]) {
        for (position, at) in seen.iter().enumerate() {
            let Some(instruction) = plan.code.get(at.index()) else { continue };
            self.instructions[at.index()] = true;
            match instruction {
                Instruction::Branch { otherwise, .. } => {
                    // What is done next is where the condition led.
                    let next = seen.get(position + 1);
                    let behind = at.0.checked_add(1).map(Target);
                    self.held[at.index()] |= next.copied() == behind;
                    self.failed[at.index()] |= next == Some(otherwise);
                }
                Instruction::CreateCase { push, .. } | Instruction::RecordCase { push } => {
                    self.pushes[push.index()] = true;
                }
                _ => {}
            }
        }
    }

    /// The same; whether anything of it is new.
    pub(super) fn adds(&mut self, plan: &VerifiedPlan, seen: &[Target]) -> bool {
        let before = self.clone();
        self.add(plan, seen);
        *self != before
    }

    /// Whether a point was come to.
    pub fn has(&self, point: &Point) -> bool {
        let is = |marks: &[bool], at: usize| marks.get(at).copied().unwrap_or(false);
        match &point.way {
            Way::Instruction(targets) => {
                targets.iter().any(|target| is(&self.instructions, target.index()))
            }
            Way::Branch(at, holds) => {
                let seen = if *holds { &self.held } else { &self.failed };
                at.iter().any(|target| is(seen, target.index()))
            }
            Way::Push(push) => is(&self.pushes, push.index()),
        }
    }
}
