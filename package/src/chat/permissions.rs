//! Who sees what the flow writes.

use std::collections::BTreeSet;

use super::{Chat, SESSION};
use crate::xml::{document, flag, leaf, node, root};
use crate::{Component, File};

/// Its API name.
pub(crate) const NAME: &str = "Tidegate_Chat";

/// A set of its own: the runtime's user has no licence for messaging, and needs none.
pub(crate) fn set(chats: &[Chat]) -> Component {
    let fields: BTreeSet<&str> =
        chats.iter().flat_map(Chat::fields).map(|(_, field, _)| field).collect();
    let fields = fields.into_iter().map(|field| {
        let elements = vec![
            flag("editable", true),
            leaf("field", format!("{SESSION}.{field}")),
            flag("readable", true),
        ];
        node("fieldPermissions", elements)
    });
    let keys: BTreeSet<&str> = chats.iter().filter_map(Chat::key_field).collect();
    let keys = keys.into_iter().map(|field| {
        let elements = vec![
            flag("editable", false),
            leaf("field", format!("Case.{field}")),
            flag("readable", true),
        ];
        node("fieldPermissions", elements)
    });
    let flows: BTreeSet<&str> = chats.iter().map(|chat| chat.flow.as_str()).collect();
    let flows = flows
        .into_iter()
        .map(|flow| node("flowAccesses", vec![flag("enabled", true), leaf("flow", flow)]));
    let about =
        "What Tidegate's routing flows write on chats: for agents, and for whoever they run as.";
    let mut elements = vec![leaf("description", about)];
    elements.extend(keys);
    elements.extend(fields);
    elements.extend(flows);
    elements.push(flag("hasActivationRequired", false));
    elements.push(leaf("label", "Tidegate Chat"));
    let path = format!("force-app/main/default/permissionsets/{NAME}.permissionset-meta.xml");
    Component {
        kind: "PermissionSet",
        member: NAME.to_owned(),
        file: File { path, text: document(&root("PermissionSet", elements)) },
    }
}
