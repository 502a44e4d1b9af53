//! Forms of `collect`.

use tidegate_plan::model::{FieldWords, Form, FormField, FormFile, FormId, Input};
use tidegate_schemas::catalog::FieldKind;

use super::{Emitter, position, slot};
use crate::hir::{self, Attribute, CollectField, FileLine, Origin, Type};
use crate::source::ItemId;

/// Own texts longer than this are written into an area of several lines.
const ONE_LINE: u32 = 255;

impl Emitter<'_> {
    pub(super) fn form(
        &mut self,
        item: ItemId,
        title: Option<&hir::Expr>,
        (fields, files): (&[CollectField], &[FileLine]),
    ) -> FormId {
        let title = title.map(|title| self.text(item, title));
        for field in fields {
            self.require_offered(field);
        }
        let fields = fields.iter().map(|field| self.form_field(field)).collect();
        let files = files.iter().map(form_file).collect();
        let form = Form { title, fields, files };
        // One that several steps use stands there once.
        let known = self.plan.forms.iter().position(|other| *other == form);
        FormId(position(known.unwrap_or_else(|| {
            self.plan.forms.push(form);
            self.plan.forms.len() - 1
        })))
    }

    /// What a form offers for a Case's list is written into it.
    fn require_offered(&mut self, field: &CollectField) {
        let attribute = self.attribute(field.attr);
        let (Type::List(list) | Type::MultiList(list)) = &attribute.ty else { return };
        if attribute.space != hir::Space::Conversation {
            return;
        }
        let list = std::sync::Arc::clone(list);
        for value in list.values.iter().filter(|value| value.active) {
            self.requires_value(field.attr, &value.value, (field.at.item, field.at.range));
        }
    }

    fn form_field(&mut self, field: &CollectField) -> FormField {
        let attribute = &self.program.attributes[field.attr.0 as usize];
        let mut limit = |bound: &Option<hir::Literal>| {
            bound.as_ref().and_then(|bound| self.literal(bound, &attribute.ty))
        };
        let (min, max) = (limit(&field.min), limit(&field.max));
        FormField {
            attr: slot(field.attr),
            label: field.label.clone(),
            help: field.help.clone(),
            required: field.required,
            input: if field.rating { Input::Rating } else { input(attribute) },
            matches: field.matches.clone(),
            min,
            max,
            words: field.words.iter().map(words).collect(),
        }
    }
}

fn form_file(file: &FileLine) -> FormFile {
    FormFile {
        name: file.name.clone(),
        label: file.label.clone(),
        help: file.help.clone(),
        required: file.required,
        words: file.words.iter().map(words).collect(),
    }
}

fn words(words: &hir::FieldWords) -> FieldWords {
    FieldWords {
        language: words.language.clone(),
        label: words.label.clone(),
        help: words.help.clone(),
        message: words.otherwise.clone(),
    }
}

/// How a form shows and checks an attribute.
fn input(attribute: &Attribute) -> Input {
    match &attribute.ty {
        Type::Text(length) => {
            let many_lines = match &attribute.origin {
                Origin::Field { field, .. } => matches!(field.kind, FieldKind::TextArea { .. }),
                _ => length.is_none_or(|length| length > ONE_LINE),
            };
            if many_lines { Input::Area } else { Input::Line }
        }
        Type::Number { .. } => Input::Number,
        Type::Bool => Input::Checkbox,
        Type::Date => Input::Date,
        Type::DateTime => Input::DateTime,
        Type::Time => Input::Time,
        Type::Email(_) => Input::Email,
        Type::Phone(_) => Input::Phone,
        Type::Url(_) => Input::Url,
        Type::List(_) => Input::Select,
        Type::MultiList(_) => Input::SelectMany,
        // A form that asks for one of these does not pass the gate.
        Type::Duration | Type::Id(_) | Type::Opaque | Type::Blank | Type::Error => Input::Line,
    }
}
