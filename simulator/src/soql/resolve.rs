//! Names of a query to fields of the schema.

use super::ast::Path;
use crate::org::schema::{FieldSchema, ObjectSchema, Schema};
use crate::org::{ErrorCode, Refusal};

/// What can be read of an owner without knowing whether it is a user or a queue.
const NAME_FIELDS: [&str; 9] =
    ["Id", "Name", "Type", "Email", "Username", "FirstName", "LastName", "Alias", "IsActive"];

/// A path that has been found in the schema.
#[derive(Debug, Clone)]
pub(super) struct Column<'a> {
    /// The references that lead to the field's row.
    pub(super) hops: Vec<&'a FieldSchema>,
    /// What is read there.
    pub(super) end: End<'a>,
}

#[derive(Debug, Clone)]
pub(super) enum End<'a> {
    /// A field of a known object.
    Field(&'a ObjectSchema, &'a FieldSchema),
    /// A field of whatever the last hop points to.
    Named(&'static str),
}

impl Column<'_> {
    /// Its name in answers and messages.
    pub(super) fn name(&self) -> &str {
        match self.end {
            End::Field(_, field) => &field.name,
            End::Named(name) => name,
        }
    }
}

/// Finds a path, starting at an object.
pub(super) fn resolve<'a>(
    schema: &'a Schema,
    from: &'a ObjectSchema,
    path: &Path,
    text: &str,
) -> Result<Column<'a>, Refusal> {
    let names = skip_own_name(from, &path.names);
    let (last, relationships) =
        names.split_last().ok_or_else(|| no_column(text, path, "", from))?;
    let mut hops: Vec<&FieldSchema> = Vec::new();
    let mut object = Some(from);
    for relationship in relationships {
        let reference = object.and_then(|object| object.relationship(relationship));
        let reference = reference.ok_or_else(|| no_relationship(text, path, relationship))?;
        object = match reference.to.as_slice() {
            [only] => {
                let target = schema.object(only);
                Some(target.ok_or_else(|| no_relationship(text, path, relationship))?)
            }
            _ => None,
        };
        hops.push(reference);
    }
    let end = match object {
        Some(object) => object.field(last).map(|field| End::Field(object, field)),
        None => NAME_FIELDS.iter().find(|n| n.eq_ignore_ascii_case(last)).map(|n| End::Named(n)),
    };
    let end = end.ok_or_else(|| no_column(text, path, last, object.unwrap_or(from)))?;
    Ok(Column { hops, end })
}

/// `Case.Subject` in a query of Cases is `Subject`.
fn skip_own_name<'n>(from: &ObjectSchema, names: &'n [String]) -> &'n [String] {
    match names {
        [first, rest @ ..] if !rest.is_empty() && first.eq_ignore_ascii_case(&from.name) => {
            if from.relationship(first).is_none() { rest } else { names }
        }
        _ => names,
    }
}

/// The message with the line and column that the real one shows above it.
pub(super) fn located(text: &str, at: usize, message: &str) -> String {
    let before = text.get(..at).unwrap_or(text);
    let row = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let line = text.lines().nth(row - 1).unwrap_or_default();
    let pointer = " ".repeat(column - 1);
    format!("\n{line}\n{pointer}^\nERROR at Row:{row}:Column:{column}\n{message}")
}

fn no_column(text: &str, path: &Path, name: &str, object: &ObjectSchema) -> Refusal {
    let message = format!(
        "No such column '{name}' on entity '{}'. If you are attempting to use a custom field, be \
         sure to append the '__c' after the custom field name. Please reference your WSDL or the \
         describe call for the appropriate names.",
        object.name
    );
    Refusal::request(ErrorCode::InvalidField, located(text, path.at, &message))
}

fn no_relationship(text: &str, path: &Path, name: &str) -> Refusal {
    let message = format!(
        "Didn't understand relationship '{name}' in field path. If you are attempting to use a \
         custom relationship, be sure to append the '__r' after the custom relationship name. \
         Please reference your WSDL or the describe call for the appropriate names."
    );
    Refusal::request(ErrorCode::InvalidField, located(text, path.at, &message))
}
