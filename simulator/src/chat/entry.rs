//! Entries of a conversation: what lists and events are made of.

pub(crate) mod payload;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::switches::PayloadForm;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryType {
    /// Somebody says something.
    Message,
    /// Somebody comes or goes.
    ParticipantChanged,
    /// Where the session has been routed to.
    RoutingResult,
    /// What became of the work that routing made.
    RoutingWorkResult,
    /// The session is in another state.
    SessionStatusChanged,
    /// The place in the queue.
    QueuePosition,
    /// Somebody's device has got a message.
    DeliveryAcknowledgement,
    /// Somebody has read a message.
    ReadAcknowledgement,
    /// Somebody types.
    TypingStartedIndicator,
    /// Nobody types any more.
    TypingStoppedIndicator,
    /// The customer has closed the conversation.
    CloseConversation,
}

impl EntryType {
    /// Its name in entries.
    pub(crate) fn name(self) -> &'static str {
        match self {
            EntryType::Message => "Message",
            EntryType::ParticipantChanged => "ParticipantChanged",
            EntryType::RoutingResult => "RoutingResult",
            EntryType::RoutingWorkResult => "RoutingWorkResult",
            EntryType::SessionStatusChanged => "SessionStatusChanged",
            EntryType::QueuePosition => "QueuePosition",
            EntryType::DeliveryAcknowledgement => "DeliveryAcknowledgement",
            EntryType::ReadAcknowledgement => "ReadAcknowledgement",
            EntryType::TypingStartedIndicator => "TypingStartedIndicator",
            EntryType::TypingStoppedIndicator => "TypingStoppedIndicator",
            EntryType::CloseConversation => "CloseConversation",
        }
    }

    /// The name of its event.
    pub(crate) fn event(self) -> &'static str {
        match self {
            EntryType::Message => "CONVERSATION_MESSAGE",
            EntryType::ParticipantChanged => "CONVERSATION_PARTICIPANT_CHANGED",
            EntryType::RoutingResult => "CONVERSATION_ROUTING_RESULT",
            EntryType::RoutingWorkResult => "CONVERSATION_ROUTING_WORK_RESULT",
            EntryType::SessionStatusChanged => "CONVERSATION_SESSION_STATUS_CHANGED",
            EntryType::QueuePosition => "CONVERSATION_QUEUE_POSITION",
            EntryType::DeliveryAcknowledgement => "CONVERSATION_DELIVERY_ACKNOWLEDGEMENT",
            EntryType::ReadAcknowledgement => "CONVERSATION_READ_ACKNOWLEDGEMENT",
            EntryType::TypingStartedIndicator => "CONVERSATION_TYPING_STARTED_INDICATOR",
            EntryType::TypingStoppedIndicator => "CONVERSATION_TYPING_STOPPED_INDICATOR",
            EntryType::CloseConversation => "CONVERSATION_CLOSE_CONVERSATION",
        }
    }

    /// Whether lists have it; the others are events alone.
    pub(crate) fn is_listed(self) -> bool {
        !matches!(
            self,
            EntryType::TypingStartedIndicator
                | EntryType::TypingStoppedIndicator
                | EntryType::DeliveryAcknowledgement
                | EntryType::ReadAcknowledgement
                | EntryType::QueuePosition
                | EntryType::CloseConversation
        )
    }
}

/// What a sender or participant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Role {
    /// The customer.
    EndUser,
    /// A person who serves customers.
    Agent,
    /// A program that serves customers.
    Chatbot,
    /// The org itself.
    System,
    /// What gives sessions to agents.
    Router,
}

impl Role {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Role::EndUser => "EndUser",
            Role::Agent => "Agent",
            Role::Chatbot => "Chatbot",
            Role::System => "System",
            Role::Router => "Router",
        }
    }

    fn app_type(self) -> &'static str {
        match self {
            Role::EndUser => "iamessage",
            Role::Agent => "agent",
            Role::Chatbot => "chatbot",
            Role::System | Role::Router => "conversation",
        }
    }
}

/// Who sends entries, or takes part in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Participant {
    /// What.
    pub role: Role,
    /// Who, for programs.
    pub subject: String,
    /// By which client.
    pub client: String,
    /// Who, for people.
    pub name: String,
}

impl Participant {
    /// The org itself.
    pub(crate) fn system() -> Participant {
        Participant::of_the_org(Role::System)
    }

    /// What gives sessions to agents.
    pub(crate) fn router() -> Participant {
        Participant::of_the_org(Role::Router)
    }

    fn of_the_org(role: Role) -> Participant {
        Participant {
            role,
            subject: "conversation".to_owned(),
            client: super::ids::derived(&["client", role.name()]),
            name: "Automated Process".to_owned(),
        }
    }

    /// As it stands in entries.
    pub(crate) fn json(&self) -> Json {
        json!({
            "role": self.role.name(),
            "appType": self.role.app_type(),
            "subject": self.subject,
            "clientIdentifier": self.client,
        })
    }
}

/// One entry.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Its id; for messages the one that their sender chose.
    pub id: String,
    /// What it is.
    pub entry_type: EntryType,
    /// The rest, which depends on what it is.
    pub payload: Map<String, Json>,
    /// Who it comes from.
    pub sender: Participant,
    /// When it was sent, in milliseconds.
    pub client_at: i64,
    /// When it was kept, in milliseconds; no two of a conversation are kept at one time.
    pub at: i64,
    /// What it is about.
    pub related: Vec<String>,
}

impl Entry {
    /// As lists and events have it.
    pub(crate) fn json(&self, form: PayloadForm) -> Json {
        let payload = Json::Object(self.payload.clone());
        let payload = match form {
            PayloadForm::Object => payload,
            PayloadForm::String => Json::String(payload.to_string()),
        };
        json!({
            "senderDisplayName": self.sender.name,
            "identifier": self.id,
            "entryType": self.entry_type.name(),
            "entryPayload": payload,
            "sender": self.sender.json(),
            "transcriptedTimestamp": self.at,
            "clientTimestamp": self.client_at,
            "clientDuration": 0,
            "relatedRecords": self.related,
            "contextParamMap": {},
            "visibilityStrategy": "All",
        })
    }
}

/// An entry that has not been kept yet.
#[derive(Debug, Clone)]
pub(crate) struct NewEntry {
    /// What it is.
    pub entry_type: EntryType,
    /// Its id; a new one where absent.
    pub id: Option<String>,
    /// The payload without what every payload has.
    pub payload: Map<String, Json>,
    /// Who it comes from.
    pub sender: Participant,
    /// What it is about.
    pub related: Vec<String>,
}

impl NewEntry {
    /// An entry with a payload that is an object.
    pub(crate) fn new(entry_type: EntryType, sender: Participant, payload: Json) -> NewEntry {
        let payload = match payload {
            Json::Object(payload) => payload,
            _ => Map::new(),
        };
        NewEntry { entry_type, id: None, payload, sender, related: Vec::new() }
    }

    #[must_use]
    pub(crate) fn about(mut self, record: impl Into<String>) -> NewEntry {
        self.related.push(record.into());
        self
    }

    #[must_use]
    pub(crate) fn with_id(mut self, id: impl Into<String>) -> NewEntry {
        self.id = Some(id.into());
        self
    }
}
