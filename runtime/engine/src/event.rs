//! What can happen to a conversation.

use serde::{Deserialize, Serialize};
use tidegate_plan::model::AttrId;
use tidegate_plan::value::Value;
use uuid::Uuid;

use crate::file::FileRef;
use crate::offer::Asks;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The visitor opened the Messenger; the first event of every conversation that no visit began.
    Opened(Opened),
    /// The visitor took up what a visit had shown; the first event of every other conversation. Where the
    /// visit starts nothing by now, it is an opening.
    Visited {
        /// After how many milliseconds the page told of the visit.
        after_ms: u64,
        /// What is known.
        opened: Opened,
    },
    /// The visitor's record was looked for.
    PersonSynced {
        /// The effect that this answers.
        key: Uuid,
        /// What was found.
        found: PersonFound,
    },
    /// The conversation's Case was read.
    CaseSynced {
        /// The effect that this answers.
        key: Uuid,
        /// The values of its synced fields that are not blank; `None` where it could not be read.
        values: Option<Vec<(AttrId, Value)>>,
    },
    /// A visitor for whom nobody vouched has signed in, and the page has shown it.
    SignedIn(Signed),
    /// The visitor does not want to sign in.
    SignInRefused {
        /// The wait that it answers.
        wait: u64,
    },
    /// The customer wrote.
    Message {
        /// The words, as written.
        text: String,
    },
    /// The customer sent the agents a file.
    FileSent {
        /// The file.
        file: FileRef,
    },
    /// The customer sent a form. Values were parsed by type; rules are the engine's business.
    FormSubmitted {
        /// The wait that it answers.
        wait: u64,
        /// A value for each line that was filled in.
        values: Vec<(AttrId, Value)>,
        /// A file for each line that has one, by the line's name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<(String, FileRef)>,
    },
    /// The customer pressed a button.
    ChoiceMade {
        /// The wait that it answers.
        wait: u64,
        /// The button's position.
        choice: u32,
    },
    /// The customer answered a form or buttons that are not asked any more.
    AnsweredLate {
        /// The answers as people read them.
        text: String,
    },
    /// The customer asked for a person.
    HumanRequested,
    /// The customer said by a button that the AI's answer helped.
    Helped {
        /// The wait that it answers.
        wait: u64,
    },
    /// The summary is there.
    Summarised {
        /// The effect that this answers.
        key: Uuid,
        /// The summary; `None` where it failed.
        summary: Option<String>,
    },
    /// The AI was asked which value an attribute has.
    Detected {
        /// The effect that this answers.
        key: Uuid,
        /// What it found.
        found: Detection,
    },
    /// The AI was asked to answer the customer.
    Answered {
        /// The effect that this answers.
        key: Uuid,
        /// What it has to say.
        reply: Reply,
    },
    /// The Case exists.
    CaseCreated {
        /// The effect that this answers.
        key: Uuid,
        /// The Case's id.
        id: String,
        /// The Case's number, where it could be read.
        number: Option<String>,
        /// The fields in which it differs from what was asked for, where an earlier attempt had
        /// created it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        differs: Vec<String>,
    },
    /// The org will never accept the Case as it is; it became a dead letter.
    CaseRefused {
        /// The effect that this answers.
        key: Uuid,
        /// The org's error code.
        code: String,
    },
    /// Something happened to a chat with agents.
    Chat {
        /// The effect that opened it.
        key: Uuid,
        /// What happened.
        what: ChatEvent,
    },
    /// Silence in a wait.
    IdleFired {
        /// The wait.
        wait: u64,
        /// Which of the wait's idle handlers, by growing time.
        ordinal: u32,
    },
    /// An effect did not answer in time, or a pause is over.
    DeadlinePassed {
        /// The effect, or the pause.
        key: Uuid,
    },
}

/// What happens to a chat with agents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChatEvent {
    /// An agent has accepted.
    Accepted {
        /// Who, as customers are told.
        name: Option<String>,
    },
    /// Somebody on the agents' side wrote.
    Wrote {
        /// Who.
        #[serde(default)]
        by: Author,
        /// The words.
        text: String,
    },
    /// Somebody on the agents' side sent a file.
    Sent {
        /// Who.
        by: Author,
        /// What it is called.
        name: String,
        /// The file; `None` where it could not be had.
        file: Option<FileRef>,
    },
    /// Somebody on the agents' side asked something that is answered by a button.
    Asked {
        /// Who.
        by: Author,
        /// Its message on the agents' side, which the answer is to name.
        question: String,
        /// What.
        asks: Asks,
    },
    /// What the customer said could not be passed on, and never can be.
    NotPassedOn {
        /// What the file is called; `None` for words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<String>,
    },
    /// The agent has left, or handed the chat over: another one is to come.
    Left,
    /// The agents' side has ended the chat.
    Ended,
    /// There can be no chat.
    Failed,
    /// The chat broke off.
    Lost,
}

/// Who writes on the agents' side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// A person.
    #[default]
    Agent,
    /// A bot of the org's.
    Bot,
    /// The org itself, such as by an automatic reply.
    System,
}

/// What the AI found about an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Detection {
    /// A value. That it is one of those offered is for the engine to see.
    Value {
        /// The API value.
        value: String,
        /// Words of what the list says of the value that spoke for it. The engine believes those
        /// that stand there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        because: Vec<String>,
    },
    /// None of those offered.
    Nothing,
    /// No AI could be asked.
    Unavailable,
}

/// Units of an answer of the AI's at most, by [`tidegate_plan::value::cut`].
pub const LONGEST_ANSWER: usize = 8_000;

/// What the AI says to the customer, or makes of what the customer said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reply {
    /// An answer.
    Answer {
        /// Its text.
        text: String,
        /// The article that it quotes, by its name in the plan. The engine believes one that stands
        /// there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
    },
    /// A question back: it needs to know more.
    Question {
        /// Its text.
        text: String,
    },
    /// The customer's words say that an answer helped.
    Confirmed,
    /// The customer clearly wants a person.
    Human,
    /// It can't help.
    Unresolved,
    /// No AI could be asked.
    Unavailable,
}

/// What is known when the Messenger is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// What a signed token says of the visitor; `None` where nobody vouches for them.
    pub signed: Option<Signed>,
    /// Values of `session.*` and of lasting `person.*` data.
    pub values: Vec<(AttrId, Value)>,
}

/// A visitor for whom a signed token vouches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The claim by which the person is found, where the token has it.
    pub claim: Option<String>,
}

/// What the look-up of a person gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PersonFound {
    /// Exactly one record, with the values of its synced fields that are not blank.
    One {
        /// The record's id.
        id: String,
        /// Its values.
        values: Vec<(AttrId, Value)>,
    },
    /// None.
    Nobody,
    /// More than one, which counts as none.
    Several,
    /// Salesforce could not be asked.
    Unavailable,
}
