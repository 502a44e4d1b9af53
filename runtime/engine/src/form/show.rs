//! A form as the browser needs it, and as it is shown once answered.

use tidegate_plan::model::{AttrId, Form, FormField, FormFile, FormId, Input, List};
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;

use crate::eval::mask;
use crate::file::FileRef;
use crate::language::language;
use crate::list;
use crate::message::{FormLine, FormOption};
use crate::sentences::Tongue;
use crate::state::Conversation;

/// The lines of a form with what stands in them already.
pub(crate) fn lines(
    plan: &VerifiedPlan,
    conversation: &Conversation,
    form: &Form,
) -> Vec<FormLine> {
    let language = language(plan, conversation);
    let lines = form.fields.iter().map(|field| line(plan, conversation, form, field));
    lines.chain(form.files.iter().map(|file| file_line(file, language))).collect()
}

fn file_line(file: &FormFile, language: Option<&str>) -> FormLine {
    FormLine {
        name: file.name.clone(),
        label: file.label_in(language).to_owned(),
        help: file.help_in(language).map(str::to_owned),
        required: file.required,
        private: false,
        input: "file".to_owned(),
        value: None,
        max_length: None,
        scale: None,
        min: None,
        max: None,
        pattern: None,
        pattern_message: None,
        options: Vec::new(),
        controller: None,
    }
}

fn line(
    plan: &VerifiedPlan,
    conversation: &Conversation,
    form: &Form,
    field: &FormField,
) -> FormLine {
    let attribute = &plan.attributes[field.attr.index()];
    let language = language(plan, conversation);
    let constant = |id: Option<tidegate_plan::model::ConstId>| {
        id.map(|id| plan.constants[id.index()].to_text().into_owned())
    };
    let list = attribute.list.map(|list| &plan.lists[list.index()]);
    let inside = |attr: &AttrId| form.fields.iter().any(|field| field.attr == *attr);
    let controller = list.and_then(|list| list.controller);
    let outside = controller.filter(|attr| !inside(attr));
    FormLine {
        name: attribute.path(),
        label: field.label_in(language).to_owned(),
        help: field.help_in(language).map(str::to_owned),
        required: field.required,
        input: input_name(field.input).to_owned(),
        private: attribute.private,
        // Nobody needs to read what is private to write it anew.
        value: slot(conversation, field.attr)
            .filter(|_| !attribute.private)
            .map(|value| value.to_text().into_owned()),
        max_length: attribute.max_length.filter(|_| attribute.ty.is_text() && list.is_none()),
        scale: attribute.decimals.map(|(_, scale)| scale),
        min: constant(field.min),
        max: constant(field.max),
        pattern: field.matches.as_ref().map(|(pattern, _)| pattern.clone()),
        pattern_message: field.message_in(language).map(str::to_owned),
        options: list.map_or_else(Vec::new, |list| match outside {
            Some(attr) => fitting(list, slot(conversation, attr)),
            None => options(list),
        }),
        controller: controller.filter(inside).map(|attr| plan.attributes[attr.index()].path()),
    }
}

fn slot(conversation: &Conversation, attr: AttrId) -> Option<&Value> {
    conversation.slots.get(attr.index())?.as_ref().map(|slot| &slot.value)
}

fn options(list: &List) -> Vec<FormOption> {
    let option = |one: &tidegate_plan::model::ListValue| FormOption {
        value: one.value.clone(),
        label: one.label.clone(),
        valid_for: list.controller.and(one.valid_for.clone()),
    };
    list.values.iter().map(option).collect()
}

/// The options that a controller outside the form allows.
fn fitting(list: &List, controller: Option<&Value>) -> Vec<FormOption> {
    let fits = |one: &FormOption| list::allows(list, &Value::Text(one.value.clone()), controller);
    let plain = |one: FormOption| FormOption { valid_for: None, ..one };
    options(list).into_iter().filter(fits).map(plain).collect()
}

/// The wire name of an input, which `runtime/server/API.md` lists.
fn input_name(input: Input) -> &'static str {
    match input {
        Input::Line => "line",
        Input::Area => "area",
        Input::Email => "email",
        Input::Phone => "phone",
        Input::Url => "url",
        Input::Number => "number",
        Input::Rating => "rating",
        Input::Checkbox => "checkbox",
        Input::Date => "date",
        Input::DateTime => "date_time",
        Input::Time => "time",
        Input::Select => "select",
        Input::SelectMany => "select_many",
    }
}

/// What was filled in, as labels and texts.
pub(crate) fn answers(
    plan: &VerifiedPlan,
    conversation: &Conversation,
    form: FormId,
    values: &[(AttrId, Option<Value>)],
    files: &[(String, FileRef)],
) -> Vec<(String, String)> {
    let fields = plan.forms.get(form.index()).map_or(&[][..], |form| &form.fields);
    let language = language(plan, conversation);
    let tongue = Tongue::of(language);
    let filled_in = fields.iter().filter_map(|field| {
        let (_, value) = values.iter().find(|(attr, _)| *attr == field.attr)?;
        let shown = shown(plan, tongue, field.attr, value.as_ref()?);
        Some((field.label_in(language).to_owned(), shown))
    });
    let asked = plan.forms.get(form.index()).map_or(&[][..], |form| &form.files);
    let sent = asked.iter().filter_map(|line| {
        let (_, file) = files.iter().find(|(name, _)| *name == line.name)?;
        Some((line.label_in(language).to_owned(), file.name.clone()))
    });
    filled_in.chain(sent).collect()
}

fn shown(plan: &VerifiedPlan, tongue: Tongue, attr: AttrId, value: &Value) -> String {
    let text = text_of(plan, tongue, attr, value);
    if plan.attributes[attr.index()].private { mask(&text) } else { text }
}

fn text_of(plan: &VerifiedPlan, tongue: Tongue, attr: AttrId, value: &Value) -> String {
    let list = plan.attributes[attr.index()].list.map(|list| &plan.lists[list.index()]);
    match (value, list) {
        (Value::Bool(yes), _) => tongue.yes_or_no(*yes).to_owned(),
        (Value::Text(text), Some(list)) => list.label(text).to_owned(),
        (Value::Many(values), Some(list)) => {
            values.iter().map(|one| list.label(one)).collect::<Vec<_>>().join(", ")
        }
        (value, _) => value.to_text().into_owned(),
    }
}
