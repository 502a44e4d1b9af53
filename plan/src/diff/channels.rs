//! What goes along at hand-offs.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_diagnostics::Span;

use super::said::{Said, differences};
use super::{Area, Change, Side, Sides, Subject};
use crate::listing::expression;
use crate::model::ChannelPush;

/// What a push says, by what it is about, each with its place.
type Lines = BTreeMap<String, (Said, Option<Span>)>;

pub(super) fn compare(sides: &Sides<'_>, changes: &mut Vec<Change>) {
    let (old, new) = (pushes(&sides.old), pushes(&sides.new));
    let change = |name: &str, what: &str| {
        Change::new(Area::Agents, Subject::Push(name.to_owned()), what.to_owned())
    };
    for (name, push) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
        changes.push(change(name, "is gone").was_at(place(&sides.old, push)));
    }
    for (name, push) in &new {
        let here = place(&sides.new, push);
        let Some(before) = old.get(name) else {
            changes.push(change(name, "is new").at(here));
            continue;
        };
        let (before, after) = (said(&sides.old, before), said(&sides.new, push));
        let about: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for what in about {
            let (old, new) = (before.get(what), after.get(what));
            let line = new.and_then(|(_, span)| sides.new.place((*span)?));
            let line = line.or_else(|| here.clone());
            for one in differences(old.map(|(said, _)| said), new.map(|(said, _)| said)) {
                let mut change = change(name, &one.words(what.clone()));
                (change.before, change.after) = (one.before, one.after);
                changes.push(change.at(line.clone()));
            }
        }
    }
}

fn pushes<'p>(side: &Side<'p>) -> BTreeMap<&'p str, &'p ChannelPush> {
    side.plan.channels.iter().map(|push| (push.name.as_str(), push)).collect()
}

fn place(side: &Side<'_>, push: &ChannelPush) -> Option<String> {
    side.place(push.entries.iter().map(|entry| entry.span).min()?)
}

fn said(side: &Side<'_>, push: &ChannelPush) -> Lines {
    let keys = if push.fin { "as Fin writes them" } else { "its own" };
    let mut said = Lines::from([
        ("channel".to_owned(), (Said::plain(push.channel.clone()), None)),
        ("keys".to_owned(), (Said::plain(keys.to_owned()), None)),
    ]);
    for entry in &push.entries {
        let value = Said::of(side, |plan| expression(plan, entry.value));
        said.insert(format!("sends {}", entry.key), (value, Some(entry.span)));
    }
    said
}
