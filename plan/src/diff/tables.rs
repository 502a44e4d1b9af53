//! What begins, what is read of the visitor, and what data is.

use std::collections::BTreeMap;

use tidegate_diagnostics::Span;

use super::{Area, Change, Side, Sides, Subject};
use crate::listing::{constant, holiday, week};
use crate::model::{Attribute, Hours, List, Origin, PersonMap, Plan, Required, Space, WorkflowId};
use crate::value::duration_text;
use crate::verify::type_name;

pub(super) fn compare(sides: &Sides<'_>, changes: &mut Vec<Change>) {
    let (old, new) = (sides.old.plan, sides.new.plan);
    if old.org_id != new.org_id {
        let change = Change::new(Area::Begins, Subject::Project, "belongs to another org");
        changes.push(change.values(old.org_id.clone(), new.org_id.clone()));
    }
    let first = |plan: &Plan, starts: Option<WorkflowId>| {
        starts.map_or("nothing".to_owned(), |id| plan.workflows[id.index()].name.clone())
    };
    let openings = (first(old, old.on_open), first(new, new.on_open));
    let messages = (first(old, old.on_message), first(new, new.on_message));
    let replies = (first(old, old.on_agent_reply), first(new, new.on_agent_reply));
    let visits = |plan: &Plan| {
        let each = plan.visits.iter().map(|visit| {
            let name = &plan.workflows[visit.workflow.index()].name;
            let after = i64::try_from(visit.after_ms).unwrap_or(i64::MAX);
            match name.starts_with("on visit") {
                true => name.clone(),
                false => format!("{name} after {}", duration_text(after)),
            }
        });
        let each: Vec<String> = each.collect();
        if each.is_empty() { "nothing".to_owned() } else { each.join(", ") }
    };
    let visits = (visits(old), visits(new));
    let all = [
        ("a visit starts another workflow", visits),
        ("another workflow begins", openings),
        ("another workflow begins with a first message", messages),
        ("an agent's reply starts another workflow", replies),
    ];
    for (what, (old, new)) in all.into_iter().filter(|(_, (old, new))| old != new) {
        let change = Change::new(Area::Begins, Subject::Project, what);
        changes.push(change.values(old, new));
    }
    person(sides, changes);
    hours(old, new, changes);
    let before = attributes(&sides.old);
    for (path, attribute) in attributes(&sides.new) {
        if let Some(before) = before.get(&path) {
            data(sides, (before, &attribute), changes);
        }
    }
}

fn person(sides: &Sides<'_>, changes: &mut Vec<Change>) {
    let how = |plan: &Plan| match &plan.person {
        None => "not at all".to_owned(),
        Some(PersonMap { object, find_by, claim, .. }) => {
            format!("the {object} whose {find_by} is the signed “{claim}”")
        }
    };
    let (old, new) = (how(sides.old.plan), how(sides.new.plan));
    if old != new {
        let change = Change::new(Area::Pulled, Subject::Project, "finds visitors in another way");
        changes.push(change.values(old, new));
    }
    let (old, new) = (read(&sides.old), read(&sides.new));
    for (field, (path, span)) in old.iter().filter(|(field, _)| !new.contains_key(*field)) {
        let change =
            Change::new(Area::Pulled, Subject::Attribute(path.clone()), "is no longer read");
        let place = span.and_then(|span| sides.old.place(span));
        changes.push(change.gone(field.clone()).was_at(place));
    }
    for (field, (path, span)) in new.iter().filter(|(field, _)| !old.contains_key(*field)) {
        let change = Change::new(Area::Pulled, Subject::Attribute(path.clone()), "is read besides");
        let place = span.and_then(|span| sides.new.place(span));
        changes.push(change.now(field.clone()).at(place));
    }
}

/// Business hours that both have, by what they say.
fn hours(old: &Plan, new: &Plan, changes: &mut Vec<Change>) {
    for now in &new.hours {
        let Some(before) = old.hours.iter().find(|its| its.name == now.name) else { continue };
        let mut told = |what: &str, before: String, after: String| {
            if before != after {
                let subject = Subject::Hours(now.name.clone());
                changes.push(Change::new(Area::Hours, subject, what).values(before, after));
            }
        };
        let open = |its: &Hours| format!("{} in {}", week(its), its.zone);
        told("are other hours", open(before), open(now));
        let closed = |its: &Hours| {
            let holidays: Vec<String> = its.holidays.iter().map(holiday).collect();
            if holidays.is_empty() { "none".to_owned() } else { holidays.join("; ") }
        };
        told("have other holidays", closed(before), closed(now));
    }
}

/// The fields that are read of the visitor's record, with their names in the program.
fn read(side: &Side<'_>) -> BTreeMap<String, (String, Option<Span>)> {
    let plan: &Plan = side.plan;
    let Some(person) = &plan.person else { return BTreeMap::new() };
    let fields = person.synced.iter().filter_map(|id| {
        let attribute = &plan.attributes[id.index()];
        let Origin::Field(path) = &attribute.origin else { return None };
        let path = path.join(".");
        let wanted = Required::ReadField(person.object.clone(), path.clone());
        let required = plan.requirements.iter().find(|one| one.what == wanted);
        let span = required.map(|required| required.span);
        Some((format!("{}.{path}", person.object), (attribute.path(), span)))
    });
    fields.collect()
}

/// Data by what it is: a field of Salesforce by its API name. What a `let` gives is told at its step.
fn attributes(side: &Side<'_>) -> BTreeMap<String, Attribute> {
    let named = side.same.attributes.iter().zip(&side.plan.attributes);
    let kept = named.filter(|(same, _)| same.space != Space::Let);
    kept.map(|(same, shown)| (same.path(), shown.clone())).collect()
}

fn data(sides: &Sides<'_>, (old, new): (&Attribute, &Attribute), changes: &mut Vec<Change>) {
    let subject = || Subject::Attribute(new.path());
    let mut told = |what: &str, before: String, after: String| {
        if before != after {
            let change = Change::new(Area::Data, subject(), what);
            changes.push(change.values(before, after));
        }
    };
    told("holds another type", type_of(old), type_of(new));
    let secrecy = |one: &Attribute| if one.private { "private" } else { "not private" }.to_owned();
    told("is private or not", secrecy(old), secrecy(new));
    let default = |side: &Side<'_>, attribute: &Attribute| {
        let value = attribute.default.map(|id| constant(&side.plan.constants[id.index()]));
        value.unwrap_or_else(|| "blank".to_owned())
    };
    told("begins with another value", default(&sides.old, old), default(&sides.new, new));
    let list = |side: &Side<'_>, attribute: &Attribute| {
        attribute.list.and_then(|id| side.plan.lists.get(id.index()).cloned())
    };
    let (Some(old), Some(new)) = (list(&sides.old, old), list(&sides.new, new)) else { return };
    let values = |list: &List| {
        let each = list.values.iter().map(|value| match value.label == value.value {
            true => value.value.clone(),
            false => format!("{} ({})", value.value, value.label),
        });
        each.collect::<Vec<_>>().join("; ")
    };
    told("has other values", values(&old), values(&new));
    let open = |list: &List| if list.open { "may hold others" } else { "holds these alone" };
    told("holds others or not", open(&old).to_owned(), open(&new).to_owned());
    let fits = |list: &List| {
        let each = list.values.iter().filter_map(|value| {
            Some(format!("{} with {}", value.value, value.valid_for.as_ref()?.join(", ")))
        });
        each.collect::<Vec<_>>().join("; ")
    };
    told("fits other values of its controller", fits(&old), fits(&new));
    let means = |list: &List| {
        let each = list
            .values
            .iter()
            .filter_map(|value| Some(format!("{}: {}", value.value, value.description.as_ref()?)));
        each.collect::<Vec<_>>().join("; ")
    };
    told("says otherwise what its values mean", means(&old), means(&new));
}

fn type_of(attribute: &Attribute) -> String {
    let name = type_name(attribute.ty);
    match (attribute.max_length, attribute.decimals) {
        (Some(length), _) => format!("{name} of {length} characters"),
        (_, Some((precision, scale))) => {
            format!("{name} of {precision} digits, {scale} of them behind the point")
        }
        _ => name.to_owned(),
    }
}
