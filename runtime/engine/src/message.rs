//! What stands in a conversation: the Messenger's wire form, and the notes that it never gets.
//!
//! The store numbers entries of a conversation from 1 and adds the time; the events stream sends
//! those that [`Message::is_for_customer`] as they stand here.

use serde::{Deserialize, Serialize};

use crate::file::FileRef;

/// One entry of the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    /// Somebody said something.
    Said {
        /// Who.
        from: Speaker,
        /// What.
        text: String,
        /// What stands in transcripts instead, where something private was revealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        masked: Option<String>,
        /// Which of the runtime's own sentences it is, for a Messenger that speaks another language.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<Notice>,
    },
    /// Somebody sent a file in a chat with agents.
    File {
        /// Who; the workflow where it says that a file of the customer's could not be passed on.
        from: Speaker,
        /// What it is called.
        name: String,
        /// The file; absent where it could not be had, or not be passed on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<FileRef>,
    },
    /// The workflow noted something for those who read the transcript, and for nobody else.
    Noted {
        /// What.
        text: String,
    },
    /// The conversation is held in this language from here on; nobody reads that.
    Speaks {
        /// A tag of BCP 47, as the manifest has it.
        language: String,
    },
    /// The customer's words are awaited.
    Asked {
        /// The wait's number.
        wait: u64,
        /// Whether *Talk to a person* is shown.
        human: bool,
        /// Whether *That helped* is shown: the AI has answered.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        helped: bool,
    },
    /// The visitor is asked to sign in.
    Verify {
        /// The wait's number.
        wait: u64,
        /// Whether *Talk to a person* is shown.
        human: bool,
    },
    /// Buttons.
    Choices {
        /// Who asks, where that is the agents' side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Speaker>,
        /// The wait's number.
        wait: u64,
        /// The question.
        prompt: String,
        /// The buttons' texts.
        choices: Vec<String>,
        /// Whether other words are taken too.
        other: bool,
        /// Whether *Talk to a person* is shown.
        human: bool,
    },
    /// A form.
    Form {
        /// The wait's number.
        wait: u64,
        /// What stands above it.
        title: Option<String>,
        /// Its lines.
        fields: Vec<FormLine>,
        /// Whether *Talk to a person* is shown.
        human: bool,
    },
    /// The wait is over: its form or buttons are not to be used any more.
    Closed {
        /// The wait's number.
        wait: u64,
        /// What was chosen or filled in, as label and text, to be shown in its place.
        answers: Vec<(String, String)>,
    },
    /// How it stands with the agents to whom the conversation was handed off.
    Agents {
        /// How.
        state: Agents,
        /// Who has come, where the agents' side says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// A Case exists.
    CaseCreated {
        /// Its number, where it could be read.
        number: Option<String>,
    },
    /// The conversation is over; a further message opens a new one.
    Ended,
}

impl Message {
    /// Whether the customer may see it.
    pub fn is_for_customer(&self) -> bool {
        !matches!(self, Self::Noted { .. })
    }

    /// What somebody said as it stands in transcripts: what was revealed to the customer is masked.
    pub fn transcribed(&self) -> Option<(Speaker, &str)> {
        match self {
            Self::Said { from, text, masked, .. } => {
                Some((*from, masked.as_deref().unwrap_or(text)))
            }
            _ => None,
        }
    }
}

/// A sentence of the runtime's own, where the program says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// [`crate::sentences::APOLOGY`]
    Apology,
    /// [`crate::sentences::CASE_CREATED`], and its number
    CaseCreated,
    /// [`crate::sentences::CASE_DELAYED`]
    CaseDelayed,
    /// [`crate::sentences::CASE_REJECTED`]
    CaseRejected,
    /// [`crate::sentences::HELPED`], said by the customer
    Helped,
    /// [`crate::sentences::NOT_PASSED_ON`]
    NotPassedOn,
}

/// How it stands with the agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agents {
    /// One is waited for.
    Awaited,
    /// One is there.
    Joined,
    /// None is there any more, and none is waited for.
    Gone,
}

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The customer.
    Customer,
    /// The workflow.
    Assistant,
    /// The AI, in an `answer`.
    Ai,
    /// An agent.
    Agent,
    /// A bot on the agents' side.
    Bot,
    /// The agents' side itself, such as by an automatic reply.
    System,
}

/// One line of a form, with all that a browser needs to validate it as the engine will.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormLine {
    /// The attribute: `conversation.order_number`; the key in what is submitted. A file has a word
    /// of its own, without a point.
    pub name: String,
    /// What the customer reads.
    pub label: String,
    /// A hint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether what is filled in is private: it is shown masked from then on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// How it is shown and checked: `line`, `area`, `email`, `phone`, `url`, `number`, `checkbox`,
    /// `date`, `date_time`, `time`, `select`, `select_many`, `rating` (from `min` to `max`),
    /// `file`.
    pub input: String,
    /// What stands in it already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Characters at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// Digits behind the point at most, for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<u32>,
    /// The smallest value, or length for text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// The largest value, or length for text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// A pattern that the whole text must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// What to say where it does not match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern_message: Option<String>,
    /// The values to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<FormOption>,
    /// The line of the same form whose value decides which options fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controller: Option<String>,
}

/// One value to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormOption {
    /// What is submitted.
    pub value: String,
    /// What the customer reads.
    pub label: String,
    /// The controller's values with which it fits; absent where it fits all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_for: Option<Vec<String>>,
}

/// A question and its answer on one line, as people read them: `Order number: 123456`. A label that
/// ends as a sentence does needs no colon.
pub fn answered(label: &str, answer: &str) -> String {
    let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    let colon = if label.ends_with(['?', '!', '.', ':', '…']) { "" } else { ":" };
    format!("{label}{colon} {}", answer.trim())
}
