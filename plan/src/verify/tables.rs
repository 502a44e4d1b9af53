//! Tables beside code and expressions: attributes, lists, pushes, places in sources.

use std::collections::HashSet;

use tidegate_diagnostics::Span;

use super::types::expect;
use super::{Verified, refuse, within};
use crate::model::{Attribute, List, Origin, Plan, Push, SourceFile, Space};
use crate::requirements;
use crate::value::{Value, ValueType};

pub(super) fn check(plan: &Plan) -> Verified {
    for (at, source) in plan.sources.iter().enumerate() {
        check_source(at, source)?;
    }
    for (at, constant) in plan.constants.iter().enumerate() {
        if *constant == Value::Text(String::new()) || *constant == Value::Many(Vec::new()) {
            return refuse("plan.constant", "constant", at, "blank is no value");
        }
    }
    for (at, attribute) in plan.attributes.iter().enumerate() {
        check_attribute(plan, at, attribute)?;
    }
    for (at, list) in plan.lists.iter().enumerate() {
        check_list(plan, at, list)?;
    }
    check_person(plan)?;
    for (at, step) in plan.steps.iter().enumerate() {
        check_span(plan, "step", at, step.span)?;
    }
    check_step_ids(plan)?;
    for (at, requirement) in plan.requirements.iter().enumerate() {
        check_span(plan, "requirement", at, requirement.span)?;
    }
    check_requirements(plan)
}

fn check_attribute(plan: &Plan, at: usize, attribute: &Attribute) -> Verified {
    const TABLE: &str = "attribute";
    if let Some(list) = attribute.list {
        within(TABLE, at, list.0, plan.lists.len(), "list")?;
        if !matches!(attribute.ty, ValueType::Text | ValueType::Many) {
            return refuse("plan.type", TABLE, at, "a list of another type than text");
        }
    }
    if let Some(default) = attribute.default {
        within(TABLE, at, default.0, plan.constants.len(), "constant")?;
        if !plan.constants[default.index()].ty().fits(attribute.ty) {
            return refuse("plan.type", TABLE, at, "a default of another type");
        }
    }
    let is_let = attribute.space == Space::Let;
    if is_let != (attribute.origin == Origin::Let) || (is_let && attribute.default.is_some()) {
        return refuse("plan.let", TABLE, at, "the value of a `let` comes from nowhere else");
    }
    if attribute.is_spoken() {
        check_spoken(plan, at, attribute)?;
    }
    let session = attribute.space == Space::Session;
    if session != (attribute.origin == Origin::Session) {
        return refuse("plan.origin", TABLE, at, "session and its origin belong together");
    }
    Ok(())
}

/// The language of a conversation is one of a list, and the list's first one without another.
fn check_spoken(plan: &Plan, at: usize, attribute: &Attribute) -> Verified {
    let list = attribute.list.filter(|_| attribute.ty == ValueType::Text);
    let list = list.and_then(|list| plan.lists.get(list.index()));
    let first = list.and_then(|list| list.values.first()).map(|value| &value.value);
    let default = attribute.default.map(|id| &plan.constants[id.index()]);
    match (first, default) {
        (Some(first), Some(Value::Text(default))) if first == default => Ok(()),
        _ => refuse(
            "plan.language",
            "attribute",
            at,
            "no list of languages that begins with the usual one",
        ),
    }
}

fn check_list(plan: &Plan, at: usize, list: &List) -> Verified {
    let Some(controller) = list.controller else { return Ok(()) };
    within("list", at, controller.0, plan.attributes.len(), "attribute")?;
    let Attribute { ty, space, .. } = plan.attributes[controller.index()];
    if space == Space::Let {
        return refuse("plan.let", "list", at, "controlled by the value of a `let`");
    }
    if matches!(ty, ValueType::Text | ValueType::Bool) {
        return Ok(());
    }
    refuse("plan.type", "list", at, "controlled by what is no list and no checkbox")
}

fn check_person(plan: &Plan) -> Verified {
    let Some(person) = &plan.person else { return Ok(()) };
    for (at, attr) in person.synced.iter().enumerate() {
        within("synced field", at, attr.0, plan.attributes.len(), "attribute")?;
        let attribute = &plan.attributes[attr.index()];
        let path = match &attribute.origin {
            Origin::Field(path) => path.as_slice(),
            Origin::Own | Origin::Session | Origin::Let => &[],
        };
        if attribute.space != Space::Person || path.is_empty() {
            return refuse("plan.origin", "synced field", at, "no field of the person");
        }
    }
    Ok(())
}

fn check_step_ids(plan: &Plan) -> Verified {
    let mut ids = HashSet::with_capacity(plan.steps.len());
    match plan.steps.iter().position(|step| !ids.insert(step.id.as_str())) {
        // One key would then name two effects.
        Some(at) => refuse("plan.step", "step", at, "its id is another step's too"),
        None => Ok(()),
    }
}

/// Lines begin one behind another.
fn check_source(at: usize, source: &SourceFile) -> Verified {
    let growing = source.lines.first().is_none_or(|first| *first > 0)
        && source.lines.windows(2).all(|pair| pair[0] < pair[1]);
    if growing {
        return Ok(());
    }
    refuse("plan.source", "source", at, "its lines do not begin one behind another")
}

fn check_span(plan: &Plan, table: &str, at: usize, span: Span) -> Verified {
    within(table, at, span.source.0, plan.sources.len(), "source")?;
    if span.start > span.end {
        return refuse("plan.span", table, at, "a span that ends before it begins");
    }
    Ok(())
}

fn check_requirements(plan: &Plan) -> Verified {
    let listed: std::collections::BTreeSet<_> =
        plan.requirements.iter().map(|requirement| &requirement.what).collect();
    for needed in requirements::of(plan) {
        if !listed.contains(&needed) {
            let what = format!("relies on {needed} and does not say so");
            return refuse("plan.requirement", "requirements", listed.len(), what);
        }
    }
    Ok(())
}

/// Pushes, once the types of expressions are known.
pub(super) fn check_pushes(plan: &Plan, types: &[Option<ValueType>]) -> Verified {
    plan.pushes.iter().enumerate().try_for_each(|(at, push)| check_push(plan, types, at, push))
}

/// Pushes to channels, once the types of expressions are known.
pub(super) fn check_channels(plan: &Plan, types: &[Option<ValueType>]) -> Verified {
    const TABLE: &str = "push to a channel";
    for (at, push) in plan.channels.iter().enumerate() {
        for entry in &push.entries {
            expect(types, TABLE, at, entry.value, |_| true)?;
            check_span(plan, TABLE, at, entry.span)?;
        }
        if push.entries.windows(2).any(|two| two[0].key >= two[1].key) {
            return refuse("plan.push", TABLE, at, "keys stand twice or out of order");
        }
    }
    Ok(())
}

fn check_push(plan: &Plan, types: &[Option<ValueType>], at: usize, push: &Push) -> Verified {
    const TABLE: &str = "push";
    for (position, choice) in push.owner.iter().enumerate() {
        let last = position + 1 == push.owner.len();
        if choice.when.is_none() != last {
            let what = "all owners but the last have a condition, the last has none";
            return refuse("plan.owner", TABLE, at, what);
        }
        if let Some(when) = choice.when {
            expect(types, TABLE, at, when, |ty| ty == ValueType::Bool)?;
        }
    }
    for (position, line) in push.fields.iter().enumerate() {
        expect(types, TABLE, at, line.value, |_| true)?;
        check_span(plan, TABLE, at, line.span)?;
        if push.fields[..position].iter().any(|before| before.field == line.field) {
            return refuse("plan.push", TABLE, at, format!("two lines for {}", line.field));
        }
    }
    for (_, attr) in &push.carry {
        within(TABLE, at, attr.0, plan.attributes.len(), "attribute")?;
    }
    Ok(())
}
