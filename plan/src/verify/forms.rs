//! Forms: each line sets a slot of its own, of the type that its input gives.

use std::collections::BTreeMap;

use regex::Regex;
use rust_decimal::prelude::ToPrimitive as _;

use super::{Verified, refuse, whole_pattern, within};
use crate::model::{ConstId, FieldWords, Form, FormField, FormFile, Input, Plan, Space};
use crate::value::{Value, ValueType};

/// Steps at most of a rating.
const MAX_SCALE: i64 = 10;

/// Files at most that one form asks for.
pub const MOST_FILES: usize = 10;

const TABLE: &str = "form";

/// The patterns of all forms, by line.
pub(super) fn check(plan: &Plan) -> Verified<Vec<Vec<Option<Regex>>>> {
    let mut compiled = BTreeMap::new();
    let forms = plan.forms.iter().enumerate();
    forms.map(|(at, form)| check_form(plan, at, form, &mut compiled)).collect()
}

/// Patterns by their texts: a project has few, in many lines.
type Compiled<'p> = BTreeMap<&'p str, Regex>;

fn check_form<'p>(
    plan: &'p Plan,
    at: usize,
    form: &'p Form,
    compiled: &mut Compiled<'p>,
) -> Verified<Vec<Option<Regex>>> {
    if let Some(title) = form.title {
        within(TABLE, at, title.0, plan.expressions.len(), "expression")?;
    }
    let mut patterns = Vec::with_capacity(form.fields.len());
    for (position, field) in form.fields.iter().enumerate() {
        if form.fields[..position].iter().any(|before| before.attr == field.attr) {
            return refuse("plan.form", TABLE, at, "two lines for one attribute");
        }
        check_field(plan, at, field)?;
        let pattern = field.matches.as_ref();
        patterns.push(pattern.map(|(text, _)| compile(at, text, compiled)).transpose()?);
    }
    for (position, file) in form.files.iter().enumerate() {
        if form.files[..position].iter().any(|before| before.name == file.name) {
            return refuse("plan.form", TABLE, at, "two files of one name");
        }
        check_file(plan, at, file)?;
    }
    if form.files.len() > MOST_FILES {
        return refuse("plan.form", TABLE, at, format!("more than {MOST_FILES} files"));
    }
    Ok(patterns)
}

fn check_file(plan: &Plan, at: usize, file: &FormFile) -> Verified {
    if !FormFile::is_name(&file.name) {
        return refuse("plan.form", TABLE, at, format!("a file named {:?}", file.name));
    }
    if file.words.iter().any(|words| words.message.is_some()) {
        return refuse("plan.form", TABLE, at, "words about the pattern of a file");
    }
    check_words(plan, at, &file.words)
}

fn compile<'p>(at: usize, pattern: &'p str, compiled: &mut Compiled<'p>) -> Verified<Regex> {
    if let Some(known) = compiled.get(pattern) {
        return Ok(known.clone());
    }
    let fresh = whole_pattern(TABLE, at, pattern)?;
    compiled.insert(pattern, fresh.clone());
    Ok(fresh)
}

fn check_field(plan: &Plan, at: usize, field: &FormField) -> Verified {
    within(TABLE, at, field.attr.0, plan.attributes.len(), "attribute")?;
    let attribute = &plan.attributes[field.attr.index()];
    if matches!(attribute.space, Space::Session | Space::Let) {
        return refuse("plan.form", TABLE, at, format!("sets {}", attribute.path()));
    }
    if !takes(field.input, attribute.ty, attribute.list.is_some()) {
        let what = format!("an input that does not give {}'s type", attribute.path());
        return refuse("plan.type", TABLE, at, what);
    }
    if field.matches.is_some() && !attribute.ty.is_text() {
        return refuse("plan.type", TABLE, at, "a pattern for what is no text");
    }
    check_words(plan, at, &field.words)?;
    check_limit(plan, at, attribute.ty, field.min)?;
    check_limit(plan, at, attribute.ty, field.max)?;
    if field.input == Input::Rating { check_scale(plan, at, field) } else { Ok(()) }
}

/// Words in languages that a conversation can be held in, each once.
fn check_words(plan: &Plan, at: usize, all: &[FieldWords]) -> Verified {
    let spoken = plan.attributes.iter().find(|attribute| attribute.is_spoken());
    let list = spoken.and_then(|spoken| plan.lists.get(spoken.list?.index()));
    for (position, words) in all.iter().enumerate() {
        let known =
            list.is_some_and(|list| list.values.iter().any(|one| one.value == words.language));
        let twice = all[..position].iter().any(|one| one.language == words.language);
        if !known || twice {
            return refuse("plan.language", TABLE, at, format!("words in {:?}", words.language));
        }
    }
    Ok(())
}

/// A scale is short enough to be shown as buttons.
fn check_scale(plan: &Plan, at: usize, field: &FormField) -> Verified {
    let whole = |limit: Option<ConstId>| match limit.map(|id| &plan.constants[id.index()]) {
        Some(Value::Number(number)) if number.is_integer() => number.to_i64(),
        _ => None,
    };
    match (whole(field.min), whole(field.max)) {
        (Some(low), Some(high)) if low < high && high.saturating_sub(low) <= MAX_SCALE => Ok(()),
        _ => refuse("plan.form", TABLE, at, "a rating without a scale"),
    }
}

fn takes(input: Input, ty: ValueType, listed: bool) -> bool {
    match input {
        Input::Line | Input::Area | Input::Email | Input::Phone | Input::Url => {
            ty.is_text() && !listed
        }
        Input::Number | Input::Rating => ty == ValueType::Number,
        Input::Checkbox => ty == ValueType::Bool,
        Input::Date => ty == ValueType::Date,
        Input::DateTime => ty == ValueType::DateTime,
        Input::Time => ty == ValueType::Time,
        Input::Select => ty == ValueType::Text && listed,
        Input::SelectMany => ty == ValueType::Many && listed,
    }
}

/// A limit is a length for text, else of the attribute's type.
fn check_limit(plan: &Plan, at: usize, ty: ValueType, limit: Option<ConstId>) -> Verified {
    let Some(limit) = limit else { return Ok(()) };
    within(TABLE, at, limit.0, plan.constants.len(), "constant")?;
    let limit = &plan.constants[limit.index()];
    let fits = match limit {
        Value::Number(length) if ty.is_text() => length.is_integer() && !length.is_sign_negative(),
        limit => limit.ty() == ty && ty.is_ordered(),
    };
    if fits { Ok(()) } else { refuse("plan.type", TABLE, at, "a limit of another type") }
}
