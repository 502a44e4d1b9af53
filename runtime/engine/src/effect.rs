//! What a step wants done outside, and what it noted while it ran.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tidegate_plan::model::{AttrId, Owner, StepId};
use tidegate_plan::value::Value;
use uuid::Uuid;

use crate::event::Event;
use crate::file::FileRef;
use crate::offer::Reply;

/// One thing to be done outside, once, after the transition that asked for it is committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The idempotency key: shaped as a version 4 UUID, a hash of org id, conversation id, step id
    /// and occurrence; the same at every replay.
    pub key: Uuid,
    /// The step that asked for it; `None` for what the engine itself asks at the start.
    pub step: Option<StepId>,
    /// What is to be done.
    pub action: Action,
}

/// What can be done outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// Find the verified visitor's record and read it; answered by [`Event::PersonSynced`].
    SyncPerson {
        /// The verified claim's value, such as an e-mail address.
        claim: String,
    },
    /// Read the conversation's Case; answered by [`Event::CaseSynced`].
    SyncCase {
        /// The Case's id.
        case_id: String,
    },
    /// Summarise the conversation; answered by [`Event::Summarised`].
    Summarise {
        /// The transcript up to and with this message.
        through: u64,
    },
    /// Find out which value of its list an attribute has, going by what the customer wrote; answered
    /// by [`Event::Detected`].
    Detect {
        /// The attribute.
        attr: AttrId,
        /// The values that it can have now, of those that its list describes.
        values: Vec<String>,
        /// The transcript up to and with this message.
        through: u64,
    },
    /// Answer the customer; answered by [`Event::Answered`].
    Answer {
        /// What the AI is told beside the transcript: labels with values as text.
        knowing: Vec<(String, String)>,
        /// Whether it has had its turns: it only says whether the customer was helped.
        closing: bool,
        /// The transcript up to and with this message.
        through: u64,
    },
    /// Open a chat with agents; what becomes of it comes as [`Event::Chat`]. The effect's key names it.
    OpenChat {
        /// The push, a position in the plan's table.
        push: u32,
        /// The channel, by the manifest's name.
        channel: String,
        /// What goes along.
        routing: Vec<(String, String)>,
        /// The transcript up to and with this message.
        through: u64,
        /// Files that the customer has sent before.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<FileRef>,
    },
    /// Give the agents of a chat a file that the customer sent.
    RelayFile {
        /// The chat.
        chat: Uuid,
        /// The number of its entry in the conversation; 0 where an older version asked for it.
        #[serde(default)]
        number: u64,
        /// The file.
        file: FileRef,
        /// What goes along.
        routing: Vec<(String, String)>,
    },
    /// Tell the agents of a chat what the customer wrote.
    Relay {
        /// The chat.
        chat: Uuid,
        /// The number of its entry in the conversation; 0 where an older version asked for it.
        #[serde(default)]
        number: u64,
        /// The words.
        text: String,
        /// What goes along.
        routing: Vec<(String, String)>,
    },
    /// Tell the agents of a chat how the customer answered what they asked.
    RelayReply {
        /// The chat.
        chat: Uuid,
        /// The number of its entry in the conversation; 0 where an older version asked for it.
        #[serde(default)]
        number: u64,
        /// The question's message on the agents' side.
        question: String,
        /// The answer.
        reply: Reply,
        /// What goes along.
        routing: Vec<(String, String)>,
    },
    /// Take a chat back that nobody has accepted.
    WithdrawChat {
        /// The chat.
        chat: Uuid,
    },
    /// Create the Case by insert; answered by [`Event::CaseCreated`] or [`Event::CaseRefused`].
    CreateCase(CaseRequest),
    /// Attach the transcript to the Case.
    AttachTranscript {
        /// The Case's id.
        case_id: String,
        /// The transcript up to and with this message.
        through: u64,
        /// As a file; else as comments.
        as_file: bool,
    },
    /// Attach a file of the customer's to the Case.
    AttachFile {
        /// The Case's id.
        case_id: String,
        /// The file.
        file: FileRef,
    },
    /// What was kept can't be read: another version wrote it, or it was damaged. No step asks for
    /// it; it becomes a dead letter.
    Unreadable {
        /// What was kept. May hold a customer's data.
        stored: String,
    },
}

impl Action {
    /// Whether it only reads. What comes of it is waited for under its own key and for a while, so it
    /// holds up nothing that is to be written or said.
    pub fn only_reads(&self) -> bool {
        matches!(self, Self::SyncPerson { .. } | Self::SyncCase { .. })
    }
}

/// A Case to be created. Names are resolved to ids by the one who sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRequest {
    /// The push that it came from, a position in the plan's table.
    pub push: u32,
    /// `Case`.
    pub object: String,
    /// The record type's developer name.
    pub record_type: Option<String>,
    /// Who owns it; `None` leaves it to the org.
    pub owner: Option<Owner>,
    /// The unique field that carries [`Effect::key`].
    pub key_field: String,
    /// Values by API name, sorted by name; without owner, record type and key.
    pub fields: Vec<(String, Value)>,
    /// The field into which the transcript goes at the Case's creation, where the push wants that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<TranscriptField>,
}

/// A text field that takes the transcript; the store, which has it, fills it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptField {
    /// API name.
    pub field: String,
    /// The transcript up to and with this message.
    pub through: u64,
    /// Its length at most, by [`tidegate_plan::value::salesforce_length`]; to be cut by
    /// [`tidegate_plan::value::cut`].
    pub max_length: Option<u32>,
}

/// An event to be fed back at a time, unless the conversation has gone on by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// Names it within its conversation: one that is set anew takes the place of the one before.
    pub key: Uuid,
    /// When.
    pub due: Timestamp,
    /// What comes then.
    pub event: Event,
}

/// One line of the trace: an instruction's step and what it did, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceEntry {
    /// The step; `None` for the engine's own doings.
    pub step: Option<StepId>,
    /// What happened: "set conversation.Priority by program". Never a customer's text.
    pub what: String,
}
