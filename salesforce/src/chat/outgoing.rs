//! What customers send.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

use super::deployment::DeveloperName;
use super::id::{EntryId, MessageId};
use crate::name::BadName;

/// What goes along with a conversation's creation, with every message and with every file: Salesforce
/// reads it wherever a session begins, and reports differ about where that is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routing {
    /// `routingAttributes`: the channel's parameters by their names. `_firstName`, `_lastName`, `_email`
    /// and `_subject` are Salesforce's own, all others the channel's custom ones.
    pub attributes: BTreeMap<String, String>,
    /// The customer's language.
    pub language: Option<Language>,
}

impl Routing {
    pub(super) fn put_into(&self, body: &mut Value) {
        if !self.attributes.is_empty() {
            body["routingAttributes"] = json!(self.attributes);
        }
        if let Some(language) = &self.language {
            body["language"] = language.0.as_str().into();
        }
    }
}

/// A language as Salesforce writes it, such as `en_US`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language(String);

impl FromStr for Language {
    type Err = BadName;

    /// Takes `en`, `en_US` and, as browsers write it, `en-US`.
    fn from_str(text: &str) -> Result<Self, BadName> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if (2..=20).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Language(text.replace('-', "_")))
        } else {
            Err(BadName::new(text, "language such as en_US"))
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A message of a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Its id: the same at every attempt.
    pub id: MessageId,
    /// What it says.
    pub content: OutgoingContent,
    /// Whether it begins a new session of the conversation: what is to be sent again after
    /// [`super::ChatError::NeedsNewSession`].
    pub new_session: bool,
    /// What goes along.
    pub routing: Routing,
}

/// What a message of a customer says: the three kinds that end users may send.
#[derive(Debug, Clone, PartialEq)]
pub enum OutgoingContent {
    /// A text.
    Text {
        /// The text.
        text: String,
        /// The message that it answers.
        in_reply_to: Option<EntryId>,
    },
    /// Some of the options that an agent offered.
    Choices {
        /// The message that offered them.
        question: EntryId,
        /// Those chosen.
        options: Vec<ChosenOption>,
    },
    /// A form filled in.
    Form {
        /// The message that asked for it.
        form: EntryId,
        /// Its answers.
        answers: Vec<FormAnswer>,
    },
}

/// An option that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenOption {
    /// `optionIdentifier`.
    pub id: String,
    /// What the customer saw.
    pub title: String,
}

/// An input of a form, filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct FormAnswer {
    /// `inputId`.
    pub input: String,
    /// What agents see.
    pub shown: String,
    /// The value.
    pub value: FormValue,
}

/// A value of a form's input.
#[derive(Debug, Clone, PartialEq)]
pub enum FormValue {
    /// A text.
    Text(String),
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Double(f64),
    /// An address.
    Url(String),
    /// A date, as `2026-11-23`.
    Date(String),
    /// An instant, as `2026-11-23T10:00:00Z`.
    DateTime(String),
}

impl FormValue {
    fn json(&self) -> Value {
        let (kind, key, value) = match self {
            Self::Text(text) => ("TextValue", "textValue", json!(text)),
            Self::Boolean(yes) => ("BooleanValue", "booleanValue", json!(yes)),
            Self::Integer(number) => ("IntegerValue", "integerValue", json!(number)),
            Self::Double(number) => ("DoubleValue", "doubleValue", json!(number)),
            Self::Url(url) => ("UrlValue", "urlValue", json!(url)),
            Self::Date(date) => ("DateValue", "dateValue", json!(date)),
            Self::DateTime(at) => ("DateTimeValue", "dateTimeValue", json!(at)),
        };
        json!({"valueType": kind, key: value})
    }
}

impl Outgoing {
    pub(super) fn body(&self, deployment: &DeveloperName) -> Value {
        let mut message = json!({"id": self.id.to_string()});
        let (kind, in_reply_to) = match &self.content {
            OutgoingContent::Text { text, in_reply_to } => {
                message["staticContent"] = json!({"formatType": "Text", "text": text});
                ("StaticContentMessage", in_reply_to.as_ref())
            }
            OutgoingContent::Choices { question, options } => {
                message["choicesResponse"] = chosen(options);
                ("ChoicesResponseMessage", Some(question))
            }
            OutgoingContent::Form { form, answers } => {
                message["formResponse"] = filled(answers);
                ("FormResponseMessage", Some(form))
            }
        };
        message["messageType"] = kind.into();
        if let Some(id) = in_reply_to {
            message["inReplyToMessageId"] = id.as_str().into();
        }
        enclosing(message, deployment, self.new_session, &self.routing)
    }
}

fn chosen(options: &[ChosenOption]) -> Value {
    let option = |option: &ChosenOption| {
        json!({
            "optionIdentifier": option.id,
            "optionTitle": {"itemType": "TitleItem", "title": option.title},
        })
    };
    let options: Vec<Value> = options.iter().map(option).collect();
    json!({"formatType": "Selections", "selectedOptions": options})
}

fn filled(answers: &[FormAnswer]) -> Value {
    let input = |answer: &FormAnswer| {
        json!({
            "inputValueType": "SingleInputValue",
            "inputId": answer.input,
            "displayValue": answer.shown,
            "value": answer.value.json(),
        })
    };
    let inputs: Vec<Value> = answers.iter().map(input).collect();
    json!({"formatType": "Inputs", "inputValues": inputs})
}

fn enclosing(
    message: Value,
    deployment: &DeveloperName,
    new_session: bool,
    routing: &Routing,
) -> Value {
    let mut body = json!({
        "message": message,
        "esDeveloperName": deployment.as_str(),
        "isNewMessagingSession": new_session,
    });
    routing.put_into(&mut body);
    body
}

/// A file of a customer. One call takes one.
#[derive(Debug, Clone, PartialEq)]
pub struct FileMessage {
    /// The message's id: the same at every attempt.
    pub id: MessageId,
    /// The file's own id: the same at every attempt.
    pub file: MessageId,
    /// Its name, with an extension.
    pub name: String,
    /// Its type, such as `image/png`.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What is said along with it; may be empty.
    pub text: String,
    /// The message that it answers.
    pub in_reply_to: Option<EntryId>,
    /// As in [`Outgoing::new_session`].
    pub new_session: bool,
    /// What goes along.
    pub routing: Routing,
}

impl FileMessage {
    pub(super) fn entry(&self, deployment: &DeveloperName) -> Value {
        let mut message = json!({
            "id": self.id.to_string(),
            "fileId": self.file.to_string(),
            "text": self.text,
        });
        if let Some(id) = &self.in_reply_to {
            message["inReplyToMessageId"] = id.as_str().into();
        }
        enclosing(message, deployment, self.new_session, &self.routing)
    }
}
