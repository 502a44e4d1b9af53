//! The messaging channel with its parameters, and the deployment by which a custom client reaches it.

use super::names::label;
use super::{Chat, Parameter};
use crate::xml::{Element, document, flag, leaf, node, root};
use crate::{Component, File};

/// Megabytes that a file from a customer to agents may have: as many as channels take at first.
pub(crate) const LARGEST_FILE_MB: u8 = 5;

/// The channel: its parameters, each handed to the flow's variable of the same name.
pub(crate) fn channel(chat: &Chat) -> Component {
    let mut elements: Vec<Element> = chat.parameters.iter().map(parameter).collect();
    elements.extend([
        leaf("description", "Chats that Tidegate hands off to agents."),
        node("embeddedConfig", embedded()),
        flag("isQueuePositionEnabled", true),
        leaf("masterLabel", label(&chat.channel)),
        leaf("messagingChannelType", "EmbeddedMessaging"),
        leaf("sessionHandlerFlow", &chat.flow),
        leaf("sessionHandlerQueue", &chat.queue.name),
        leaf("sessionHandlerType", "Flow"),
    ]);
    let standard = chat.standard.iter();
    elements.extend(
        standard.map(|kind| node("standardParameters", vec![leaf("parameterType", *kind)])),
    );
    let name = &chat.channel;
    let path = format!("force-app/main/default/messagingChannels/{name}.messagingChannel-meta.xml");
    Component {
        kind: "MessagingChannel",
        member: name.clone(),
        file: File { path, text: document(&root("MessagingChannel", elements)) },
    }
}

/// Guests, who may send files.
fn embedded() -> Vec<Element> {
    vec![
        leaf("authMode", "UnAuth"),
        flag("isAttachmentUploadEnabled", true),
        leaf("maxFileSize", LARGEST_FILE_MB.to_string()),
    ]
}

/// The key on the wire stands as the outer name, the API name where it is one; the others' keys are
/// no API names.
fn parameter(its: &Parameter) -> Element {
    let mapping = its
        .target
        .iter()
        .map(|_| node("actionParameterMappings", vec![leaf("actionParameterName", &its.name)]));
    let rest = [
        leaf("externalParameterName", &its.key),
        leaf("masterLabel", label(&its.name)),
        leaf("maxLength", its.max_length.to_string()),
        leaf("name", &its.name),
        leaf("parameterDataType", "String"),
    ];
    node("customParameters", mapping.chain(rest).collect())
}

/// The deployment, with a hidden form of all parameters: whether a custom client needs the form is not
/// documented, and it does no harm.
pub(crate) fn deployment(chat: &Chat) -> Component {
    let name = &chat.deployment;
    let fields = (1..).zip(&chat.parameters).map(|(order, its): (u32, _)| {
        let elements = vec![
            leaf("displayOrder", order.to_string()),
            leaf("formField", &its.name),
            leaf("formFieldType", "Text"),
            flag("isHidden", true),
            flag("isRequired", false),
            leaf("messagingChannelParameterType", "Custom"),
        ];
        node("embeddedServiceFormFields", elements)
    });
    let mut form = vec![leaf("displayContext", "Conversation")];
    form.extend(fields);
    form.push(flag("isActive", true));
    let bound = vec![
        flag("isEnabled", true),
        leaf("messagingChannel", &chat.channel),
        flag("shouldShowAgentforceTagline", false),
        flag("shouldShowDeliveryReceipts", true),
        flag("shouldShowEmojiSelection", false),
        flag("shouldShowReadReceipts", true),
        flag("shouldShowTypingIndicators", true),
        flag("shouldStartNewLineOnEnter", false),
    ];
    let mut elements =
        vec![leaf("deploymentFeature", "EmbeddedMessaging"), leaf("deploymentType", "API")];
    if !chat.parameters.is_empty() {
        elements.push(node("embeddedServiceForms", form));
    }
    elements.extend([
        node("embeddedServiceMessagingChannel", bound),
        flag("isEnabled", true),
        leaf("masterLabel", label(name)),
    ]);
    let path = format!(
        "force-app/main/default/EmbeddedServiceConfig/{name}.EmbeddedServiceConfig-meta.xml"
    );
    Component {
        kind: "EmbeddedServiceConfig",
        member: name.clone(),
        file: File { path, text: document(&root("EmbeddedServiceConfig", elements)) },
    }
}
