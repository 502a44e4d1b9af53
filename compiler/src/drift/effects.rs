//! What a build makes of a program in another org, where nothing in it is wrong: forms that offer
//! or take something else, fields that are no longer filled in, texts that are cut sooner.

mod forms;
mod uses;

use std::collections::BTreeSet;

use tidegate_diagnostics::{Diagnostic, codes};
use tidegate_schemas::catalog::{Catalog, Field};

use crate::analysis::Analysis;
use crate::finding::Finding;
use crate::hir::{Attribute, Origin, Program, Push, Space};
use crate::source::{Loc, Range};

use uses::Uses;

/// What differs, by place. `broken`: something is wrong in the changed program, and says what
/// becomes of the attributes that are gone.
pub(super) fn effects(one: &Analysis, other: &Analysis, broken: bool) -> Vec<Diagnostic> {
    let (was, is) = (Uses::of(&one.program), Uses::of(&other.program));
    let mut found = Vec::new();
    forms::compare((&one.program, &was), (&other.program, &is), &mut found);
    if !broken {
        unread(&one.program, &other.program, &mut found);
    }
    hours(&one.program, &other.program, &mut found);
    for push in &one.program.pushes {
        let changed = other.program.pushes.iter().find(|its| its.name == push.name);
        if let Some(changed) = changed {
            let set = |field: &str| carries_set(push, field, &was);
            pushes(push, changed, (&one.catalog, &other.catalog), set, &mut found);
        }
    }
    let mut placed: Vec<Diagnostic> = found.iter().map(|its| its.place(&one.items)).collect();
    placed.sort();
    placed.dedup();
    placed
}

fn differs(at: Loc, message: impl Into<String>) -> Finding {
    Finding::new(codes::OTHER_IN_THE_ORG, at, message)
}

/// What a plan makes of other hours.
const KEPT: &str = "a plan keeps the hours that were pulled before it was built: build it anew";

/// Hours that are open at other times.
fn hours(one: &Program, other: &Program, found: &mut Vec<Finding>) {
    for hours in &one.hours {
        let changed = other.hours.iter().find(|its| its.name == hours.name);
        let (Some(was), Some(is)) = (&hours.open, changed.and_then(|its| its.open.as_ref())) else {
            continue;
        };
        let at = Loc { item: hours.item, range: hours.head };
        if was.week != is.week || was.zone != is.zone {
            let message = format!("`{}` opens and closes at other times", hours.name);
            found.push(differs(at, message).help(KEPT));
        }
        if was.holidays != is.holidays {
            let message = format!("`{}` has other holidays", hours.name);
            found.push(differs(at, message).help(KEPT));
        }
    }
}

/// Attributes that `sync *` no longer brings.
fn unread(one: &Program, other: &Program, found: &mut Vec<Finding>) {
    let still: BTreeSet<&str> = read(other).map(|its| its.name.as_str()).collect();
    for attribute in read(one).filter(|its| !still.contains(its.name.as_str())) {
        let Some(at) = attribute.declared.or(one.person.as_ref().map(|its| its.at)) else {
            continue;
        };
        let message = format!("`{}` is no longer read", attribute.path());
        found.push(differs(at, message).help(
            "build the plan anew: one that was built before asks for the field, and finds nobody",
        ));
    }
}

fn read(program: &Program) -> impl Iterator<Item = &Attribute> {
    program
        .attributes
        .iter()
        .filter(|its| its.space == Space::Person && matches!(its.origin, Origin::Field { .. }))
}

/// Whether an attribute goes along as a field, and something sets it.
fn carries_set(push: &Push, field: &str, uses: &Uses<'_>) -> bool {
    push.carry.iter().any(|(name, attr)| name == field && uses.set.contains(attr))
}

fn pushes(
    one: &Push,
    other: &Push,
    catalogs: (&Catalog, &Catalog),
    set: impl Fn(&str) -> bool,
    found: &mut Vec<Finding>,
) {
    let at = |range: Range| Loc { item: one.item, range };
    let head = at(one.head);
    let by_itself = |push: &Push, field: &str| push.fill.iter().any(|(name, _)| name == field);
    for (field, _) in one.fill.iter().filter(|(field, _)| !by_itself(other, field)) {
        found.push(differs(head, format!("`{field}` is no longer filled in by itself")));
    }
    for (field, _) in other.fill.iter().filter(|(field, _)| !by_itself(one, field)) {
        found.push(differs(head, format!("`{field}` is filled in by itself")));
    }
    if let (Some(was), Some(is)) = (&one.key_field, &other.key_field)
        && was != is
    {
        let message = format!("the key that makes a Case come once goes into `{is}`, not `{was}`");
        found.push(
            differs(head, message).help(
                "Cases that were under way when it changed may come twice: let them end first",
            ),
        );
    }
    let carried = |push: &Push, field: &str| push.carry.iter().any(|(name, _)| name == field);
    for (field, _) in one.carry.iter().filter(|(field, _)| set(field) && !carried(other, field)) {
        let message = format!("what a conversation sets in `{field}` no longer reaches the Case");
        found.push(differs(head, message));
    }
    for (field, range, cut) in written(one, set) {
        let of = |catalog: &Catalog| catalog.objects.get(&one.object)?.fields.get(field).cloned();
        if let (Some(was), Some(is)) = (of(catalogs.0), of(catalogs.1)) {
            field_differs(&was, &is, cut, at(range), found);
        }
    }
}

/// The fields that a push may write but for the key, each with its place, and whether what goes
/// into it is cut: what a line writes is proved to fit, and a form takes no more than goes in.
fn written(push: &Push, set: impl Fn(&str) -> bool) -> impl Iterator<Item = (&str, Range, bool)> {
    let lines = push.fields.iter().map(|line| (line.field.as_str(), line.name_range, false));
    let carried = push.carry.iter().filter(move |(field, _)| set(field));
    let carried = carried.map(|(field, _)| (field.as_str(), push.head, false));
    let filled = push.fill.iter().map(|(field, _)| (field.as_str(), push.head, true));
    let texts = [&push.summary_to, &push.transcript_to].into_iter().flatten();
    let texts = texts.map(|(field, range)| (field.as_str(), *range, true));
    lines.chain(carried).chain(filled).chain(texts)
}

fn field_differs(was: &Field, is: &Field, cut: bool, at: Loc, found: &mut Vec<Finding>) {
    let name = &is.name;
    if is.unique && !was.unique {
        let message = format!("a second Case with the same `{name}` is refused");
        found.push(differs(at, message).help("write it only where each value comes once"));
    }
    let same = std::mem::discriminant(&was.kind) == std::mem::discriminant(&is.kind);
    if cut && !same {
        let message = format!("what comes into `{name}` by itself may not fit its type");
        found.push(differs(at, message).help("write the field in a line of the push"));
    }
    let longest = (was.kind.text_length(), is.kind.text_length());
    if let (Some(was), Some(is)) = longest
        && is < was
        && cut
    {
        let message = format!("what comes into `{name}` by itself is cut at {is} characters");
        found.push(differs(at, message));
    }
}
