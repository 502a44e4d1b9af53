//! What messages hold, in the API's shapes.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::chat::ids;

/// A message for the customer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    /// The message's id.
    pub id: String,
    /// `messageType` and what belongs to it.
    pub content: Json,
}

/// How choices are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ChoicesFormat {
    /// Buttons below the text.
    #[default]
    Buttons,
    /// Buttons that vanish.
    QuickReplies,
    /// Cards.
    Carousel,
}

/// A line of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormInput {
    /// What is asked.
    pub label: String,
    /// Whether it must be answered.
    #[serde(default)]
    pub required: bool,
    /// The values to choose from; free text where there are none.
    #[serde(default)]
    pub options: Vec<String>,
}

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AttachedFile {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// Where it can be fetched, for some time.
    pub url: String,
}

/// A text.
pub(crate) fn text(text: &str) -> Json {
    json!({
        "messageType": "StaticContentMessage",
        "staticContent": { "formatType": "Text", "text": text },
    })
}

/// A web address with a title.
pub(crate) fn rich_link(url: &str, title: &str) -> Json {
    json!({
        "messageType": "StaticContentMessage",
        "staticContent": {
            "formatType": "RichLink",
            "linkItem": { "titleItem": title_item(title), "url": url },
        },
    })
}

/// Files, with or without a text.
pub(crate) fn attachments(text: Option<&str>, files: &[AttachedFile]) -> Json {
    let file = |file: &AttachedFile| {
        json!({
            "id": file.id,
            "name": file.name,
            "mimeType": file.mime,
            "url": file.url,
            "referenceId": Json::Null,
            "attachmentUploadResult": { "resultType": "CompletedAttachmentUploadResult" },
        })
    };
    let mut content = json!({
        "formatType": "Attachments",
        "attachments": files.iter().map(file).collect::<Vec<_>>(),
    });
    if let Some(text) = text {
        content["text"] = json!(text);
    }
    json!({ "messageType": "StaticContentMessage", "staticContent": content })
}

/// Something to choose from.
pub(crate) fn choices(format: ChoicesFormat, text: &str, options: &[String]) -> Json {
    let items: Vec<Json> = options.iter().map(|option| option_item(option)).collect();
    let choices = match format {
        ChoicesFormat::Carousel => json!({ "formatType": format, "title": text, "items":
            items.iter().map(|item| json!({
                "titleItem": item["titleItem"], "interactionItems": [item],
            })).collect::<Vec<_>>() }),
        ChoicesFormat::Buttons | ChoicesFormat::QuickReplies => {
            json!({ "formatType": format, "text": text, "optionItems": items })
        }
    };
    json!({ "messageType": "ChoicesMessage", "choices": choices })
}

/// A form to fill.
pub(crate) fn form(title: &str, inputs: &[FormInput]) -> Json {
    let section = |input: &FormInput| {
        let mut asked = json!({
            "inputType": if input.options.is_empty() { "TextInput" } else { "SelectInput" },
            "id": ids::random(),
            "label": title_item(&input.label),
            "required": input.required,
        });
        if !input.options.is_empty() {
            let items: Vec<Json> = input.options.iter().map(|it| option_item(it)).collect();
            asked["optionItems"] = Json::Array(items);
            asked["multipleSelection"] = json!(false);
        }
        json!({ "sectionType": "SingleInputSection", "input": asked })
    };
    json!({
        "messageType": "FormMessage",
        "form": {
            "formatType": "Inputs",
            "formTitle": title_item(title),
            "sections": inputs.iter().map(section).collect::<Vec<_>>(),
        },
    })
}

fn title_item(title: &str) -> Json {
    json!({ "itemType": "TitleItem", "title": title, "subTitle": Json::Null, "secondarySubTitle": Json::Null })
}

fn option_item(title: &str) -> Json {
    json!({
        "itemType": "TitleOptionItem",
        "titleItem": title_item(title),
        "optionIdentifier": ids::random(),
    })
}

/// A message's payload.
pub(crate) fn message(said: &Said, in_reply_to: Option<&str>, reason: Option<&str>) -> Json {
    let mut message = json!({ "id": said.id, "inReplyToMessageId": in_reply_to, "references": [] });
    if let (Some(message), Some(content)) = (message.as_object_mut(), said.content.as_object()) {
        message.extend(content.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    json!({ "abstractMessage": message, "messageReason": reason })
}

/// What a person reads of a message.
pub(crate) fn readable(message: &Json) -> String {
    let content = &message["staticContent"];
    let choices = &message["choices"];
    let texts = [&content["text"], &choices["text"], &choices["title"]];
    let text = texts.into_iter().find_map(Json::as_str);
    let titles = |items: &Json, path: &str| -> Vec<String> {
        let items = items.as_array().into_iter().flatten();
        items.filter_map(|item| item.pointer(path)?.as_str().map(str::to_owned)).collect()
    };
    let mut parts: Vec<String> = text.map(str::to_owned).into_iter().collect();
    parts.extend(content["linkItem"]["url"].as_str().map(str::to_owned));
    parts.extend(titles(&content["attachments"], "/name").iter().map(|it| format!("[file {it}]")));
    let options = [
        titles(&message["choices"]["optionItems"], "/titleItem/title"),
        titles(&message["choices"]["items"], "/titleItem/title"),
        titles(&message["choicesResponse"]["selectedOptions"], "/optionTitle/title"),
    ];
    parts.extend(options.iter().flatten().map(|it| format!("[{it}]")));
    parts.extend(message["form"]["formTitle"]["title"].as_str().map(|it| format!("[form {it}]")));
    parts.extend(titles(&message["form"]["sections"], "/input/label/title"));
    parts.extend(titles(&message["formResponse"]["inputValues"], "/displayValue"));
    parts.join(" ")
}
