//! The attributes of `session`: what the Messenger itself collects.

use std::sync::Arc;

use tidegate_schemas::catalog::ListValue;

use crate::analysis::Settings;
use crate::hir::{Attribute, ListType, Origin, Space, Type};

/// All attributes of `session`. Lengths are those to which the Messenger cuts what pages tell it;
/// name and address are as long as Salesforce keeps those that web visitors supply.
pub(crate) fn attributes(settings: &Settings) -> Vec<Attribute> {
    let text = |length| Type::Text(Some(length));
    [
        ("id", "Conversation", text(36)),
        ("messenger", "Messenger", messenger(settings)),
        ("email", "Claimed e-mail address", Type::Email(80)),
        ("user_id", "User id", text(255)),
        ("name", "Claimed name", text(80)),
        ("language", "Language", text(35)),
        ("page", "Page", Type::Url(2048)),
        ("referrer", "Referrer", Type::Url(2048)),
        ("summary", "Summary", text(4000)),
        ("transcript", "Transcript", Type::Text(None)),
    ]
    .into_iter()
    .map(|(name, label, ty)| Attribute {
        space: Space::Session,
        name: name.to_owned(),
        label: label.to_owned(),
        ty,
        origin: Origin::Session,
        default: None,
        descriptions: Vec::new(),
        declared: None,
    })
    .collect()
}

fn messenger(settings: &Settings) -> Type {
    if settings.messengers.is_empty() {
        return Type::Text(Some(80));
    }
    let value = |name: &String| ListValue {
        value: name.clone(),
        label: name.clone(),
        active: true,
        default: false,
        valid_for: None,
    };
    Type::List(Arc::new(ListType {
        name: "session.messenger".to_owned(),
        open: false,
        controller: None,
        values: settings.messengers.iter().map(value).collect(),
    }))
}
