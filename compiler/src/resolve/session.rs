//! The attributes of `session`: what the Messenger itself collects.

use std::sync::Arc;

use tidegate_schemas::catalog::ListValue;

use crate::analysis::Settings;
use crate::hir::{Attribute, ListType, Literal, Origin, Space, Type};

/// All attributes of `session`. Lengths are those to which the Messenger cuts what pages tell it;
/// name and address are as long as Salesforce keeps those that web visitors supply.
pub(crate) fn attributes(settings: &Settings) -> Vec<Attribute> {
    let text = |length| Type::Text(Some(length));
    let fixed = [
        ("id", "Conversation", text(36)),
        ("messenger", "Messenger", messenger(settings)),
        ("email", "Claimed e-mail address", Type::Email(80)),
        ("user_id", "User id", text(255)),
        ("name", "Claimed name", text(80)),
        ("language", "Language", text(35)),
        ("time_zone", "Time zone", text(64)),
        ("page", "Page", Type::Url(2048)),
        ("referrer", "Referrer", Type::Url(2048)),
        ("browser", "Browser", text(40)),
        ("browser_version", "Browser version", text(20)),
        ("os", "Operating system", text(40)),
        ("country", "Country", text(2)),
        ("first_seen", "First seen", Type::DateTime),
        ("last_seen", "Last seen", Type::DateTime),
        ("visits", "Visits", Type::Number { precision: 9, scale: 0 }),
        ("resolution", "Resolution", Type::List(list("resolution", RESOLUTIONS.into_iter()))),
        ("summary", "Summary", text(4000)),
    ];
    let fixed = fixed.into_iter().map(|(name, label, ty)| attribute(name, label, ty));
    fixed.chain(spoken(settings)).collect()
}

fn attribute(name: &str, label: &str, ty: Type) -> Attribute {
    Attribute {
        space: Space::Session,
        name: name.to_owned(),
        label: label.to_owned(),
        ty,
        origin: Origin::Session,
        private: false,
        default: None,
        descriptions: Vec::new(),
        declared: None,
    }
}

/// The name of the language that the conversation is held in.
pub(crate) const SPOKEN: &str = "spoken";

/// The language that the conversation is held in, where the project has any. It is never blank: the
/// first one stands for those that the project does not have.
fn spoken(settings: &Settings) -> Option<Attribute> {
    let first = settings.languages.first()?;
    let languages = list(SPOKEN, settings.languages.iter().map(String::as_str));
    let spoken = attribute(SPOKEN, "Language of the conversation", Type::List(languages));
    Some(Attribute { default: Some(Literal::Text(first.clone())), ..spoken })
}

/// How the visitor's conversation before this one ended.
const RESOLUTIONS: [&str; 6] = ["case", "ended", "abandoned", "confirmed", "assumed", "unresolved"];

fn messenger(settings: &Settings) -> Type {
    if settings.messengers.is_empty() {
        return Type::Text(Some(80));
    }
    Type::List(list("messenger", settings.messengers.iter().map(String::as_str)))
}

fn list<'a>(name: &str, values: impl Iterator<Item = &'a str>) -> Arc<ListType> {
    let value = |name: &str| ListValue {
        value: name.to_owned(),
        label: name.to_owned(),
        active: true,
        default: false,
        valid_for: None,
    };
    Arc::new(ListType {
        name: format!("session.{name}"),
        open: false,
        controller: None,
        values: values.map(value).collect(),
    })
}
