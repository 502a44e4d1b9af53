//! What a message says.
//!
//! Source: [message types and format types][types].
//!
//! [types]: https://developer.salesforce.com/docs/service/messaging-api/references/about/message-types-format-types.html

use serde_json::Value;
use url::Url;

use super::reading::{items, said, text};
use crate::oauth;

/// What a message says. Texts are the org's and are to be shown as texts; addresses are http or https.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A text.
    Text(String),
    /// A link with its title.
    Link {
        /// Where it leads.
        url: String,
        /// What it is called.
        title: Option<String>,
    },
    /// Files.
    Attachments {
        /// What is said along with them.
        text: Option<String>,
        /// The files.
        files: Vec<Attachment>,
    },
    /// A choice between options.
    Choices {
        /// How they are to be shown.
        format: ChoicesFormat,
        /// The question.
        text: Option<String>,
        /// The options.
        options: Vec<ChoiceOption>,
    },
    /// A form to be filled in.
    Form {
        /// What it is called.
        title: Option<String>,
        /// Its inputs.
        inputs: Vec<FormInput>,
    },
    /// What is not known here, or cannot be read: by its type, with its text where it has one.
    Other {
        /// `messageType` and `formatType`.
        kind: String,
        /// A text in it.
        text: Option<String>,
    },
}

/// A file of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its type, such as `image/png`.
    pub media_type: Option<String>,
    /// Where it can be had for a while, without a token.
    pub url: Option<String>,
    /// How far its upload is.
    pub state: UploadState,
}

/// How far the upload of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadState {
    /// It is there.
    Completed,
    /// It comes.
    Pending,
    /// It does not come, for a reason such as `AttachmentTooLarge`.
    Failed(String),
}

/// How options are to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoicesFormat {
    /// Buttons.
    Buttons,
    /// Buttons that go away when one is chosen.
    QuickReplies,
    /// Cards.
    Carousel,
    /// Not documented.
    Other,
}

/// An option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceOption {
    /// `optionIdentifier`, for the answer.
    pub id: String,
    /// What customers see.
    pub title: String,
    /// More of it.
    pub subtitle: Option<String>,
    /// What the card is called that it stands on, in a carousel.
    pub card: Option<String>,
}

/// An input of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormInput {
    /// For the answer.
    pub id: String,
    /// `inputType`, such as `TextInput` or `DatePickerInput`.
    pub kind: String,
    /// What customers see.
    pub label: Option<String>,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether several options can be chosen.
    pub several: bool,
    /// What can be chosen, where something is to be chosen.
    pub options: Vec<ChoiceOption>,
}

/// What [`Content::aspect`] calls files that are still to come, and those that have come or failed.
pub(super) const PENDING: &str = "pending";
pub(super) const FILES: &str = "files";

/// How deep options and inputs are looked for.
const DEEPEST: usize = 8;
/// How many of a message's options, inputs or files are read.
const MOST: usize = 200;

impl Content {
    /// Reads `abstractMessage`.
    pub(super) fn read(message: &Value) -> Self {
        let kind = text(message, "messageType").unwrap_or_default();
        let member = ["staticContent", "choices", "form", "choicesResponse", "formResponse"]
            .iter()
            .find_map(|key| message.get(*key).filter(|content| content.is_object()));
        let Some(content) = member else { return Self::other(kind, "", None) };
        let format = text(content, "formatType").unwrap_or_default();
        let words = said(content, "text");
        let read = match (kind, format) {
            ("StaticContentMessage", "Text") => {
                text(content, "text").map(|it| Self::Text(it.to_owned()))
            }
            ("StaticContentMessage", "RichLink" | "WebView") => link(content),
            ("StaticContentMessage", "Attachments") => {
                let files = items(content, "attachments").iter().take(MOST);
                let files = files.map(Attachment::read).collect();
                Some(Self::Attachments { text: words.clone(), files })
            }
            ("ChoicesMessage", _) => Some(choices(format, content, words.clone())),
            ("FormMessage", _) => Some(form(content)),
            _ => None,
        };
        read.unwrap_or_else(|| Self::other(kind, format, words))
    }

    fn other(kind: &str, format: &str, text: Option<String>) -> Self {
        let kind: String = format!("{kind} {format}").trim().chars().take(64).collect();
        Self::Other { kind, text }
    }

    /// What tells messages of one id apart: the org makes two of a text with a link, and tells of a
    /// file again when it has come.
    pub(super) fn aspect(&self) -> &'static str {
        let pending = |file: &Attachment| file.state == UploadState::Pending;
        match self {
            Self::Text(_) => "text",
            Self::Link { .. } => "link",
            Self::Attachments { files, .. } if files.iter().any(pending) => PENDING,
            Self::Attachments { .. } => FILES,
            Self::Choices { .. } => "choices",
            Self::Form { .. } => "form",
            Self::Other { .. } => "other",
        }
    }
}

/// An address that a customer may be led to.
fn address(value: &Value, key: &str) -> Option<String> {
    let safe = |url: &Url| matches!(url.scheme(), "https" | "http") && url.has_host();
    Url::parse(text(value, key)?).ok().filter(safe).map(String::from)
}

fn title(value: &Value) -> Option<String> {
    let inner = |key: &str| value.get(key).and_then(|inner| said(inner, "title"));
    let named = ["titleItem", "title", "label", "formTitle"].iter().find_map(|key| inner(key));
    named.or_else(|| said(value, "title")).or_else(|| said(value, "label"))
}

fn link(content: &Value) -> Option<Content> {
    let item = content.get("linkItem").unwrap_or(content);
    let url = address(item, "url")?;
    Some(Content::Link { url, title: title(item).or_else(|| title(content)) })
}

impl Attachment {
    fn read(value: &Value) -> Self {
        // A file is fetched from here, so its way is a safe one.
        let safe = |text: &String| Url::parse(text).is_ok_and(|url| oauth::safe(&url));
        let url = address(value, "url").filter(safe);
        let result = value.get("attachmentUploadResult");
        let member =
            |key: &str| result.and_then(|result| text(result, key).or_else(|| result.as_str()));
        // Such as `PendingAttachmentUploadResult`.
        let result = member("resultType").map(|it| it.trim_end_matches("AttachmentUploadResult"));
        let state = match result {
            Some("Pending") => UploadState::Pending,
            Some("Completed") => UploadState::Completed,
            Some(_) => UploadState::Failed(member("errorType").unwrap_or("Error").to_owned()),
            None if url.is_some() => UploadState::Completed,
            // An address that nobody is to be led to.
            None if value.get("url").is_some_and(|url| !url.is_null()) => {
                UploadState::Failed("UnsafeAddress".to_owned())
            }
            None => UploadState::Pending,
        };
        Attachment {
            id: said(value, "id"),
            name: said(value, "name"),
            media_type: said(value, "mimeType"),
            url,
            state,
        }
    }
}

fn choices(format: &str, content: &Value, text: Option<String>) -> Content {
    let format = match format {
        "Buttons" => ChoicesFormat::Buttons,
        "QuickReplies" => ChoicesFormat::QuickReplies,
        "Carousel" => ChoicesFormat::Carousel,
        _ => ChoicesFormat::Other,
    };
    let text = text.or_else(|| title(content));
    match format {
        ChoicesFormat::Carousel => cards(text, content),
        _ => Content::Choices { format, text, options: options(content) },
    }
}

/// A carousel: the options of all cards, and what else stands on these in the text. Pictures are left
/// out.
fn cards(text: Option<String>, content: &Value) -> Content {
    let mut lines: Vec<String> = text.into_iter().collect();
    let mut all = Vec::new();
    for card in items(content, "items").iter().take(MOST) {
        let item = card.get("titleItem").unwrap_or(&Value::Null);
        let name = title(card);
        let options = options(card.get("interactionItems").unwrap_or(&Value::Null));
        let link = |item: &Value| Some((title(item), address(item, "url")?));
        let links: Vec<_> = items(card, "interactionItems").iter().filter_map(link).collect();
        let more = said(item, "subTitle");
        // What its options say is not said twice.
        if more.is_some() || !links.is_empty() || options.is_empty() {
            let told: Vec<String> = name.clone().into_iter().chain(more).collect();
            lines.extend((!told.is_empty()).then(|| told.join(" – ")));
        }
        for (title, url) in links {
            lines.push(title.map_or_else(|| url.clone(), |title| format!("{title}: {url}")));
        }
        all.extend(options.into_iter().map(|one| ChoiceOption { card: name.clone(), ..one }));
    }
    all.truncate(MOST);
    let text = (!lines.is_empty()).then(|| lines.join("\n"));
    Content::Choices { format: ChoicesFormat::Carousel, text, options: all }
}

/// Formats nest their options differently, and an option is known by its identifier.
fn options(value: &Value) -> Vec<ChoiceOption> {
    let option = |value: &Value| {
        let id = text(value, "optionIdentifier")?;
        let item = value.get("titleItem").unwrap_or(value);
        let title = title(value).or_else(|| title(item))?;
        let subtitle = said(item, "subTitle");
        Some(ChoiceOption { id: id.to_owned(), title, subtitle, card: None })
    };
    let mut found = Vec::new();
    gather(value, DEEPEST, &option, &mut found);
    found
}

fn is(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn form(content: &Value) -> Content {
    let input = |value: &Value| {
        let kind = text(value, "inputType")?;
        // Headings and footers are no inputs.
        if kind.starts_with("Static") {
            return None;
        }
        let id = ["inputId", "identifier", "id"].iter().find_map(|key| said(value, key))?;
        Some(FormInput {
            id,
            kind: kind.to_owned(),
            label: title(value),
            required: is(value, "required"),
            several: is(value, "multipleSelection"),
            options: options(value),
        })
    };
    let mut inputs = Vec::new();
    gather(content, DEEPEST, &input, &mut inputs);
    Content::Form { title: title(content), inputs }
}

/// Gathers what `read` finds, not looking inside of what it has found.
fn gather<T>(value: &Value, depth: usize, read: &impl Fn(&Value) -> Option<T>, found: &mut Vec<T>) {
    if depth == 0 || found.len() >= MOST {
        return;
    }
    if let Some(one) = read(value) {
        return found.push(one);
    }
    match value {
        Value::Array(items) => items.iter().for_each(|it| gather(it, depth - 1, read, found)),
        Value::Object(members) => {
            members.values().for_each(|it| gather(it, depth - 1, read, found));
        }
        _ => {}
    }
}
