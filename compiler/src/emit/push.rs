//! How Cases are created.

use tidegate_diagnostics::Span;
use tidegate_plan::model::{Owner, OwnerChoice, Push, PushField, Required, TranscriptTo};
use tidegate_schemas::catalog::Field;

use super::{Emitter, slot};
use crate::hir::{self, ExprKind, Literal};
use crate::source::{ItemId, Range};
use crate::syntax::ast::OwnerExpr;

/// Where the summary goes unless a push says so.
const SUMMARY_FIELD: &str = "Description";
/// Salesforce's word for "not at all".
const NOWHERE: &str = "nowhere";

impl Emitter<'_> {
    pub(super) fn pushes(&mut self) {
        for push in &self.program.pushes {
            let emitted = self.push(push);
            self.plan.pushes.push(emitted);
        }
    }

    fn push(&mut self, push: &hir::Push) -> Push {
        let item = push.item;
        let owner = self.owners(push);
        let fields = push
            .fields
            .iter()
            .map(|line| PushField {
                field: line.field.clone(),
                value: self.expr(item, &line.value),
                span: self.span(item, line.range),
            })
            .collect();
        let summary_to = match &push.summary_to {
            Some((field, _)) => Some(field.clone()).filter(|field| field != NOWHERE),
            None => Some(SUMMARY_FIELD.to_owned()).filter(|field| {
                let transcript = push.transcript_field().is_some_and(|(to, _)| to == field);
                self.can_fill(push, field) && !transcript
            }),
        };
        let transcript = match &push.transcript_to {
            None => TranscriptTo::File,
            Some((to, _)) => match to.as_str() {
                "file" => TranscriptTo::File,
                "comment" => TranscriptTo::Comment,
                NOWHERE => TranscriptTo::Nowhere,
                field => TranscriptTo::Field(field.to_owned()),
            },
        };
        let mut emitted = Push {
            name: push.name.clone(),
            object: push.object.clone(),
            record_type: push.record_type.as_ref().map(|(name, _)| name.clone()),
            owner,
            fields,
            carry: push.carry.iter().map(|(field, attr)| (field.clone(), slot(*attr))).collect(),
            fill: push.fill.clone(),
            summary_to,
            transcript,
            // Without one the gate stays shut.
            key_field: push.key_field.clone().unwrap_or_default(),
            lengths: Vec::new(),
        };
        emitted.lengths = self.lengths(&emitted);
        self.require_push(push, &emitted);
        emitted
    }

    /// The owners; where none is named, the org's own rules decide.
    fn owners(&mut self, push: &hir::Push) -> Vec<OwnerChoice> {
        if push.owner.is_empty() {
            return vec![OwnerChoice { when: None, owner: Owner::AssignmentRules }];
        }
        push.owner
            .iter()
            .map(|(owner, when, _)| OwnerChoice {
                when: when.as_ref().map(|when| self.expr(push.item, when)),
                owner: match owner {
                    OwnerExpr::Queue(name) => Owner::Queue(name.text.clone()),
                    OwnerExpr::User(name) => Owner::User(name.text.clone()),
                    OwnerExpr::AssignmentRules | OwnerExpr::Missing => Owner::AssignmentRules,
                },
            })
            .collect()
    }

    fn field(&self, object: &str, name: &str) -> Option<&Field> {
        self.catalog.objects.get(object)?.fields.get(name)
    }

    fn can_fill(&self, push: &hir::Push, name: &str) -> bool {
        self.field(&push.object, name).is_some_and(|field| field.createable)
    }

    /// Lengths of the text fields that the push may write.
    fn lengths(&self, push: &Push) -> Vec<(String, u32)> {
        let mut names: Vec<&str> = written(push);
        names.sort_unstable();
        names.dedup();
        names
            .into_iter()
            .filter_map(|name| {
                let field = self.field(&push.object, name)?;
                Some((name.to_owned(), field.kind.text_length()?))
            })
            .collect()
    }

    fn require_push(&mut self, push: &hir::Push, emitted: &Push) {
        let head = self.span(push.item, push.head);
        let object = || push.object.clone();
        self.requires(Required::Object(object()), head);
        self.requires(Required::UniqueKey(object(), emitted.key_field.clone()), head);
        if let Some((name, range)) = &push.record_type {
            let span = self.span(push.item, *range);
            self.requires(Required::RecordType(object(), name.clone()), span);
        }
        for (owner, _, range) in &push.owner {
            let span = self.span(push.item, *range);
            match owner {
                OwnerExpr::Queue(name) => {
                    self.requires(Required::Queue(object(), name.text.clone()), span);
                }
                OwnerExpr::User(name) => self.requires(Required::User(name.text.clone()), span),
                OwnerExpr::AssignmentRules | OwnerExpr::Missing => {}
            }
        }
        for name in written(emitted) {
            let range = self.place_of(push, name);
            let span = self.span(push.item, range);
            self.requires(Required::CreateField(object(), name.to_owned()), span);
            self.require_properties(push, emitted, name, span);
        }
        for line in &push.fields {
            self.require_values(push.item, &push.object, &line.field, &line.value);
        }
    }

    /// What the org says of a written field and a create relies on: its type, what goes into it,
    /// and that it may be left out where the push may leave it out.
    fn require_properties(&mut self, push: &hir::Push, emitted: &Push, name: &str, span: Span) {
        let Some(field) = self.field(&push.object, name) else { return };
        let field = field.clone();
        let (object, name) = (|| push.object.clone(), || name.to_owned());
        let word = field.kind.described_as().to_owned();
        self.requires(Required::Type(object(), name(), word), span);
        if let Some(length) = field.kind.text_length() {
            self.requires(Required::Room(object(), name(), length), span);
        }
        if let Some((precision, scale)) = field.kind.digits() {
            self.requires(Required::Digits(object(), name(), precision, scale), span);
        }
        if !field.unique && emitted.key_field != field.name {
            self.requires(Required::Repeatable(object(), name()), span);
        }
        let line = push.fields.iter().find(|line| line.field == field.name);
        let always = line.is_some_and(|line| never_blank(&line.value));
        if !field.required_on_create() && !always {
            self.requires(Required::Optional(object(), name()), span);
        }
    }

    /// The line that names a field, or the push's head.
    fn place_of(&self, push: &hir::Push, name: &str) -> Range {
        let named = |place: &Option<(String, Range)>| {
            place.as_ref().filter(|(to, _)| to == name).map(|(_, range)| *range)
        };
        push.fields
            .iter()
            .find(|line| line.field == name)
            .map(|line| line.name_range)
            .or_else(|| named(&push.summary_to))
            .or_else(|| named(&push.transcript_to))
            .unwrap_or(push.head)
    }

    /// List values that a line may write.
    fn require_values(&mut self, item: ItemId, object: &str, field: &str, value: &hir::Expr) {
        match &value.kind {
            ExprKind::Literal(Literal::Text(text))
                if matches!(value.ty, hir::Type::List(_) | hir::Type::MultiList(_)) =>
            {
                let span = self.span(item, value.range);
                let what = Required::ListValue(object.to_owned(), field.to_owned(), text.clone());
                self.requires(what, span);
            }
            ExprKind::If(_, yes, no) => {
                self.require_values(item, object, field, yes);
                self.require_values(item, object, field, no);
            }
            ExprKind::Binary(crate::syntax::ast::BinaryOp::OrElse, left, right) => {
                self.require_values(item, object, field, left);
                self.require_values(item, object, field, right);
            }
            _ => {}
        }
    }
}

/// Whether an expression has a value whatever the conversation holds, as far as can be seen
/// without its paths.
fn never_blank(value: &hir::Expr) -> bool {
    match &value.kind {
        ExprKind::Literal(Literal::Text(text)) => !text.trim().is_empty(),
        ExprKind::Literal(_) | ExprKind::Now => true,
        ExprKind::Template(parts) => parts
            .iter()
            .any(|part| matches!(part, hir::TemplatePart::Text(text) if !text.trim().is_empty())),
        ExprKind::If(_, yes, no) => never_blank(yes) && never_blank(no),
        ExprKind::Binary(crate::syntax::ast::BinaryOp::OrElse, left, right) => {
            never_blank(left) || never_blank(right)
        }
        _ => false,
    }
}

/// All fields that a push may write, by the order of precedence.
fn written(push: &Push) -> Vec<&str> {
    let lines = push.fields.iter().map(|line| line.field.as_str());
    let carried = push.carry.iter().map(|(field, _)| field.as_str());
    let filled = push.fill.iter().map(|(field, _)| field.as_str());
    let transcript = match &push.transcript {
        TranscriptTo::Field(field) => Some(field.as_str()),
        _ => None,
    };
    lines.chain(carried).chain(filled).chain(push.summary_to.as_deref()).chain(transcript).collect()
}
