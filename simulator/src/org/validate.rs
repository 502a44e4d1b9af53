//! What the org demands of a row before it saves it.

mod lists;
mod references;
mod rules;

use email_address::{EmailAddress, Options};

use super::body::Saving;
use super::draft::Draft;
use super::records::Row;
use super::refusal::{ApiError, ErrorCode, Refusal};
use super::schema::{FieldSchema, FieldType, ObjectSchema};
use super::value::Value;

/// Checks a row that a client makes or changes, and brings its lists into the org's form.
///
/// `touched` are the fields that the client sent; of an existing row only these are held to the rules.
pub(super) fn check(
    draft: &Draft<'_>,
    object: &ObjectSchema,
    row: &mut Row,
    touched: &[&FieldSchema],
    saving: Saving,
) -> Result<(), Refusal> {
    check_required(object, row, touched, saving)?;
    let mut errors = Vec::new();
    for field in touched {
        if let Err(error) = check_value(draft, object, field, row) {
            errors.push(error);
        }
    }
    Refusal::unless_empty(errors)?;
    lists::check_dependencies(object, row, touched)?;
    lists::check_record_type(draft, object, row, touched)?;
    rules::check(draft, object, row)?;
    check_unique(draft, object, row)
}

/// Whether two values of a key mean the same record; text compares without case.
pub(crate) fn same_key(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Text(one), Value::Text(other)) => one.to_lowercase() == other.to_lowercase(),
        _ => one == other,
    }
}

fn check_required(
    object: &ObjectSchema,
    row: &Row,
    touched: &[&FieldSchema],
    saving: Saving,
) -> Result<(), Refusal> {
    let missing = object.fields.iter().filter(|field| {
        let held =
            saving == Saving::New || touched.iter().any(|touched| touched.name == field.name);
        field.createable() && !field.nillable() && held && row.get(&field.name).is_null()
    });
    let missing: Vec<_> = missing
        .filter(|field| field.field_type != FieldType::Boolean)
        .map(|field| field.name.clone())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("Required fields are missing: [{}]", missing.join(", "));
    Err(Refusal::save(ApiError::of(ErrorCode::RequiredFieldMissing, missing, message)))
}

fn check_value(
    draft: &Draft<'_>,
    object: &ObjectSchema,
    field: &FieldSchema,
    row: &mut Row,
) -> Result<(), ApiError> {
    match row.get(&field.name).clone() {
        Value::Text(text) => {
            if let Some(list) = object.list(field) {
                let canonical = lists::canonical(field, list, &text)?;
                row.set(&field.name, Value::Text(canonical));
            }
            check_text(field, &text)
        }
        Value::Id(id) => references::check(draft, object, field, &id),
        _ => Ok(()),
    }
}

fn check_text(field: &FieldSchema, text: &str) -> Result<(), ApiError> {
    // Salesforce counts as its Java servers do: a character beyond the basic plane counts twice.
    let length = text.encode_utf16().count();
    if field.length > 0 && length > field.length as usize {
        let message =
            format!("{}: data value too large: {text} (max length={})", field.label, field.length);
        return Err(ApiError::at(ErrorCode::StringTooLong, &field.name, message));
    }
    if field.field_type == FieldType::Email && !is_email(text) {
        let message = format!("{}: invalid email address: {text}", field.label);
        return Err(ApiError::at(ErrorCode::InvalidEmailAddress, &field.name, message));
    }
    Ok(())
}

fn is_email(text: &str) -> bool {
    let options =
        Options::default().with_required_tld().without_display_text().without_domain_literal();
    EmailAddress::parse_with_options(text, options).is_ok()
}

fn check_unique(draft: &Draft<'_>, object: &ObjectSchema, row: &Row) -> Result<(), Refusal> {
    for field in object.fields.iter().filter(|field| field.unique) {
        let value = row.get(&field.name);
        let other = draft
            .base()
            .rows(&object.name)
            .find(|other| other.id != row.id && same_key(other.get(&field.name), value));
        if let Some(other) = other {
            let message = format!(
                "duplicate value found: {} duplicates value on record with id: {}",
                field.name,
                other.id.short()
            );
            let error = ApiError::of(ErrorCode::DuplicateValue, Vec::new(), message);
            return Err(Refusal::save(error));
        }
    }
    Ok(())
}
