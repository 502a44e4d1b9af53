//! What the AI may quote.

use std::collections::BTreeMap;

use super::{Area, Change, Side, Sides, Subject};
use crate::model::{Article, Section};

pub(super) fn compare(sides: &Sides<'_>, changes: &mut Vec<Change>) {
    let (old, new) = (articles(&sides.old), articles(&sides.new));
    let change = |name: &str, what: &str| {
        Change::new(Area::Knowledge, Subject::Article(name.to_owned()), what)
    };
    for (name, article) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
        changes.push(change(name, "is no longer quoted").gone(article.title.clone()));
    }
    for (name, article) in &new {
        let Some(before) = old.get(name) else {
            changes.push(change(name, "may be quoted besides").now(article.title.clone()));
            continue;
        };
        let mut told = |what: &str, before: String, after: String| {
            if before != after {
                changes.push(change(name, what).values(before, after));
            }
        };
        told("has another title", before.title.clone(), article.title.clone());
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        told("has another address", or_none(&before.url), or_none(&article.url));
        told("has another language", or_none(&before.language), or_none(&article.language));
        sections(name, (before, article), changes);
    }
}

/// The sections that differ, by their headings.
fn sections(name: &str, (old, new): (&Article, &Article), changes: &mut Vec<Change>) {
    let (before, after) = (by_heading(old), by_heading(new));
    let mut told = |what: String, before: Option<&String>, after: Option<&String>| {
        let mut change = Change::new(Area::Knowledge, Subject::Article(name.to_owned()), what);
        (change.before, change.after) = (before.cloned(), after.cloned());
        changes.push(change);
    };
    let called = |heading: &str| match heading {
        "" => "before its first heading".to_owned(),
        heading => format!("below “{heading}”"),
    };
    for (heading, text) in &after {
        match before.get(heading) {
            Some(was) if was == text => {}
            Some(was) => told(format!("says otherwise {}", called(heading)), Some(was), Some(text)),
            None => told(format!("says more {}", called(heading)), None, Some(text)),
        }
    }
    for (heading, was) in before.iter().filter(|(heading, _)| !after.contains_key(*heading)) {
        told(format!("says nothing any more {}", called(heading)), Some(was), None);
    }
}

/// The texts by their headings; those below equal ones are taken together.
fn by_heading(article: &Article) -> BTreeMap<&str, String> {
    let mut all: BTreeMap<&str, String> = BTreeMap::new();
    for Section { heading, text } in &article.sections {
        let known = all.entry(heading).or_default();
        if !known.is_empty() {
            known.push_str("\n\n");
        }
        known.push_str(text);
    }
    all
}

fn articles<'p>(side: &Side<'p>) -> BTreeMap<&'p str, &'p Article> {
    side.plan.articles.iter().map(|article| (article.name.as_str(), article)).collect()
}
