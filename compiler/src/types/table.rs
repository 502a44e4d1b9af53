//! What each Salesforce field type means in Tide.

use std::sync::Arc;

use tidegate_schemas::catalog::{Field, FieldKind, List};

use crate::hir::{ListType, Type};

/// The id type of a lookup that may point to several objects.
pub(crate) const ANY_OBJECT: &str = "";

/// The type of a field of an object.
pub(crate) fn field_type(object: &str, field: &Field) -> Type {
    let list = |list: &List| Arc::new(list_type(object, &field.name, list));
    match &field.kind {
        FieldKind::Id => Type::Id(object.to_owned()),
        FieldKind::String { length }
        | FieldKind::TextArea { length, .. }
        | FieldKind::Combobox { length }
        | FieldKind::EncryptedString { length } => Type::Text(Some(*length)),
        FieldKind::Boolean => Type::Bool,
        FieldKind::Int { digits } => Type::Number { precision: *digits, scale: 0 },
        FieldKind::Double(decimals)
        | FieldKind::Currency(decimals)
        | FieldKind::Percent(decimals) => {
            Type::Number { precision: decimals.precision, scale: decimals.scale }
        }
        FieldKind::Date => Type::Date,
        FieldKind::DateTime => Type::DateTime,
        FieldKind::Time => Type::Time,
        FieldKind::Email { length } => Type::Email(*length),
        FieldKind::Phone { length } => Type::Phone(*length),
        FieldKind::Url { length } => Type::Url(*length),
        FieldKind::Picklist(values) => Type::List(list(values)),
        FieldKind::MultiPicklist(values) => Type::MultiList(list(values)),
        FieldKind::Reference { to, .. } => match to.as_slice() {
            [one] => Type::Id(one.clone()),
            _ => Type::Id(ANY_OBJECT.to_owned()),
        },
        FieldKind::Address | FieldKind::Location | FieldKind::Base64 | FieldKind::Opaque { .. } => {
            Type::Opaque
        }
    }
}

fn list_type(object: &str, field: &str, list: &List) -> ListType {
    ListType {
        name: format!("{object}.{field}"),
        open: !list.restricted,
        controller: list.controller.clone(),
        values: list.values.clone(),
    }
}

/// Whether `sync *` brings the field: everything but compound values, files and unknown types,
/// whose parts (or nothing) can be read.
pub(crate) fn comes_with_star(field: &Field) -> bool {
    !matches!(
        field.kind,
        FieldKind::Address | FieldKind::Location | FieldKind::Base64 | FieldKind::Opaque { .. }
    )
}

/// Whether the field is synced whatever a map says: `Id`, `Name`, and what every record must have.
pub(crate) fn always_comes(field: &Field) -> bool {
    matches!(field.name.as_str(), "Id" | "Name") || field.required_on_create()
}

/// Characters at most, for types that are stored as text.
pub(crate) fn text_length(ty: &Type) -> Option<u32> {
    match ty {
        Type::Text(length) => *length,
        Type::Email(length) | Type::Phone(length) | Type::Url(length) => Some(*length),
        Type::Id(_) => Some(18),
        Type::List(list) => longest(list.values.iter().map(|value| value.value.as_str())),
        _ => None,
    }
}

/// The longest of some texts, in UTF-16 code units.
pub(crate) fn longest<'a>(texts: impl Iterator<Item = &'a str>) -> Option<u32> {
    texts.map(|text| u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)).max()
}
