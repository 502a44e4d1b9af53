//! Fields: the one that carries the key of a Case, and those that show agents what goes along.

use super::chat::SESSION;
use super::xml::{Element, document, flag, leaf, root};
use super::{Component, File, KEY_FIELD};

/// The object whose records are to come only once.
const OBJECT: &str = "Case";

/// A text of 36 characters, unique and an external id, case-sensitive as keys are.
pub(crate) fn key() -> Component {
    let elements = vec![
        leaf("fullName", KEY_FIELD),
        flag("caseSensitive", true),
        leaf("description", "Tidegate's key of the request that created this record."),
        flag("externalId", true),
        leaf("label", "Tidegate Key"),
        leaf("length", "36"),
        flag("required", false),
        leaf("type", "Text"),
        flag("unique", true),
    ];
    custom(OBJECT, KEY_FIELD, elements)
}

/// A text on the record of a chat, for the value under a key.
pub(crate) fn of_session(name: &str, label: &str, key: &str, length: u32) -> Component {
    let elements = vec![
        leaf("fullName", name),
        leaf("description", format!("What Tidegate sends along under the key {key}.")),
        leaf("label", label),
        leaf("length", length.to_string()),
        flag("required", false),
        leaf("type", "Text"),
    ];
    custom(SESSION, name, elements)
}

fn custom(object: &str, name: &str, elements: Vec<Element>) -> Component {
    let path = format!("force-app/main/default/objects/{object}/fields/{name}.field-meta.xml");
    Component {
        kind: "CustomField",
        member: format!("{object}.{name}"),
        file: File { path, text: document(&root("CustomField", elements)) },
    }
}
