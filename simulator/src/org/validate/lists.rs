//! Lists: membership where they are restricted, and dependencies.

use crate::org::draft::Draft;
use crate::org::records::Row;
use crate::org::refusal::{ApiError, ErrorCode, Refusal};
use crate::org::schema::{FieldSchema, FieldType, List, ObjectSchema};
use crate::org::value::Value;

/// The value in the org's spelling; several in the list's order.
///
/// An unrestricted list takes any value, as the API does.
pub(super) fn canonical(field: &FieldSchema, list: &List, text: &str) -> Result<String, ApiError> {
    if field.field_type != FieldType::Multipicklist {
        return one(field, list, text);
    }
    let mut chosen = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let value = one(field, list, part)?;
        if !chosen.contains(&value) {
            chosen.push(value);
        }
    }
    let place = |value: &String| list.values.iter().position(|entry| entry.value == *value);
    chosen.sort_by_key(|value| place(value).unwrap_or(usize::MAX));
    Ok(chosen.join(";"))
}

fn one(field: &FieldSchema, list: &List, text: &str) -> Result<String, ApiError> {
    match list.entry(text) {
        Some(entry) if entry.active || !list.restricted => Ok(entry.value.clone()),
        None if !list.restricted => Ok(text.to_owned()),
        _ => Err(bad_value(field, text)),
    }
}

fn bad_value(field: &FieldSchema, text: &str) -> ApiError {
    let message = format!("{}: bad value for restricted picklist field: {text}", field.label);
    ApiError::at(ErrorCode::InvalidOrNullForRestrictedPicklist, &field.name, message)
}

/// Holds the values of restricted lists to the row's record type, where either is new.
pub(super) fn check_record_type(
    draft: &Draft<'_>,
    object: &ObjectSchema,
    row: &Row,
    touched: &[&FieldSchema],
) -> Result<(), Refusal> {
    let record_type = row.get("RecordTypeId").as_id();
    let record_type = record_type.and_then(|id| draft.get("RecordType", id));
    let known = record_type.and_then(|row| object.record_type(row));
    let Some(known) = known else { return Ok(()) };
    let retyped = touched.iter().any(|field| field.name == "RecordTypeId");
    let fields = object.fields.iter().filter(|field| {
        let concerned = retyped || touched.iter().any(|touched| touched.name == field.name);
        concerned && object.list(field).is_some_and(|list| list.restricted)
    });
    let mut errors = Vec::new();
    for field in fields {
        let chosen = row.get(&field.name).as_text().unwrap_or_default();
        let parts = chosen.split(';').filter(|part| !part.is_empty());
        errors.extend(
            parts.filter(|part| !known.allows(field, part)).map(|part| bad_value(field, part)),
        );
    }
    Refusal::unless_empty(errors)
}

/// Holds the values of restricted dependent lists to their controllers.
pub(super) fn check_dependencies(
    object: &ObjectSchema,
    row: &Row,
    touched: &[&FieldSchema],
) -> Result<(), Refusal> {
    for field in &object.fields {
        let Some(controller) = field.controller.as_deref().and_then(|name| object.field(name))
        else {
            continue;
        };
        let concerned = touched.iter().any(|t| t.name == field.name || t.name == controller.name);
        let Some(list) = object.list(field).filter(|list| list.restricted && concerned) else {
            continue;
        };
        let controlling = match row.get(&controller.name) {
            Value::Text(text) => Some(text.clone()),
            Value::Flag(flag) => Some(flag.to_string()),
            _ => None,
        };
        let value = row.get(&field.name).as_text();
        // A value may stand several times, each time for other values of the controller.
        let unfit = value.and_then(|value| list.entry(value)).is_some_and(|known| {
            let mut same = list.values.iter().filter(|entry| entry.value == known.value);
            !same.any(|entry| entry.fits(controlling.as_deref()))
        });
        if unfit {
            return Err(Refusal::save(misfit(field, controller, value, controlling)));
        }
    }
    Ok(())
}

fn misfit(
    field: &FieldSchema,
    controller: &FieldSchema,
    value: Option<&str>,
    controlling: Option<String>,
) -> ApiError {
    let message = format!(
        "{}: value not valid for the controlling field: {} ({}: {})",
        field.label,
        value.unwrap_or_default(),
        controller.label,
        controlling.unwrap_or_default()
    );
    ApiError::at(ErrorCode::FieldIntegrityException, &field.name, message)
}
