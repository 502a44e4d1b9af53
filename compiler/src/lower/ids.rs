//! Stable ids of steps: the path of names to each.

use std::collections::BTreeMap;

use crate::syntax::ast::{self, StepKind};

/// The segments given out in one block.
#[derive(Default)]
pub(super) struct Segments {
    taken: BTreeMap<String, u32>,
}

impl Segments {
    /// The segment itself the first time, with its ordinal among equals afterwards.
    pub(super) fn unique(&mut self, segment: &str) -> String {
        let segment = segment.replace('/', " ");
        let count = self.taken.entry(segment.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { segment } else { format!("{segment} {count}") }
    }
}

/// A step's kind and target, or the name that its author gave.
pub(super) fn segment(step: &ast::Step) -> String {
    if let Some(label) = step.label.as_ref().filter(|label| !label.is_missing()) {
        return label.text.clone();
    }
    let path =
        |path: &ast::Path| path.parts.last().map_or("", |part| part.text.as_str()).to_owned();
    let (word, target) = match &step.kind {
        StepKind::Say(_) => ("say", String::new()),
        StepKind::Note(_) => ("note", String::new()),
        StepKind::Speak(language) => ("speak", subject_name(language)),
        StepKind::Wait(_) => ("wait", String::new()),
        StepKind::Rate { place, .. } => ("rate", path(place)),
        StepKind::Answer(_) => ("answer", String::new()),
        StepKind::Detect { place, .. } => ("detect", path(place)),
        StepKind::HandOff { push, .. } => ("hand off", push.text.clone()),
        StepKind::Ask { .. } => ("ask", String::new()),
        StepKind::Verify { .. } => ("verify", String::new()),
        StepKind::Choose { .. } => ("choose", String::new()),
        StepKind::Collect { using: Some(form), .. } => ("collect", form.text.clone()),
        StepKind::Collect { fields, .. } => {
            ("collect", fields.first().map_or_else(String::new, |line| path(&line.place)))
        }
        StepKind::Set { place, .. } => ("set", path(place)),
        StepKind::Let { name, .. } => ("let", name.text.clone()),
        StepKind::Clear { place } => ("clear", path(place)),
        StepKind::If { .. } => ("if", String::new()),
        StepKind::Match { subject, .. } => ("match", subject_name(subject)),
        StepKind::Repeat { .. } => ("repeat", String::new()),
        StepKind::LeaveRepeat => ("leave repeat", String::new()),
        StepKind::Run(name) => ("run", name.text.clone()),
        StepKind::CreateCase { push, .. } => ("create case", push.text.clone()),
        StepKind::RecordCase { push } => ("record case", push.text.clone()),
        StepKind::End(_) => ("end", String::new()),
        StepKind::GoOn => ("go on", String::new()),
        StepKind::Unknown => ("unknown", String::new()),
    };
    if target.is_empty() { word.to_owned() } else { format!("{word} {target}") }
}

fn subject_name(subject: &ast::Expr) -> String {
    match &subject.kind {
        ast::ExprKind::Path(path) => {
            path.parts.last().map_or_else(String::new, |part| part.text.clone())
        }
        ast::ExprKind::Text(text) => text.clone(),
        ast::ExprKind::Pipe(operand, _) => subject_name(operand),
        _ => String::new(),
    }
}
