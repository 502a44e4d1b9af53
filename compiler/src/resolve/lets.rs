//! Slots for the values of `let`, one for each step that gives one.

use crate::hir::{AttrId, Attribute, Origin, Space, Type};
use crate::resolve::declarations::Declared;
use crate::source::{ItemId, Loc};
use crate::syntax::ast::{Block, Name, OutcomeArm, Step, StepKind, Workflow};

/// Adds the slots of one workflow behind all attributes. Their types are known when it is lowered.
pub(crate) fn declare(declared: &mut Declared, item: ItemId, workflow: &Workflow) {
    for name in of_workflow(workflow) {
        let Ok(position) = u32::try_from(declared.attributes.len()) else { return };
        declared.lets.insert((item, name.range.start), AttrId(position));
        declared.attributes.push(Attribute {
            space: Space::Let,
            name: name.text.clone(),
            label: name.text.clone(),
            ty: Type::Error,
            origin: Origin::Let,
            private: false,
            default: None,
            descriptions: Vec::new(),
            declared: Some(Loc { item, range: name.range }),
        });
    }
}

/// The names that a workflow gives, in order.
fn of_workflow(workflow: &Workflow) -> Vec<&Name> {
    let mut found = Vec::new();
    block(&workflow.body, &mut found);
    let arms = workflow.defaults.as_ref().map_or(&[][..], |defaults| &defaults.arms);
    of_arms(arms, &mut found);
    found
}

fn block<'t>(of: &'t Block, found: &mut Vec<&'t Name>) {
    for step in &of.steps {
        if let StepKind::Let { name, .. } = &step.kind
            && !name.is_missing()
        {
            found.push(name);
        }
        blocks(step).into_iter().for_each(|inner| block(inner, found));
    }
}

fn of_arms<'t>(arms: &'t [OutcomeArm], found: &mut Vec<&'t Name>) {
    arms.iter().for_each(|arm| block(&arm.body, found));
}

/// The blocks within a step, in order.
pub(crate) fn blocks(step: &Step) -> Vec<&Block> {
    match &step.kind {
        StepKind::Ask { arms, .. }
        | StepKind::Verify { arms }
        | StepKind::Rate { arms, .. }
        | StepKind::Detect { arms, .. }
        | StepKind::HandOff { arms, .. }
        | StepKind::Collect { arms, .. }
        | StepKind::CreateCase { arms, .. } => bodies(arms).collect(),
        StepKind::Answer(answer) => bodies(&answer.arms).collect(),
        StepKind::Choose { options, other, arms, .. } => {
            options.iter().map(|option| &option.body).chain(other).chain(bodies(arms)).collect()
        }
        StepKind::If { branches, otherwise } => {
            branches.iter().map(|(_, body)| body).chain(otherwise).collect()
        }
        StepKind::Match { arms, .. } => arms.iter().map(|arm| &arm.body).collect(),
        StepKind::Repeat { body, exhausted, .. } => vec![body, exhausted],
        _ => Vec::new(),
    }
}

fn bodies(arms: &[OutcomeArm]) -> impl Iterator<Item = &Block> {
    arms.iter().map(|arm| &arm.body)
}
