//! A messaging channel's metadata.

use crate::chat::deployment::{
    Attachments, AutomatedResponse, Channel, Handler, Parameter, Standard, StandardParameter,
};
use crate::chat::xml::{self, Element, child, children, flag, number, required, text};

/// A channel of a file.
#[derive(Debug, Clone)]
pub(super) struct ChannelFile {
    pub(super) channel: Channel,
}

const LONGEST_LABEL: usize = 40;

pub(super) fn read(name: &str, content: &str) -> Result<ChannelFile, String> {
    let document = xml::parse(content)?;
    let root = xml::root(&document, "MessagingChannel")?;
    let kind = required(root, "messagingChannelType")?;
    if kind != "EmbeddedMessaging" {
        return Err(format!("the local org has channels of `EmbeddedMessaging`, not `{kind}`"));
    }
    let label = required(root, "masterLabel")?;
    if label.chars().count() > LONGEST_LABEL {
        return Err(format!("`masterLabel` may have {LONGEST_LABEL} characters"));
    }
    let embedded = child(root, "embeddedConfig").ok_or("it has no `embeddedConfig`")?;
    let usual = Channel::default();
    let told = |name: &str| flag(root, name) || flag(embedded, name);
    let channel = Channel {
        name: name.to_owned(),
        label,
        verified_users: verified(embedded)?,
        keys: Vec::new(),
        parameters: children(root, "customParameters").map(parameter).collect::<Result<_, _>>()?,
        standard_parameters: children(root, "standardParameters")
            .map(standard)
            .collect::<Result<_, _>>()?,
        handler: handler(root)?,
        attachments: attachments(embedded)?,
        estimated_wait_time: told("isEstimatedWaitTimeEnabled"),
        queue_position: told("isQueuePositionEnabled"),
        idle_minutes: number(root, "endUserIdleTimeOut")?,
        guest_token_minutes: number(embedded, "anonymousUserJwtExpirationTime")?
            .unwrap_or(usual.guest_token_minutes),
        verified_token_minutes: number(embedded, "verifiedUserJwtExpirationTime")?
            .unwrap_or(usual.verified_token_minutes),
        automated_responses: children(root, "automatedResponses")
            .filter_map(|it| {
                Some(AutomatedResponse { moment: text(it, "type")?, text: text(it, "response")? })
            })
            .collect(),
    };
    Ok(ChannelFile { channel })
}

fn verified(embedded: Element<'_>) -> Result<bool, String> {
    match required(embedded, "authMode")?.as_str() {
        "Auth" => Ok(true),
        "UnAuth" => Ok(false),
        other => Err(format!("`authMode` is `Auth` or `UnAuth`, not `{other}`")),
    }
}

fn handler(root: Element<'_>) -> Result<Handler, String> {
    match required(root, "sessionHandlerType")?.as_str() {
        "Queue" => Ok(Handler::Queue(required(root, "sessionHandlerQueue")?)),
        "Flow" => Ok(Handler::Flow {
            name: required(root, "sessionHandlerFlow")?,
            fallback: Some(required(root, "sessionHandlerQueue")?),
        }),
        other => Err(format!("the local org hands sessions to `Queue` or `Flow`, not `{other}`")),
    }
}

fn mapped(node: Element<'_>) -> Result<Vec<String>, String> {
    children(node, "actionParameterMappings")
        .map(|it| required(it, "actionParameterName"))
        .collect()
}

fn parameter(node: Element<'_>) -> Result<Parameter, String> {
    let name = required(node, "name")?;
    let letter = name.starts_with(|first: char| first.is_ascii_alphabetic());
    let fits = |it: char| it.is_ascii_alphanumeric() || it == '_';
    if !letter || !name.chars().all(fits) {
        return Err(format!("`{name}` is no name for a parameter"));
    }
    required(node, "masterLabel")?;
    required(node, "parameterDataType")?;
    Ok(Parameter {
        name,
        external_name: text(node, "externalParameterName"),
        max_length: number(node, "maxLength")?,
        mapped_to: mapped(node)?,
    })
}

fn standard(node: Element<'_>) -> Result<StandardParameter, String> {
    let kind = required(node, "parameterType")?;
    let parameter = Standard::ALL.into_iter().find(|its| its.name() == kind);
    let parameter = parameter.ok_or_else(|| format!("there is no standard parameter `{kind}`"))?;
    Ok(StandardParameter { parameter, mapped_to: mapped(node)? })
}

fn attachments(embedded: Element<'_>) -> Result<Attachments, String> {
    let usual = Attachments::default();
    let types = text(embedded, "allowedFileTypes");
    Ok(Attachments {
        enabled: flag(embedded, "isAttachmentUploadEnabled"),
        max_megabytes: number(embedded, "maxFileSize")?.unwrap_or(usual.max_megabytes),
        types: types.map_or(usual.types, |it| it.split(',').map(str::to_owned).collect()),
        any_type: flag(embedded, "isFileAttachmentExtUnrestricted"),
    })
}
