//! Forms that offer, take or say something else.

use rust_decimal::Decimal;

use crate::finding::Finding;
use crate::hir::{AttrId, Attribute, CollectField, ListType, Literal, Program, Type};
use crate::source::Loc;

use super::differs;
use super::uses::Uses;

pub(super) fn compare(
    (one, was): (&Program, &Uses<'_>),
    (other, is): (&Program, &Uses<'_>),
    found: &mut Vec<Finding>,
) {
    let of = |program: &'_ Program, attr: AttrId| program.attributes.get(attr.0 as usize).cloned();
    for (at, line) in &was.asked {
        let Some(changed) = is.asked.get(at) else { continue };
        if let (Some(one), Some(other)) = (of(one, line.attr), of(other, changed.attr)) {
            asked(*at, (&one, &other), (line, changed), found);
        }
    }
    for (at, attr) in &was.labelled {
        let now = is.labelled.iter().find(|(its, _)| its == at);
        let Some((_, changed)) = now else { continue };
        if let (Some(one), Some(other)) = (of(one, *attr), of(other, *changed))
            && let (Some(one), Some(other)) = (list(&one.ty), list(&other.ty))
        {
            relabelled(*at, one, other, "this text", found);
        }
    }
}

fn list(ty: &Type) -> Option<&ListType> {
    match ty {
        Type::List(list) | Type::MultiList(list) => Some(list),
        _ => None,
    }
}

fn asked(
    at: Loc,
    (one, other): (&Attribute, &Attribute),
    (was, is): (&CollectField, &CollectField),
    found: &mut Vec<Finding>,
) {
    if was.label != is.label {
        found.push(differs(at, format!("the form calls it \"{}\"", is.label)));
    }
    if was.help != is.help {
        found.push(differs(at, format!("the form gives another hint for `{}`", other.path())));
    }
    match (list(&one.ty), list(&other.ty)) {
        (Some(one), Some(other)) => lists(at, one, other, found),
        _ if one.ty == other.ty || same_room(&one.ty, &other.ty, is) => {}
        _ => found.push(differs(at, taken(&other.path(), &one.ty, &other.ty))),
    }
}

/// Whether the line itself takes no more than either type does.
fn same_room(one: &Type, other: &Type, line: &CollectField) -> bool {
    let Some(Literal::Number(max)) = &line.max else { return false };
    let room = |ty: &Type| length(ty).is_some_and(|length| *max <= Decimal::from(length));
    std::mem::discriminant(one) == std::mem::discriminant(other) && room(one) && room(other)
}

fn length(ty: &Type) -> Option<u32> {
    match ty {
        Type::Text(max) => *max,
        Type::Email(max) | Type::Phone(max) | Type::Url(max) => Some(*max),
        _ => None,
    }
}

fn taken(name: &str, one: &Type, other: &Type) -> String {
    if std::mem::discriminant(one) == std::mem::discriminant(other)
        && let Some(max) = length(other)
    {
        return format!("the form takes {max} characters for `{name}`");
    }
    match other {
        Type::Number { precision, scale } if matches!(one, Type::Number { .. }) => format!(
            "the form takes {precision} digits for `{name}`, {scale} of them behind the point"
        ),
        _ => format!("the form asks for `{name}` in another way: its type is another one"),
    }
}

fn lists(at: Loc, one: &ListType, other: &ListType, found: &mut Vec<Finding>) {
    let offered = |list: &ListType| -> Vec<String> {
        list.values.iter().filter(|its| its.active).map(|its| its.value.clone()).collect()
    };
    let (was, is) = (offered(one), offered(other));
    for value in was.iter().filter(|value| !is.contains(value)) {
        let becomes = if other.open { "keeps as an inactive value" } else { "refuses" };
        found.push(differs(at, format!("the form no longer offers `{value}`")).help(format!(
            "build the plan anew: one that was built before still offers it, which the org {becomes}"
        )));
    }
    for value in is.iter().filter(|value| !was.contains(value)) {
        found.push(differs(at, format!("the form offers `{value}` too")));
    }
    let common = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|value| those.contains(value)).cloned().collect()
    };
    if common(&was, &is) != common(&is, &was) {
        found.push(differs(at, "the form offers its values in another order"));
    }
    let fits = |list: &ListType, value: &str| {
        list.values.iter().find(|its| its.value == value).map(|its| its.valid_for.clone())
    };
    for value in common(&was, &is) {
        if fits(one, &value) != fits(other, &value) {
            let by = other.controller.as_deref().or(one.controller.as_deref()).unwrap_or("another");
            let message = format!("the form offers `{value}` with other values of `{by}`");
            found.push(differs(at, message));
        }
    }
    relabelled(at, one, other, "the form", found);
}

fn relabelled(at: Loc, one: &ListType, other: &ListType, shown: &str, found: &mut Vec<Finding>) {
    for was in one.values.iter().filter(|its| its.active) {
        let is = other.values.iter().find(|its| its.value == was.value && its.active);
        if let Some(is) = is.filter(|is| is.label != was.label) {
            let message = format!("{shown} calls `{}` \"{}\"", was.value, is.label);
            found.push(differs(at, message));
        }
    }
}
