//! What may be written, and what a form may ask for.

use tidegate_diagnostics::codes;
use tidegate_schemas::catalog::{Field, FieldKind};

use crate::finding::Finding;
use crate::hir::{Attribute, Origin, Space, Type};
use crate::source::Loc;

/// Why nobody but the org fills a field; `None` where others may.
pub(crate) fn read_only_because(field: &Field) -> Option<&'static str> {
    if matches!(field.kind, FieldKind::Id) {
        Some("it is the record's id")
    } else if field.calculated {
        Some("it is a formula")
    } else if field.auto_number {
        Some("the org numbers it")
    } else if matches!(field.kind, FieldKind::Address | FieldKind::Location) {
        Some("it is made of other fields, which can be written one by one")
    } else if !field.createable {
        Some("only the org fills it, or the user who pulled may not")
    } else {
        None
    }
}

/// Checks that a program may set or clear an attribute.
///
/// # Errors
///
/// The finding.
pub(crate) fn settable(attribute: &Attribute, at: Loc) -> Result<(), Box<Finding>> {
    let name = attribute.path();
    if attribute.space == Space::Let {
        let mut finding =
            Finding::new(codes::LET_CHANGED, at, format!("`{name}` can't be changed"))
                .label("the value of a `let` never changes")
                .help(
                    "give another name to another value: `let … = …`; what is to change is an \
                     attribute, declared in `data conversation { … }`",
                );
        if let Some(given) = attribute.declared {
            finding = finding.also(given, "it is given here");
        }
        return Err(Box::new(finding));
    }
    if attribute.space == Space::Session {
        return Err(Box::new(
            Finding::new(codes::SESSION_READ_ONLY, at, format!("`{name}` can't be changed"))
                .label("what the Messenger collects is read only")
                .help("declare an attribute of your own with `data conversation { … }`"),
        ));
    }
    match why_not(attribute) {
        None => Ok(()),
        Some(why) => Err(Box::new(
            Finding::new(codes::NOT_WRITABLE, at, format!("`{name}` can't be written"))
                .label(why)
                .help("choose a field that can be written, or an attribute of your own"),
        )),
    }
}

fn why_not(attribute: &Attribute) -> Option<&'static str> {
    match &attribute.origin {
        Origin::Field { path, .. } if path.len() > 1 => Some("it belongs to another record"),
        Origin::Field { field, .. } => read_only_because(field),
        Origin::Own | Origin::Session | Origin::Let => None,
    }
}

/// Checks that a form may ask for an attribute.
///
/// # Errors
///
/// The finding.
pub(crate) fn askable(attribute: &Attribute, at: Loc) -> Result<(), Box<Finding>> {
    let why = match (&attribute.ty, attribute.space) {
        (_, Space::Session | Space::Let) => return settable(attribute, at),
        (Type::Id(_), _) => Some("a customer can't choose a record"),
        (Type::Duration, _) => Some("a customer can't write a span of time"),
        (Type::Opaque, _) => Some("it has no value of its own"),
        _ => why_not(attribute),
    };
    let Some(why) = why else { return Ok(()) };
    let name = attribute.path();
    Err(Box::new(
        Finding::new(codes::NOT_ASKABLE, at, format!("a form can't ask for `{name}`"))
            .label(why)
            .help("remove the line, or ask for an attribute of your own"),
    ))
}
