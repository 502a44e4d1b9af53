//! Changes as text, as Markdown and as JSON.

use serde::Serialize;
use tidegate_diagnostics::printable;
use tidegate_plan::diff::{Area, Change, Diff};

use crate::page::escaped;
use crate::report::plural;

/// What is told.
pub(super) struct Told<'d> {
    pub(super) old: &'d str,
    pub(super) new: &'d str,
    pub(super) diff: &'d Diff,
}

impl<'d> Told<'d> {
    /// `3 changes in behaviour from main to the working tree`
    fn headline(&self) -> String {
        let Self { old, new, diff } = self;
        match diff.changes.len() {
            0 => format!("no change in behaviour from {old} to {new}"),
            count => format!("{} in behaviour from {old} to {new}", plural(count, "change")),
        }
    }

    /// Where nothing changed, how sure that is.
    fn nothing(&self) -> Option<&'static str> {
        match (self.diff.changes.is_empty(), self.diff.equal) {
            (true, true) => Some("The plans are equal but for places and names."),
            (true, false) => Some("The plans differ in what no conversation meets."),
            (false, _) => None,
        }
    }

    fn areas(&self) -> impl Iterator<Item = (Area, Vec<&'d Change>)> {
        let changes = &self.diff.changes;
        let all = Area::ALL.into_iter().map(move |area| {
            let of_area = changes.iter().filter(|change| change.area == area);
            (area, of_area.collect::<Vec<_>>())
        });
        all.filter(|(_, changes)| !changes.is_empty())
    }

    pub(super) fn text(&self) -> String {
        let mut out = format!("{}\n", self.headline());
        for (area, changes) in self.areas() {
            out.push_str(&format!("\n{}\n", area.heading()));
            let mut before = None;
            for change in changes {
                let head = head(change);
                if before.as_ref() != Some(&head) {
                    out.push_str(&format!("  {}\n", printable(&head)));
                }
                before = Some(head);
                out.push_str(&format!("    {}\n", on_a_line(&change.what)));
                let values = [("-", &change.before), ("+", &change.after)];
                for (sign, value) in values {
                    if let Some(value) = value {
                        out.push_str(&format!("      {sign} {}\n", on_a_line(value)));
                    }
                }
            }
        }
        if let Some(nothing) = self.nothing() {
            out.push_str(&format!("{nothing}\n"));
        }
        out
    }

    pub(super) fn markdown(&self) -> String {
        let mut out = format!("### {}\n", capital(&escaped(&self.headline().replace('`', ""))));
        for (area, changes) in self.areas() {
            out.push_str(&format!("\n**{}**\n\n", area.heading()));
            for change in changes {
                let what = escaped(&change.what);
                out.push_str(&format!("- {}: {what}\n", escaped(&head(change))));
                let values = [("before", &change.before), ("now", &change.after)];
                for (word, value) in values {
                    if let Some(value) = value {
                        out.push_str(&format!("  - {word}: {}\n", escaped(value)));
                    }
                }
            }
        }
        if let Some(nothing) = self.nothing() {
            out.push_str(&format!("\n{nothing}\n"));
        }
        out
    }

    pub(super) fn document(&self) -> Document<'d> {
        Document {
            old: self.old.trim_matches('`'),
            new: self.new.trim_matches('`'),
            behaviour_changed: !self.diff.changes.is_empty(),
            plans_equal: self.diff.equal,
            changes: &self.diff.changes,
        }
    }
}

/// All of it, for programs.
#[derive(Serialize)]
pub(super) struct Document<'d> {
    old: &'d str,
    new: &'d str,
    behaviour_changed: bool,
    /// Whether the plans are equal but for places and names.
    plans_equal: bool,
    changes: &'d [Change],
}

/// `support/ask  support.tide:5`
fn head(change: &Change) -> String {
    let subject = change.subject.to_string();
    match (&change.place, &change.was) {
        (Some(place), _) => format!("{subject} ({place})"),
        (None, Some(was)) => format!("{subject} (was {was})"),
        (None, None) => subject,
    }
}

fn on_a_line(text: &str) -> String {
    printable(text).replace('\n', "\\n").replace('\t', " ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}
