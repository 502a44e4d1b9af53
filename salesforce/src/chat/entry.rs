//! Entries of a conversation, as event streams and lists of entries bring them.
//!
//! The org's [page of structures][structure] names them; payloads are read leniently: a member that
//! is absent or of another shape is not known, and a payload that is nothing of the kind still gives
//! an entry, so that nothing is lost silently.
//!
//! [structure]: https://developer.salesforce.com/docs/service/messaging-api/references/about/server-sent-events-structure.html

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::content::Content;
use super::id::EntryId;
use super::reading::{items, number, said, text, time};

/// An entry of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its id; the echo of a message of ours has the message's own.
    pub id: EntryId,
    /// When, by the org's clock, where it tells.
    pub at: Option<Timestamp>,
    /// Whose it is.
    pub sender: Sender,
    /// What it says.
    pub kind: EntryKind,
}

/// Whose an entry is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sender {
    /// In which role.
    pub role: Role,
    /// Who, in the org's words; the same in all entries.
    pub subject: Option<String>,
    /// As others see it, such as an agent's name.
    pub name: Option<String>,
}

/// In which role somebody takes part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// The customer.
    EndUser,
    /// A person of the org's.
    Agent,
    /// A bot of the org's, or an AI agent.
    Chatbot,
    /// The org itself: automated responses.
    System,
    /// What routes.
    Router,
    /// A person of the org's who listens in.
    Supervisor,
    /// One that is not documented, or not told.
    #[default]
    Other,
}

impl Role {
    /// Whether a person of the org's: one who takes chats, or listens in.
    pub fn is_agent(self) -> bool {
        matches!(self, Self::Agent | Self::Supervisor)
    }

    fn read(word: Option<&str>) -> Self {
        let named = [
            ("EndUser", Self::EndUser),
            ("Agent", Self::Agent),
            ("Chatbot", Self::Chatbot),
            ("System", Self::System),
            ("Router", Self::Router),
            ("Supervisor", Self::Supervisor),
        ];
        let word = word.unwrap_or_default();
        let found = named.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        found.map_or(Self::Other, |(_, role)| *role)
    }
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq)]
pub enum EntryKind {
    /// `Message`
    Message(MessageEntry),
    /// `RoutingResult`: what has come of routing.
    RoutingResult {
        /// What was being done.
        kind: RoutingKind,
        /// Why it did not succeed, where it did not.
        failure: Option<RoutingFailure>,
        /// How long it takes until somebody comes, in seconds, where the channel tells.
        estimated_wait: Option<u32>,
    },
    /// `RoutingWorkResult`: what has become of the work item.
    RoutingWorkResult {
        /// What has become of it.
        kind: WorkKind,
        /// Whether it is a bot's.
        bot: bool,
    },
    /// `ParticipantChanged`
    ParticipantChanged(Vec<Change>),
    /// `SessionStatusChanged`
    SessionStatusChanged {
        /// The MessagingSession's id.
        session: Option<String>,
        /// Whether it is over, which is how an agent's ending is told.
        ended: bool,
        /// In which role somebody ended it.
        by: Role,
    },
    /// `QueuePosition`
    QueuePosition(u32),
    /// `DeliveryAcknowledgement` or `ReadAcknowledgement`; `Delivery` or `Read`, where entries are
    /// called as what is sent is
    Acknowledgement(Acknowledgement),
    /// `TypingStartedIndicator` or `TypingStoppedIndicator`
    Typing(bool),
    /// `CloseConversation`: the customer's side closed it for good.
    Close,
    /// One that is not known here, by its name.
    Unknown(String),
}

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageEntry {
    /// Its own id, which for echoes is the one that we chose.
    pub message: Option<EntryId>,
    /// Whether the org sent it by itself: an automated response, or a question for consent.
    pub automated: bool,
    /// What it says.
    pub content: Content,
}

/// What routing is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoutingKind {
    /// A first one.
    Initial,
    /// A handing over.
    Transfer,
    /// Somebody joins beside the others.
    Conference,
    /// Not told, or not documented.
    Other,
}

/// Why routing failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutingFailure {
    /// `failureType`, such as `RoutingError` or `Cancelled`.
    pub kind: String,
    /// In the org's words.
    pub reason: Option<String>,
}

/// What has become of a work item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkKind {
    /// It was offered to somebody.
    Assigned,
    /// Somebody has taken it.
    Accepted,
    /// Any other.
    Other,
}

/// Somebody comes, leaves or is called otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happens.
    pub operation: Operation,
    /// In which role.
    pub role: Role,
    /// Who, in the org's words.
    pub subject: Option<String>,
    /// As others see it.
    pub name: Option<String>,
}

/// What happens to a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `add`
    Add,
    /// `remove`
    Remove,
    /// `update`, and what is not documented.
    Update,
}

/// What has become of a message of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Whether it was read, and not only delivered.
    pub read: bool,
    /// The message.
    pub message: Option<EntryId>,
}

impl Entry {
    /// Reads an entry: one of a list, or one of an event of a name. `None` where it has no id, or
    /// nobody can say what it is.
    pub(crate) fn read(value: &Value, event: Option<&str>) -> Option<Self> {
        let payload = payload(value);
        let kind = text(value, "entryType").or_else(|| text(&payload, "entryType"));
        let kind = match kind.filter(|kind| !kind.is_empty()) {
            Some(kind) => Cow::Borrowed(kind),
            None => Cow::Owned(entry_type(event?)?),
        };
        let message = payload.get("abstractMessage");
        let ids = [
            text(value, "identifier"),
            text(&payload, "id"),
            message.and_then(|message| text(message, "id")),
        ];
        let id = ids.into_iter().flatten().find_map(|id| id.parse().ok())?;
        let stamp = |key| time(value, key);
        Some(Entry {
            id,
            at: stamp("transcriptedTimestamp").or_else(|| stamp("clientTimestamp")),
            sender: Sender::read(value),
            kind: EntryKind::read(&kind, value, &payload),
        })
    }
}

/// A payload is a text with JSON in events, and an object, or such a text, in lists.
fn payload(value: &Value) -> Cow<'_, Value> {
    match value.get("entryPayload") {
        Some(Value::String(text)) => Cow::Owned(serde_json::from_str(text).unwrap_or_default()),
        Some(other) => Cow::Borrowed(other),
        None => Cow::Owned(Value::Null),
    }
}

/// `CONVERSATION_ROUTING_RESULT` has entries of the type `RoutingResult`, and so on.
fn entry_type(event: &str) -> Option<String> {
    let words = event.strip_prefix("CONVERSATION_")?.split('_');
    let capitalised = |word: &str| {
        let (first, rest) = word.split_at_checked(1)?;
        Some(format!("{first}{}", rest.to_ascii_lowercase()))
    };
    words.map(capitalised).collect()
}

impl Sender {
    fn read(value: &Value) -> Self {
        let name = said(value, "senderDisplayName");
        let Some(sender) = value.get("sender") else {
            return Sender { name, ..Sender::default() };
        };
        let role = Role::read(text(sender, "role"));
        Sender { role, subject: said(sender, "subject"), name }
    }
}

impl EntryKind {
    fn read(kind: &str, value: &Value, payload: &Value) -> Self {
        match kind {
            "Message" => Self::Message(MessageEntry::read(payload)),
            "RoutingResult" => routing_result(payload),
            "RoutingWorkResult" => Self::RoutingWorkResult {
                kind: match text(payload, "workType") {
                    Some("Assigned") => WorkKind::Assigned,
                    Some("Accepted") => WorkKind::Accepted,
                    _ => WorkKind::Other,
                },
                bot: said(payload, "botId").is_some(),
            },
            "ParticipantChanged" => Self::ParticipantChanged(
                items(payload, "entries").iter().map(Change::read).collect(),
            ),
            "SessionStatusChanged" => Self::SessionStatusChanged {
                session: said(payload, "sessionId"),
                ended: text(payload, "sessionStatus") == Some("Ended"),
                by: Role::read(text(payload, "sessionEndedByRole")),
            },
            "QueuePosition" => match natural(payload, "position") {
                Some(position) => Self::QueuePosition(position),
                None => Self::Unknown(kind.to_owned()),
            },
            "DeliveryAcknowledgement" | "Delivery" => Self::acknowledgement(false, value, payload),
            "ReadAcknowledgement" | "Read" => Self::acknowledgement(true, value, payload),
            "TypingStartedIndicator" => Self::Typing(true),
            "TypingStoppedIndicator" => Self::Typing(false),
            "CloseConversation" => Self::Close,
            other => Self::Unknown(other.chars().take(64).collect()),
        }
    }

    /// What is acknowledged stands in the payload, or first among the related records.
    fn acknowledgement(read: bool, value: &Value, payload: &Value) -> Self {
        let related = || items(value, "relatedRecords").first().and_then(Value::as_str);
        let message = text(payload, "acknowledgedConversationEntryIdentifier").or_else(related);
        let message = message.and_then(|id| id.parse().ok());
        Self::Acknowledgement(Acknowledgement { read, message })
    }
}

fn natural(value: &Value, key: &str) -> Option<u32> {
    number(value, key).and_then(|number| u32::try_from(number).ok())
}

fn routing_result(payload: &Value) -> EntryKind {
    let failure = text(payload, "failureType").filter(|kind| !matches!(*kind, "" | "None"));
    let wait = payload.get("estimatedWaitTime");
    EntryKind::RoutingResult {
        kind: match text(payload, "routingType") {
            Some("Initial") => RoutingKind::Initial,
            Some("Transfer") => RoutingKind::Transfer,
            Some("Conference") => RoutingKind::Conference,
            _ => RoutingKind::Other,
        },
        failure: failure.map(|kind| RoutingFailure {
            kind: kind.chars().take(64).collect(),
            reason: said(payload, "failureReason"),
        }),
        estimated_wait: wait.and_then(|wait| natural(wait, "estimatedWaitTimeInSeconds")),
    }
}

impl MessageEntry {
    fn read(payload: &Value) -> Self {
        let message = payload.get("abstractMessage").unwrap_or(&Value::Null);
        MessageEntry {
            message: text(message, "id").and_then(|id| id.parse().ok()),
            automated: said(payload, "messageReason").is_some(),
            content: Content::read(message),
        }
    }
}

impl Change {
    fn read(value: &Value) -> Self {
        let participant = value.get("participant").unwrap_or(&Value::Null);
        Change {
            operation: match text(value, "operation") {
                Some("add") => Operation::Add,
                Some("remove") => Operation::Remove,
                _ => Operation::Update,
            },
            role: Role::read(text(participant, "role")),
            subject: said(participant, "subject"),
            name: said(value, "displayName"),
        }
    }
}
