//! Which format has what.

use crate::model::{Attribute, Expr, Handlers, Input, Instruction, Pipe, Plan};

/// The newest format version: what this program writes at most.
pub const FORMAT: u32 = 2;
/// The oldest format version that this program reads.
pub const OLDEST: u32 = 1;

/// The oldest format that has all that a plan uses.
pub(super) fn of(plan: &Plan) -> u32 {
    let lines = plan.forms.iter().flat_map(|form| &form.fields);
    let inputs = lines
        .map(|line| if line.input == Input::Rating || !line.words.is_empty() { 2 } else { OLDEST });
    let files = plan.forms.iter().map(|form| if form.files.is_empty() { OLDEST } else { 2 });
    let values = plan.lists.iter().flat_map(|list| &list.values);
    let described = values.map(|value| if value.description.is_some() { 2 } else { OLDEST });
    let defaults = plan.workflows.iter().map(|workflow| of_handlers(&workflow.defaults));
    let private = plan.attributes.iter().any(|attribute| attribute.private);
    let spoken = plan.attributes.iter().any(Attribute::is_spoken);
    let tables = !plan.channels.is_empty() || !plan.articles.is_empty() || !plan.hours.is_empty();
    let starts =
        plan.on_message.is_some() || plan.on_agent_reply.is_some() || !plan.visits.is_empty();
    let marked = private || spoken || tables || starts;
    let marks = described.chain(marked.then_some(2));
    let expressions = plan.expressions.iter().map(of_expression);
    let code = plan.code.iter().map(of_instruction);
    let all = code.chain(inputs).chain(files).chain(marks).chain(defaults).chain(expressions);
    all.max().unwrap_or(OLDEST)
}

fn of_handlers(handlers: &Handlers) -> u32 {
    if handlers.others.is_empty() { OLDEST } else { 2 }
}

fn of_expression(expression: &Expr) -> u32 {
    match expression {
        Expr::InHours(..)
        | Expr::Pipe(Pipe::DateIn(_) | Pipe::TimeIn(_) | Pipe::DateTimeIn(_), _) => 2,
        _ => OLDEST,
    }
}

fn of_instruction(instruction: &Instruction) -> u32 {
    match instruction {
        Instruction::Note { .. }
        | Instruction::Wait { .. }
        | Instruction::Verify { .. }
        | Instruction::Repeat
        | Instruction::Again { .. }
        | Instruction::Detect { .. }
        | Instruction::HandOff { .. }
        | Instruction::AwaitMessage
        | Instruction::Answer { .. } => 2,
        Instruction::Ask { own }
        | Instruction::Choose { own, .. }
        | Instruction::Collect { own, .. } => of_handlers(own),
        _ => OLDEST,
    }
}
