//! Private values are given to nobody as they are, but where they are revealed.

use std::collections::BTreeMap;

use super::{Verified, refuse};
use crate::model::{ConstId, Expr, ExprId, Instruction, Pipe, Plan};

pub(super) fn check(plan: &Plan) -> Verified {
    if !plan.attributes.iter().any(|attribute| attribute.private) {
        return revealing(plan).into_iter().position(|reveals| reveals).map_or(Ok(()), |at| {
            refuse("plan.private", "expression", at, "reveals what is not private")
        });
    }
    let given = given_away(plan);
    let gives = |id: ExprId| given.get(id.index()).copied().unwrap_or(true);
    for (at, form) in plan.forms.iter().enumerate() {
        if form.title.is_some_and(gives) {
            return refuse("plan.private", "form", at, "its title gives a private value away");
        }
    }
    for (at, push) in plan.pushes.iter().enumerate() {
        let private = |attr: usize| plan.attributes.get(attr).is_none_or(|its| its.private);
        if push.carry.iter().any(|(_, attr)| private(attr.index())) {
            return refuse("plan.private", "push", at, "carries a private value");
        }
    }
    for (at, push) in plan.channels.iter().enumerate() {
        if push.entries.iter().any(|entry| gives(entry.value)) {
            return refuse("plan.private", "push to a channel", at, "gives a private value away");
        }
    }
    for (at, instruction) in plan.code.iter().enumerate() {
        if let Instruction::Answer { knowing, .. } = instruction
            && knowing
                .iter()
                .any(|attr| plan.attributes.get(attr.index()).is_none_or(|its| its.private))
        {
            return refuse("plan.private", "code", at, "tells the AI a private value");
        }
        if texts(instruction).into_iter().any(gives) {
            return refuse("plan.private", "code", at, "gives a private value away");
        }
        if let Instruction::Set { attr, value } = instruction
            && !plan.attributes.get(attr.index()).is_some_and(|its| its.private)
            && gives(*value)
        {
            return refuse("plan.private", "code", at, "makes a private value public");
        }
    }
    only_said(plan)
}

/// What is revealed is said, and nothing else is done with it.
fn only_said(plan: &Plan) -> Verified {
    let reveals = revealing(plan);
    let reveals = |id: ExprId| reveals.get(id.index()).copied().unwrap_or(true);
    for (at, instruction) in plan.code.iter().enumerate() {
        let others: Vec<ExprId> = match instruction {
            Instruction::Say { .. } => continue,
            Instruction::Set { value, .. } => vec![*value],
            Instruction::Branch { condition, .. } => vec![*condition],
            Instruction::Match { subject, .. } => vec![*subject],
            other => texts(other),
        };
        if others.into_iter().any(reveals) {
            return refuse("plan.private", "code", at, "reveals what it does not say");
        }
    }
    for (at, push) in plan.pushes.iter().enumerate() {
        let lines = push.fields.iter().map(|line| line.value);
        let conditions = push.owner.iter().filter_map(|choice| choice.when);
        if lines.chain(conditions).any(reveals) {
            return refuse("plan.private", "push", at, "reveals what it does not say");
        }
    }
    for (at, push) in plan.channels.iter().enumerate() {
        if push.entries.iter().any(|entry| reveals(entry.value)) {
            return refuse("plan.private", "push to a channel", at, "reveals what it does not say");
        }
    }
    let titles = plan.forms.iter().map(|form| form.title);
    match titles.into_iter().position(|title| title.is_some_and(reveals)) {
        Some(at) => refuse("plan.private", "form", at, "reveals what it does not say"),
        None => Ok(()),
    }
}

/// The texts that an instruction shows to somebody, or keeps as a reason.
fn texts(instruction: &Instruction) -> Vec<ExprId> {
    match instruction {
        Instruction::Say { text } | Instruction::Note { text } => vec![*text],
        Instruction::Choose { prompt, options, .. } => {
            std::iter::once(*prompt).chain(options.iter().map(|option| option.label)).collect()
        }
        Instruction::Answer { check_in, .. } => check_in.iter().map(|its| its.text).collect(),
        Instruction::End { because } => because.iter().copied().collect(),
        _ => Vec::new(),
    }
}

/// For each expression whether its value is, or holds, a private value as it is. Operands stand
/// before their users.
fn given_away(plan: &Plan) -> Vec<bool> {
    let mut given: Vec<bool> = Vec::with_capacity(plan.expressions.len());
    for expression in &plan.expressions {
        let of = |id: &ExprId| given.get(id.index()).copied().unwrap_or(true);
        let one = match expression {
            Expr::Attr(attr) => plan.attributes.get(attr.index()).is_none_or(|its| its.private),
            Expr::OrElse(left, right) | Expr::Arithmetic(_, left, right) => of(left) || of(right),
            Expr::If(_, yes, no) => of(yes) || of(no),
            Expr::Join(parts) => parts.iter().any(of),
            Expr::Pipe(Pipe::Mask | Pipe::Reveal(_), _) => false,
            Expr::Pipe(_, operand) => of(operand),
            // Conditions tell of a value whether they hold, and no more.
            _ => false,
        };
        given.push(one);
    }
    given
}

/// For each expression whether it, or a part of it, reveals something.
fn revealing(plan: &Plan) -> Vec<bool> {
    let mut reveals: Vec<bool> = Vec::with_capacity(plan.expressions.len());
    for expression in &plan.expressions {
        let itself = matches!(expression, Expr::Pipe(Pipe::Reveal(_), _));
        let below = expression.operands().any(|one| reveals.get(one.index()) == Some(&true));
        reveals.push(itself || below);
    }
    reveals
}

/// The reasons for which texts that are said reveal something.
pub(super) fn revealed(plan: &Plan) -> BTreeMap<ExprId, Vec<ConstId>> {
    let mut found = BTreeMap::new();
    if !revealing(plan).contains(&true) {
        return found;
    }
    for instruction in &plan.code {
        let Instruction::Say { text } = instruction else { continue };
        let mut reasons = Vec::new();
        let mut open = vec![*text];
        while let Some(id) = open.pop() {
            let Some(expression) = plan.expressions.get(id.index()) else { continue };
            if let Expr::Pipe(Pipe::Reveal(reason), _) = expression
                && !reasons.contains(reason)
            {
                reasons.push(*reason);
            }
            open.extend(expression.operands());
        }
        if !reasons.is_empty() {
            found.insert(*text, reasons);
        }
    }
    found
}
