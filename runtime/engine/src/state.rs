//! A conversation at rest: small, versioned data.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tidegate_plan::model::{PushId, StepId, Target, WorkflowId};
use tidegate_plan::value::Value;
use uuid::Uuid;

use crate::file::FileRef;
use crate::offer::Offer;

/// The layout of [`Conversation`]; a stored one of another layout is refused by name.
pub const LAYOUT: u32 = 1;

/// Characters of what the customer says that are kept for a Case's Description, in the unit that
/// Salesforce counts; the whole is in the transcript.
pub const MAX_SAID: usize = 32_000;

/// Messages at most that wait to be taken; of more, the words are in the transcript only.
pub const MAX_INBOX: usize = 64;

/// A conversation at rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// [`LAYOUT`].
    pub layout: u32,
    /// Its id.
    pub id: Uuid,
    /// The plan it began with, by the hash of its contents; it stays on it.
    pub plan: String,
    /// Where it is.
    pub position: Position,
    /// The workflows that run one another, innermost last.
    pub frames: Vec<Frame>,
    /// A slot for each attribute of the plan.
    pub slots: Vec<Option<Slot>>,
    /// How far who the visitor is has been settled.
    pub person: Person,
    /// The verified claim by which the visitor's record is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// The visit that it begins with, by its milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<u64>,
    /// What is read again since an agent has replied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Refresh>,
    /// What agents have asked and the customer has not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// How many messages the conversation has; the last one's sequence number.
    pub messages: u64,
    /// The number of the latest wait.
    pub waits: u64,
    /// How often each effectful step was executed.
    pub occurrences: BTreeMap<StepId, u32>,
    /// The rounds that each repeat has begun, by its head.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rounds: BTreeMap<Target, u32>,
    /// Customer's words that no wait has taken yet, by message sequence number.
    pub inbox: VecDeque<Words>,
    /// What the customer wrote and answered, in order, for Subject and Description; at most
    /// [`MAX_SAID`] in all.
    pub said: Vec<Said>,
    /// The summary, once there is one.
    pub summary: Option<String>,
    /// Cases that were asked for and do not exist yet.
    pub pending: Vec<Pending>,
    /// The buttons that are shown, as they read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
    /// How far the `answer` that runs has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turns: Option<Turns>,
    /// Files that the customer sent and that no Case was asked for since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileRef>,
    /// What came of the AI's answers, unless the customer went on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<Resolved>,
    /// The Case that this conversation created.
    pub case_id: Option<String>,
    /// The key of the Case that was asked for last, under which the org has it, once it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_key: Option<Uuid>,
}

/// Buttons with their question, as the customer reads them: what they are made of may change while
/// they are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The question.
    pub prompt: String,
    /// What stands on the buttons.
    pub labels: Vec<String>,
}

/// Something that the customer let us know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// By a button or a line of a form: the question with its answer, `Order number: 123456`.
    Answer(String),
    /// In words.
    #[serde(untagged)]
    Words(String),
}

impl Said {
    /// The text as it stands in a Description.
    pub fn text(&self) -> &str {
        match self {
            Self::Words(text) | Self::Answer(text) => text,
        }
    }
}

/// How far an `answer` has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turns {
    /// Answers and questions of the AI.
    pub taken: u32,
    /// Whether one of them was an answer.
    pub answered: bool,
    /// Whether the last one was: the customer may say that it helped.
    pub offered: bool,
}

/// What came of an `answer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolved {
    /// The customer said so.
    Confirmed,
    /// The customer did not come back.
    Assumed,
    /// Nothing helped.
    Unresolved,
}

/// Words that wait to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The text.
    pub text: String,
}

/// The records that are read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    /// Names the time for which they are waited for.
    pub key: Uuid,
    /// The chat in which the agent has replied.
    pub chat: Uuid,
    /// The effect that reads the visitor's record, until it has answered.
    pub person: Option<Uuid>,
    /// The effect that reads the Case, until it has answered.
    pub case: Option<Uuid>,
    /// Whether an agent has replied since.
    pub again: bool,
}

/// Where a conversation is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Position {
    /// Not opened yet.
    New,
    /// The person is being looked for; the workflow starts afterwards.
    Syncing {
        /// The effect.
        key: Uuid,
    },
    /// The opening has started nothing: what the customer writes first starts a workflow.
    AwaitingMessage {
        /// Names the time after which nobody waits for it any longer.
        key: Uuid,
    },
    /// Waiting for the customer at an instruction.
    Waiting {
        /// The instruction that waits.
        at: Target,
        /// The wait's number.
        wait: u64,
        /// When the silence began.
        since: Timestamp,
        /// How many of the wait's idle handlers have run.
        idled: u32,
    },
    /// The visitor has signed in; the person is being looked for.
    Reading {
        /// The instruction that asked for it.
        at: Target,
        /// The effect.
        key: Uuid,
    },
    /// Letting time pass at a `wait`.
    Pausing {
        /// The instruction that waits.
        at: Target,
        /// Names the pause.
        key: Uuid,
    },
    /// Waiting for the summary that a Case needs.
    Summarising {
        /// The instruction that creates the Case.
        at: Target,
        /// The effect.
        key: Uuid,
    },
    /// Waiting for the AI to find out which value an attribute has.
    Detecting {
        /// The instruction that asks.
        at: Target,
        /// The effect.
        key: Uuid,
    },
    /// Waiting for the AI's answer to the customer.
    Answering {
        /// The instruction that asks.
        at: Target,
        /// The effect.
        key: Uuid,
    },
    /// With agents.
    HandedOff {
        /// The instruction that hands off.
        at: Target,
        /// The effect that opened the chat.
        key: Uuid,
        /// Whether an agent has accepted.
        accepted: bool,
        /// Whether one has ever accepted in this chat.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        met: bool,
        /// Names the time for which one is waited for.
        wait: Uuid,
        /// How often the customer's words were relayed.
        relayed: u32,
    },
    /// Waiting for the org's answer to a Case.
    Creating {
        /// The instruction that creates the Case.
        at: Target,
        /// The effect.
        key: Uuid,
    },
    /// Over.
    Ended,
}

/// One workflow that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Which.
    pub workflow: WorkflowId,
    /// Where its caller goes on; for the outermost, nowhere.
    pub return_to: Option<Target>,
    /// The wait to which it goes back, where it is an idle arm that returns.
    pub interrupted: Option<Interrupted>,
}

/// A wait that an idle arm interrupted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interrupted {
    /// The instruction that waits.
    pub at: Target,
    /// The wait's number.
    pub wait: u64,
    /// When the silence began.
    pub since: Timestamp,
    /// How many of the wait's idle handlers have run.
    pub idled: u32,
}

/// A value and who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The value.
    pub value: Value,
    /// Who wrote it.
    pub by: Writer,
}

/// Who wrote a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Writer {
    /// The declaration's default.
    Default,
    /// A `set`.
    Program,
    /// A form.
    Customer,
    /// The AI, by `detect`.
    Detection,
    /// A sync.
    Salesforce,
    /// The Messenger.
    Session,
}

impl Writer {
    /// Whether it came to be in the conversation: by the program, the customer or the AI.
    pub fn is_conversation(self) -> bool {
        matches!(self, Self::Program | Self::Customer | Self::Detection)
    }
}

/// How far who the visitor is has been settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Person {
    /// Nobody vouched for the visitor.
    Unverified,
    /// A signed token did; no single record was found in time.
    Verified,
    /// And exactly one record was found and read.
    Known {
        /// Its id.
        id: String,
    },
}

/// A Case that was asked for and that does not exist yet, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The effect.
    pub key: Uuid,
    /// The step that asked.
    pub step: StepId,
    /// The push.
    pub push: PushId,
    /// Whether the customer is told of the Case: `create case`, not `record case`.
    pub told: bool,
    /// Whether the org has refused it. An operator may mend it and send it again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
    /// Files that are attached to it once it exists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileRef>,
}

impl Conversation {
    /// A conversation before its first event.
    ///
    /// `plan` is the plan's [`tidegate_plan::verify::VerifiedPlan::hash`].
    pub fn new(id: Uuid, plan: &str) -> Self {
        Self {
            layout: LAYOUT,
            id,
            plan: plan.to_owned(),
            position: Position::New,
            frames: Vec::new(),
            slots: Vec::new(),
            person: Person::Unverified,
            claim: None,
            visit: None,
            refresh: None,
            offer: None,
            messages: 0,
            waits: 0,
            occurrences: BTreeMap::new(),
            rounds: BTreeMap::new(),
            inbox: VecDeque::new(),
            said: Vec::new(),
            summary: None,
            pending: Vec::new(),
            shown: None,
            turns: None,
            files: Vec::new(),
            resolved: None,
            case_id: None,
            case_key: None,
        }
    }
}
