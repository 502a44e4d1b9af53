//! A queue for chats, and how its chats are given to agents.

use super::names::label;
use super::{Queue, SESSION};
use crate::xml::{document, flag, leaf, node, root};
use crate::{Component, File};

/// A queue that is not there yet. Who works in it is the admin's to say.
pub(crate) fn components(queue: &Queue) -> [Component; 2] {
    let name = &queue.name;
    let elements = vec![
        leaf("description", "Chats that Tidegate hands off to agents."),
        flag("doesSendEmailToMembers", false),
        leaf("name", label(name)),
        leaf("queueRoutingConfig", name),
        node("queueSobject", vec![leaf("sobjectType", SESSION)]),
    ];
    let path = format!("force-app/main/default/queues/{name}.queue-meta.xml");
    let its = Component {
        kind: "Queue",
        member: name.clone(),
        file: File { path, text: document(&root("Queue", elements)) },
    };
    let elements = vec![
        leaf("capacityWeight", "1.0"),
        flag("isAttributeBased", false),
        leaf("label", label(name)),
        leaf("routingModel", "MOST_AVAILABLE"),
        leaf("routingPriority", "1"),
    ];
    let path =
        format!("force-app/main/default/queueRoutingConfigs/{name}.queueRoutingConfig-meta.xml");
    let routing = Component {
        kind: "QueueRoutingConfig",
        member: name.clone(),
        file: File { path, text: document(&root("QueueRoutingConfig", elements)) },
    };
    [its, routing]
}
