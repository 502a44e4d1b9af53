//! Where a program asks for attributes, sets them, and shows their labels.

use std::collections::{BTreeMap, BTreeSet};

use crate::hir::{AttrId, CollectField, Expr, ExprKind, Pipe, Program, StepKind, TemplatePart};
use crate::source::{ItemId, Loc, Range};

/// What the steps of a program do with attributes.
#[derive(Default)]
pub(super) struct Uses<'p> {
    /// The lines of forms, by place.
    pub(super) asked: BTreeMap<Loc, &'p CollectField>,
    /// Attributes that a step sets or a form asks for.
    pub(super) set: BTreeSet<AttrId>,
    /// Places that show a list value's label, with the attribute.
    pub(super) labelled: BTreeSet<(Loc, AttrId)>,
}

impl<'p> Uses<'p> {
    pub(super) fn of(program: &'p Program) -> Self {
        let mut uses = Self::default();
        for workflow in &program.workflows {
            workflow.steps().iter().for_each(|step| uses.step(workflow.item, &step.kind));
        }
        for push in &program.pushes {
            for line in &push.fields {
                uses.expr(push.item, &line.value);
            }
        }
        uses
    }

    fn step(&mut self, item: ItemId, kind: &'p StepKind) {
        match kind {
            StepKind::Say(text)
            | StepKind::Note(text)
            | StepKind::End(Some(text))
            | StepKind::Let { value: text, .. } => self.expr(item, text),
            StepKind::Choose { prompt, options, .. } => {
                self.expr(item, prompt);
                options.iter().for_each(|(label, _)| self.expr(item, label));
            }
            StepKind::Collect { title, fields, .. } => {
                title.iter().for_each(|title| self.expr(item, title));
                for field in fields {
                    self.asked.insert(field.at, field);
                    self.set.insert(field.attr);
                }
            }
            StepKind::Set { attr, value } => {
                self.set.insert(*attr);
                self.expr(item, value);
            }
            StepKind::If { branches, .. } => {
                branches.iter().for_each(|(condition, _)| self.expr(item, condition));
            }
            StepKind::Match { subject, .. } => self.expr(item, subject),
            _ => {}
        }
    }

    fn expr(&mut self, item: ItemId, expr: &'p Expr) {
        match &expr.kind {
            ExprKind::Pipe(Pipe::Label, inner) => {
                self.label(item, expr.range, inner);
                self.expr(item, inner);
            }
            ExprKind::Pipe(_, inner)
            | ExprKind::Reveal(inner, _)
            | ExprKind::Not(inner)
            | ExprKind::IsBlank(inner)
            | ExprKind::In(inner, _)
            | ExprKind::InHours(inner, _) => self.expr(item, inner),
            ExprKind::Binary(_, left, right) => {
                self.expr(item, left);
                self.expr(item, right);
            }
            ExprKind::If(condition, yes, no) => {
                [condition, yes, no].into_iter().for_each(|part| self.expr(item, part));
            }
            ExprKind::Template(parts) => {
                for part in parts {
                    if let TemplatePart::Hole(hole) = part {
                        self.expr(item, hole);
                    }
                }
            }
            _ => {}
        }
    }

    fn label(&mut self, item: ItemId, range: Range, expr: &Expr) {
        match &expr.kind {
            ExprKind::Attr(attr) => {
                self.labelled.insert((Loc { item, range }, *attr));
            }
            ExprKind::Binary(_, left, right) => {
                self.label(item, range, left);
                self.label(item, range, right);
            }
            ExprKind::If(_, yes, no) => {
                self.label(item, range, yes);
                self.label(item, range, no);
            }
            _ => {}
        }
    }
}
