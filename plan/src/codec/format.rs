//! Which format has what.

use crate::model::{Input, Instruction, Plan};

/// The newest format version: what this program writes at most.
pub const FORMAT: u32 = 2;
/// The oldest format version that this program reads.
pub const OLDEST: u32 = 1;

/// The oldest format that has all that a plan uses.
pub(super) fn of(plan: &Plan) -> u32 {
    let lines = plan.forms.iter().flat_map(|form| &form.fields);
    let inputs = lines.map(|line| if line.input == Input::Rating { 2 } else { OLDEST });
    plan.code.iter().map(of_instruction).chain(inputs).max().unwrap_or(OLDEST)
}

fn of_instruction(instruction: &Instruction) -> u32 {
    match instruction {
        Instruction::Note { .. }
        | Instruction::Wait { .. }
        | Instruction::Repeat
        | Instruction::Again { .. } => 2,
        _ => OLDEST,
    }
}
