//! What Cases hold, and who owns them.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_diagnostics::Span;

use super::said::{Said, differences};
use super::{Area, Change, Side, Sides, Subject};
use crate::listing::{expression, fill_name};
use crate::model::{Owner, Plan, Push, TranscriptTo};

/// One thing that a push says, and where it stands.
struct Line {
    said: Said,
    span: Option<Span>,
}

pub(super) fn compare(sides: &Sides<'_>, changes: &mut Vec<Change>) {
    let (old, new) = (pushes(&sides.old), pushes(&sides.new));
    let subject = |name: &str| Subject::Push(name.to_owned());
    for (name, push) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
        let place = place(&sides.old, push);
        changes.push(Change::new(Area::Cases, subject(name), "is gone").was_at(place));
    }
    for (name, push) in &new {
        let here = place(&sides.new, push);
        let Some(before) = old.get(name) else {
            let change = Change::new(Area::Cases, subject(name), "is new");
            let owner = said(&sides.new, push).remove("owner").map(|line| line.said.shown);
            let change = owner
                .into_iter()
                .fold(change, |change, owner| change.now(format!("owner {owner}")));
            changes.push(change.at(here));
            continue;
        };
        let (before, after) = (said(&sides.old, before), said(&sides.new, push));
        let about: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for what in about {
            let (old, new) = (before.get(what), after.get(what));
            let line = new.and_then(|line| sides.new.place(line.span?)).or_else(|| here.clone());
            for one in differences(old.map(|line| &line.said), new.map(|line| &line.said)) {
                let what = one.words(what.clone());
                let mut change = Change::new(Area::Cases, subject(name), what);
                (change.before, change.after) = (one.before, one.after);
                changes.push(change.at(line.clone()));
            }
        }
    }
}

fn pushes<'p>(side: &Side<'p>) -> BTreeMap<String, (usize, &'p Push)> {
    let plan: &'p Plan = side.plan;
    plan.pushes.iter().enumerate().map(|(at, push)| (push.name.clone(), (at, push))).collect()
}

/// Where the first line of a push stands.
fn place(side: &Side<'_>, (_, push): &(usize, &Push)) -> Option<String> {
    let first = push.fields.iter().map(|line| line.span).min()?;
    side.place(first)
}

/// All that a push says, by what it is about.
fn said(side: &Side<'_>, (at, push): &(usize, &Push)) -> BTreeMap<String, Line> {
    let mut all = BTreeMap::new();
    let mut say = |what: &str, span: Option<Span>, say: &dyn Fn(&Plan, &Push) -> String| {
        let said = Said::of(side, |plan| say(plan, &plan.pushes[*at]));
        all.insert(what.to_owned(), Line { said, span });
    };
    say("record type", None, &|_, push| {
        push.record_type.clone().unwrap_or_else(|| "the user's own".to_owned())
    });
    say("owner", None, &owners);
    for (number, line) in push.fields.iter().enumerate() {
        let what = format!("field {}", line.field);
        say(&what, Some(line.span), &|plan, push| expression(plan, push.fields[number].value));
    }
    for (number, (field, _)) in push.carry.iter().enumerate() {
        say(&format!("carried field {field}"), None, &|plan, push| {
            format!("{}, where it was set", plan.attributes[push.carry[number].1.index()].path())
        });
    }
    for (field, fill) in &push.fill {
        say(&format!("filled field {field}"), None, &|_, _| fill_name(*fill).to_owned());
    }
    say("summary", None, &|_, push| {
        push.summary_to.clone().unwrap_or_else(|| "nowhere".to_owned())
    });
    say("transcript", None, &|_, push| transcript(&push.transcript));
    say("field of the key", None, &|_, push| push.key_field.clone());
    for (field, length) in &push.lengths {
        say(&format!("room in {field}"), None, &|_, _| format!("{length} characters"));
    }
    all
}

fn owners(plan: &Plan, push: &Push) -> String {
    let each = push.owner.iter().map(|choice| {
        let who = match &choice.owner {
            Owner::Queue(name) => format!("queue {name}"),
            Owner::User(name) => format!("user {name}"),
            Owner::AssignmentRules => "by assignment rules".to_owned(),
        };
        match choice.when {
            Some(when) => format!("{who} if {}", expression(plan, when)),
            None => who,
        }
    });
    each.collect::<Vec<_>>().join(", else ")
}

fn transcript(to: &TranscriptTo) -> String {
    match to {
        TranscriptTo::File => "a file".to_owned(),
        TranscriptTo::Comment => "comments".to_owned(),
        TranscriptTo::Field(field) => format!("the field {field}"),
        TranscriptTo::Nowhere => "nowhere".to_owned(),
    }
}
