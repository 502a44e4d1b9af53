//! Reading the body of a create or an update: names, permissions, types.

use serde_json::{Map, Value as Json};

use super::draft::Draft;
use super::refusal::{ApiError, ErrorCode, Refusal};
use super::schema::{FieldSchema, ObjectSchema};
use super::value::{Unreadable, Value};

/// Whether a row is made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saving {
    /// Made.
    New,
    /// Changed.
    Existing,
}

/// The values of a body, by the names that the schema gives the fields.
pub(super) type Values<'a> = Vec<(&'a FieldSchema, Value)>;

/// Reads a body; a fault of the body as such comes before any fault of a value.
pub(super) fn read<'a>(
    draft: &Draft<'_>,
    object: &'a ObjectSchema,
    body: &Map<String, Json>,
    saving: Saving,
) -> Result<Values<'a>, Refusal> {
    let mut values = Values::new();
    for (name, json) in body.iter().filter(|(name, _)| *name != "attributes") {
        let (field, json) = match (object.field(name), object.relationship(name), json) {
            (Some(field), _, _) => (field, json.clone()),
            (None, Some(field), Json::Object(key)) => (field, referenced(draft, field, key)?),
            _ => return Err(Refusal::no_column(name, &object.name)),
        };
        values.push((field, parse(field, &json)?));
    }
    check_access(&values, saving)?;
    Ok(values)
}

fn check_access(values: &Values<'_>, saving: Saving) -> Result<(), Refusal> {
    if values.iter().any(|(field, _)| field.name == "Id") {
        let message = "The Id field should not be specified in the sobject data.";
        return Err(Refusal::request(ErrorCode::InvalidField, message));
    }
    let locked = values.iter().filter(|(field, _)| match saving {
        Saving::New => !field.createable(),
        Saving::Existing => !field.updateable(),
    });
    let locked: Vec<_> = locked.map(|(field, _)| field.name.clone()).collect();
    if locked.is_empty() {
        return Ok(());
    }
    let message = format!(
        "Unable to create/update fields: {}. Please check the security settings of this field \
         and verify that it is read/write for your profile or permission set.",
        locked.join(", ")
    );
    Err(Refusal::save(ApiError::of(ErrorCode::InvalidFieldForInsertUpdate, locked, message)))
}

fn parse(field: &FieldSchema, json: &Json) -> Result<Value, Refusal> {
    Value::read(field, json).map_err(|unreadable| match unreadable {
        Unreadable::Parse { expected, token, found } => Refusal::request(
            ErrorCode::JsonParserError,
            format!(
                "Cannot deserialize instance of {expected} from {token} value {found} or request \
                 may be missing a required field"
            ),
        ),
        Unreadable::Id(text) => Refusal::save(ApiError::at(
            ErrorCode::MalformedId,
            &field.name,
            format!("{}: id value of incorrect type: {text}", field.label),
        )),
        Unreadable::Range(text) => Refusal::save(ApiError::at(
            ErrorCode::NumberOutsideValidRange,
            &field.name,
            format!("{}: value outside of valid range on numeric field: {text}", field.label),
        )),
        Unreadable::Blank => Refusal::save(ApiError::at(
            ErrorCode::InvalidTypeOnFieldInRecord,
            &field.name,
            format!("{}: value not of required type: null", field.label),
        )),
    })
}

/// The id of the row that a nested object names by an external id.
fn referenced(
    draft: &Draft<'_>,
    field: &FieldSchema,
    key: &Map<String, Json>,
) -> Result<Json, Refusal> {
    let named = key.get("attributes").and_then(|a| a.get("type")).and_then(Json::as_str);
    let target = match (named, field.to.as_slice()) {
        (Some(named), _) => field.to.iter().find(|to| to.eq_ignore_ascii_case(named)),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let target = target.and_then(|name| draft.schema.object(name));
    let mut keys = key.iter().filter(|(name, _)| *name != "attributes");
    let (Some(target), Some((name, value)), None) = (target, keys.next(), keys.next()) else {
        let message = "A reference by external id needs the object's type and exactly one field";
        return Err(Refusal::request(ErrorCode::JsonParserError, message));
    };
    let lookup = target.field(name).filter(|lookup| lookup.id_lookup());
    let lookup = lookup.ok_or_else(|| Refusal::no_column(name, &target.name))?;
    let wanted = parse(lookup, value)?;
    let found = draft.base().rows(&target.name).find(|row| {
        let stored = super::derive::read(draft.base(), target, lookup, row);
        super::validate::same_key(&stored, &wanted)
    });
    found.map(|row| Json::String(row.id.to_string())).ok_or_else(|| {
        let message = format!(
            "Foreign key external ID: {} not found for field {} in entity {}",
            wanted.shown(),
            lookup.name,
            target.name
        );
        Refusal::save(ApiError::of(ErrorCode::InvalidField, Vec::new(), message))
    })
}
