//! A page for the whole project: what starts when, what is pulled and where it goes, which Cases come
//! of it.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_plan::listing::{holiday, week};

use crate::hir::{AttrId, Attribute, Origin, Push, Space, StepKind};
use crate::resolve::cycles::runs;

use super::cases::owners;
use super::page::{Block, Item};
use super::steps::Teller;
use super::uses::{Use, Uses, is_pulled, never_used, uses};
use super::words::{counted, listed, quoted};

pub(super) fn blocks(teller: &Teller<'_>) -> Vec<Block> {
    let uses = uses(teller.program);
    let mut blocks = vec![Block::Heading("What begins when".to_owned())];
    blocks.push(Block::Items(workflows(teller)));
    blocks.extend(hours(teller));
    blocks.extend(person(teller, &uses));
    blocks.extend(section("What is kept for a Case, and where it goes", &uses, teller, |its| {
        its.space == Space::Conversation && matches!(its.origin, Origin::Field { .. })
    }));
    blocks.extend(section("What is kept besides, and where it goes", &uses, teller, |its| {
        matches!(its.origin, Origin::Own)
    }));
    blocks.extend(section("What the Messenger tells, and where it goes", &uses, teller, |its| {
        matches!(its.origin, Origin::Session)
    }));
    blocks.push(Block::Heading("Which Cases come of it".to_owned()));
    blocks.push(Block::Items(teller.program.pushes.iter().map(|its| push(teller, its)).collect()));
    blocks
}

fn workflows(teller: &Teller<'_>) -> Vec<Item> {
    let program = teller.program;
    let item = |workflow: &std::sync::Arc<crate::hir::Workflow>| {
        let name = quoted(&workflow.name);
        let mut parts: Vec<String> =
            runs(workflow).into_iter().map(|(callee, _)| quoted(teller.workflow(callee))).collect();
        parts.sort();
        parts.dedup();
        let with = match parts.as_slice() {
            [] => String::new(),
            [part] => format!(", with {part} as a part"),
            parts => format!(", with {} as parts", listed(parts, "and")),
        };
        let runs_it = |other: &std::sync::Arc<crate::hir::Workflow>| {
            runs(other).into_iter().any(|(callee, _)| teller.workflow(callee) == workflow.name)
        };
        let begins = match teller.starts(workflow) {
            Some(starts) => format!("begins when {}", starts.words()),
            None if program.workflows.iter().any(runs_it) => "is a part of others".to_owned(),
            None => "is begun by nothing".to_owned(),
        };
        (workflow.on.is_none(), Item::point(format!("{name} {begins}{with}")))
    };
    let mut items: Vec<(bool, Item)> = program.workflows.iter().map(item).collect();
    items.sort_by_key(|(part, _)| *part);
    items.into_iter().map(|(_, item)| item).collect()
}

/// When it is open, and when not although the week says so.
fn hours(teller: &Teller<'_>) -> Vec<Block> {
    let item = |hours: &std::sync::Arc<crate::hir::Hours>| {
        let open = hours.open.as_ref()?;
        let text = format!("{}: {} in {}", quoted(&hours.name), week(open), open.zone);
        let closed =
            open.holidays.iter().map(|its| Item::point(format!("Closed: {}", holiday(its))));
        Some(Item { number: None, text, parts: closed.collect() })
    };
    let items: Vec<Item> = teller.program.hours.iter().filter_map(item).collect();
    if items.is_empty() {
        return Vec::new();
    }
    vec![Block::Heading("When it is open".to_owned()), Block::Items(items)]
}

/// Whose record is read, what of it, and what of that nothing needs.
fn person(teller: &Teller<'_>, uses: &Uses) -> Vec<Block> {
    let Some(person) = &teller.program.person else { return Vec::new() };
    let Some(find_by) = &person.find_by else {
        let none = format!("No record of {} is looked for: no field says by what.", person.object);
        return vec![Block::Heading("Who the visitor is".to_owned()), Block::Paragraph(none)];
    };
    let mut blocks = vec![Block::Heading("Who the visitor is".to_owned())];
    blocks.push(Block::Paragraph(format!(
        "A visitor who has signed in is looked for in Salesforce: the one {} whose {find_by} is the \
         “{}” that the site has signed. Of that record these are read, for each such visitor:",
        person.object, person.claim
    )));
    blocks.extend(items(uses, teller, is_pulled));
    let unused: Vec<AttrId> = never_used(teller.program, uses).collect();
    if unused.is_empty() {
        let all = "Nothing is read that nothing uses.".to_owned();
        blocks.push(Block::Paragraph(all));
        return blocks;
    }
    let count = counted(u64::try_from(unused.len()).unwrap_or(u64::MAX), "field");
    let are = if unused.len() == 1 { "is" } else { "are" };
    blocks.push(Block::Heading("What is read and used by nothing".to_owned()));
    let less = if person.all {
        "write a `sync` line for each field that is needed in place of `sync *`, or take these out \
         with `except`:"
    } else {
        "take out the `sync` lines of these:"
    };
    blocks.push(Block::Paragraph(format!(
        "{count} of each such visitor {are} read and neither shown, decided by nor sent anywhere. To \
         read less, {less}"
    )));
    let paths = unused.iter().filter_map(|attr| match &teller.words.attribute(*attr)?.origin {
        Origin::Field { path, .. } => Some(path.join(".")),
        Origin::Own | Origin::Session | Origin::Let => None,
    });
    blocks.push(Block::Paragraph(paths.collect::<Vec<_>>().join(", ")));
    blocks
}

/// A heading and what becomes of these attributes, where there are any that something uses.
fn section(
    heading: &str,
    uses: &Uses,
    teller: &Teller<'_>,
    which: impl Fn(&Attribute) -> bool,
) -> Vec<Block> {
    let items = items(uses, teller, which);
    if items.is_none() {
        return Vec::new();
    }
    std::iter::once(Block::Heading(heading.to_owned())).chain(items).collect()
}

/// What becomes of these attributes; of own data also what nothing reads.
fn items(uses: &Uses, teller: &Teller<'_>, which: impl Fn(&Attribute) -> bool) -> Option<Block> {
    let all = (0u32..).map(AttrId).zip(&teller.program.attributes);
    let items = all.filter(|(_, its)| which(its)).filter_map(|(id, its)| {
        let used = uses.get(&id).map(told).unwrap_or_default();
        let own = matches!(its.origin, Origin::Own);
        match used.as_slice() {
            [] if own => Some(Item::point(format!("{}: used by nothing", named(its)))),
            [] => None,
            used => Some(Item::point(format!("{}: {}", named(its), used.join("; ")))),
        }
    });
    let items: Vec<Item> = items.collect();
    (!items.is_empty()).then_some(Block::Items(items))
}

/// What becomes of one attribute; the Cases that get it in one field together.
fn told(uses: &BTreeSet<Use>) -> Vec<String> {
    let mut sent: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut said = Vec::new();
    for one in uses {
        match one {
            Use::Sent { push, field } => sent.entry(field).or_default().push(quoted(push)),
            other => said.push(other.words()),
        }
    }
    let sent = sent.into_iter();
    said.extend(sent.map(|(field, by)| format!("sent as {field} by {}", listed(&by, "and"))));
    said
}

/// An attribute by its label and where it comes from: `Customer Tier (Contact.Customer_Tier__c)`.
fn named(attribute: &Attribute) -> String {
    let private = if attribute.private { ", private" } else { "" };
    match &attribute.origin {
        Origin::Field { object, path, .. } => {
            format!("{} ({object}.{}{private})", attribute.label, path.join("."))
        }
        Origin::Own | Origin::Session | Origin::Let => {
            format!("{} ({}{private})", attribute.label, attribute.path())
        }
    }
}

fn push(teller: &Teller<'_>, push: &Push) -> Item {
    let mut users: Vec<String> = Vec::new();
    for workflow in &teller.program.workflows {
        let mut used = false;
        workflow.steps().into_iter().for_each(|step| {
            used |= match &step.kind {
                StepKind::CreateCase { push: its, .. } | StepKind::RecordCase { push: its } => {
                    let named = teller.program.pushes.get(its.0 as usize);
                    named.is_some_and(|named| named.name == push.name)
                }
                _ => false,
            };
        });
        users.extend(used.then(|| quoted(&workflow.name)));
    }
    let by = match users.as_slice() {
        [] => "made by nothing".to_owned(),
        users => format!("made by {}", listed(users, "and")),
    };
    let mut parts =
        vec![Item::point(format!("Owner: {}", owners(teller, push).join("; otherwise ")))];
    if let Some((name, _)) = &push.record_type {
        parts.push(Item::point(format!("Record type: {}", quoted(name))));
    }
    let fields: Vec<String> = push.fields.iter().map(|line| line.field.clone()).collect();
    if !fields.is_empty() {
        parts.push(Item::point(format!("Fields with lines of their own: {}", fields.join(", "))));
    }
    let carried: Vec<String> = push.carry.iter().map(|(field, _)| field.clone()).collect();
    if !carried.is_empty() {
        let carried = carried.join(", ");
        parts
            .push(Item::point(format!("Carried along where the conversation set them: {carried}")));
    }
    Item { number: None, text: format!("{}, {by}:", quoted(&push.name)), parts }
}
