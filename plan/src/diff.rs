//! What two plans do differently: compared by the identity of steps, pushes and data, never by text.
//!
//! What only moved, or is a field under another name, is no change. A step is the same where
//! its id is, or else where one of the same workflow does just the same.

mod articles;
mod channels;
mod chart;
mod pushes;
mod said;
mod steps;
mod tables;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use tidegate_diagnostics::{SourceId, Span};

use crate::bounds::{Bounds, bounds_of_conversation};
use crate::model::{Attribute, Origin, Plan};
use crate::verify::VerifiedPlan;

/// What became different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// The changes, by what they are about.
    pub changes: Vec<Change>,
    /// Whether the plans are the same but for names, places and who wrote them.
    pub equal: bool,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// What it is about.
    pub area: Area,
    /// Where it is.
    pub subject: Subject,
    /// What happened: `asks for “Your name” besides`.
    pub what: String,
    /// What was before, where that can be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What is now, where that can be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Where it stands in the new source: `support.tide:12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Where it stood in the old source, if it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
}

/// What changes are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// What is read of the visitor, and how they are found.
    Pulled,
    /// What begins and what there is.
    Begins,
    /// When it is open.
    Hours,
    /// What customers are asked.
    Asked,
    /// What customers and colleagues read.
    Said,
    /// Where conversations go.
    Led,
    /// What data is, and what is put into it.
    Data,
    /// What Cases hold, and who owns them.
    Cases,
    /// What goes along at hand-offs.
    Agents,
    /// What the AI may quote.
    Knowledge,
    /// How much a conversation can come to.
    Bounds,
}

impl Area {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 11] = [
        Self::Pulled,
        Self::Begins,
        Self::Hours,
        Self::Asked,
        Self::Said,
        Self::Led,
        Self::Data,
        Self::Cases,
        Self::Agents,
        Self::Knowledge,
        Self::Bounds,
    ];

    /// As a heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Pulled => "What is read of the visitor",
            Self::Begins => "What begins",
            Self::Hours => "When it is open",
            Self::Asked => "What customers are asked",
            Self::Said => "What is said",
            Self::Led => "Where conversations go",
            Self::Data => "What data holds",
            Self::Cases => "What Cases hold, and who owns them",
            Self::Agents => "What agents see",
            Self::Knowledge => "What the AI may quote",
            Self::Bounds => "How much a conversation can come to",
        }
    }
}

/// Where a change is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Subject {
    /// The whole project.
    Project,
    /// Data, by its path.
    Attribute(String),
    /// Business hours, by their name.
    Hours(String),
    /// A push, by its name.
    Push(String),
    /// A workflow, by its name.
    Workflow(String),
    /// A step, by its id.
    Step(String),
    /// An article, by its file.
    Article(String),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Project => write!(f, "the project"),
            Self::Attribute(path) => write!(f, "{path}"),
            Self::Hours(name) => write!(f, "hours {name}"),
            Self::Push(name) => write!(f, "push {name}"),
            Self::Workflow(name) => write!(f, "workflow {name}"),
            Self::Step(name) | Self::Article(name) => write!(f, "{name}"),
        }
    }
}

/// Compares two plans.
pub fn diff(old: &VerifiedPlan, new: &VerifiedPlan) -> Diff {
    let sides = Sides { old: Side::new(old), new: Side::new(new) };
    let mut changes = Vec::new();
    tables::compare(&sides, &mut changes);
    steps::compare(&sides, &mut changes);
    pushes::compare(&sides, &mut changes);
    channels::compare(&sides, &mut changes);
    articles::compare(&sides, &mut changes);
    compare_bounds(&sides, &mut changes);
    changes.sort();
    changes.dedup();
    let equal = changes.is_empty() && bare(&sides.old.same) == bare(&sides.new.same);
    Diff { changes, equal }
}

/// One of two plans.
struct Side<'p> {
    /// The plan, for what people read.
    plan: &'p VerifiedPlan,
    /// The same with fields of Salesforce under their API names, for what is compared.
    same: Plan,
    /// Both as they read in each language, where there are several.
    readings: BTreeMap<String, (Plan, Plan)>,
}

struct Sides<'p> {
    old: Side<'p>,
    new: Side<'p>,
}

impl<'p> Side<'p> {
    fn new(plan: &'p VerifiedPlan) -> Self {
        let mut same = Plan::clone(plan);
        for attribute in &mut same.attributes {
            attribute.name = own_name(attribute);
        }
        let read = |language: String| {
            let both = (said::in_language(&same, &language), said::in_language(plan, &language));
            (language, both)
        };
        let readings = said::languages(plan).into_iter().map(read).collect();
        Self { plan, same, readings }
    }

    fn place(&self, span: Span) -> Option<String> {
        self.plan.place(span)
    }
}

/// A name that does not hang on how the program calls a field.
fn own_name(attribute: &Attribute) -> String {
    match &attribute.origin {
        Origin::Field(path) => path.join("."),
        Origin::Own | Origin::Session | Origin::Let => attribute.name.clone(),
    }
}

/// A plan without what nobody meets: places, and who wrote it.
fn bare(plan: &Plan) -> Plan {
    let nowhere = Span { source: SourceId(0), start: 0, end: 0 };
    let mut bare = plan.clone();
    bare.compiler = String::new();
    bare.sources.clear();
    bare.steps.iter_mut().for_each(|step| step.span = nowhere);
    bare.requirements.iter_mut().for_each(|one| one.span = nowhere);
    for push in &mut bare.pushes {
        push.fields.iter_mut().for_each(|line| line.span = nowhere);
    }
    for push in &mut bare.channels {
        push.entries.iter_mut().for_each(|entry| entry.span = nowhere);
    }
    bare
}

impl Change {
    fn new(area: Area, subject: Subject, what: impl Into<String>) -> Self {
        Self { area, subject, what: what.into(), before: None, after: None, place: None, was: None }
    }

    fn values(mut self, before: impl Into<String>, after: impl Into<String>) -> Self {
        self.before = Some(before.into());
        self.after = Some(after.into());
        self
    }

    fn now(mut self, after: impl Into<String>) -> Self {
        self.after = Some(after.into());
        self
    }

    fn gone(mut self, before: impl Into<String>) -> Self {
        self.before = Some(before.into());
        self
    }

    fn at(mut self, place: Option<String>) -> Self {
        self.place = place;
        self
    }

    fn was_at(mut self, place: Option<String>) -> Self {
        self.was = place;
        self
    }
}

fn compare_bounds(sides: &Sides<'_>, changes: &mut Vec<Change>) {
    let of = |side: &Side<'_>| bounds_of_conversation(side.plan);
    let (Some(old), Some(new)) = (of(&sides.old), of(&sides.new)) else { return };
    let Bounds { questions, answers, cases, calls } = new;
    let rows = [
        ("questions a customer is asked at most", old.questions, questions),
        ("answers of the AI at most", old.answers, answers),
        ("Cases a conversation makes at most", old.cases, cases),
        ("calls of Salesforce for a conversation's Cases at most", old.calls, calls),
        (
            "instructions that one message leads to at most",
            Some(sides.old.plan.bound()),
            Some(sides.new.plan.bound()),
        ),
    ];
    let count = |count: Option<u64>| count.map_or("any number".to_owned(), |one| one.to_string());
    for (what, old, new) in rows {
        if old != new {
            let change = Change::new(Area::Bounds, Subject::Project, what);
            changes.push(change.values(count(old), count(new)));
        }
    }
}

#[cfg(test)]
mod tests;
