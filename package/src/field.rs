//! The field that carries the key of a Case.

use super::xml::{document, flag, leaf, root};
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
    let path = format!("force-app/main/default/objects/{OBJECT}/fields/{KEY_FIELD}.field-meta.xml");
    Component {
        kind: "CustomField",
        member: format!("{OBJECT}.{KEY_FIELD}"),
        file: File { path, text: document(&root("CustomField", elements)) },
    }
}
