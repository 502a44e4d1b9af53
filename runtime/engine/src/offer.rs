//! What agents ask with something to press or to fill in, and how customers answer.
//!
//! It comes from outside, and is kept in the conversation until it is answered: so it is small, or
//! it is told as text.

use serde::{Deserialize, Serialize};

use crate::message::{Message, Speaker};

/// Options of a question at most, and inputs of a form.
const MOST: usize = 50;
/// Characters of a title at most, and of an id, which is sent back as it came.
const LONGEST_TITLE: usize = 500;
/// Characters of a question at most.
const LONGEST_TEXT: usize = 4_000;

/// What agents have asked and nobody has answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The number by which an answer names it.
    pub wait: u64,
    /// Its message on the agents' side, which an answer names there.
    pub question: String,
    /// What it asks.
    pub asks: Asks,
}

/// What agents ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Asks {
    /// To choose one of several.
    Choices {
        /// The question.
        text: String,
        /// The options.
        options: Vec<OfferedOption>,
    },
}

/// One of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedOption {
    /// Its id on the agents' side.
    pub id: String,
    /// What it is called there.
    pub title: String,
    /// What customers read, where that is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl OfferedOption {
    /// What customers read.
    pub fn label(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.title)
    }

    fn is_small(&self) -> bool {
        let short = |text: &str| !text.trim().is_empty() && fits(text, LONGEST_TITLE);
        short(&self.id) && short(&self.title) && short(self.label())
    }
}

fn fits(text: &str, most: usize) -> bool {
    text.chars().nth(most).is_none()
}

impl Asks {
    /// Whether it can be shown whole.
    pub(crate) fn is_small(&self) -> bool {
        match self {
            Self::Choices { text, options } => {
                (1..=MOST).contains(&options.len())
                    && fits(text, LONGEST_TEXT)
                    && options.iter().all(OfferedOption::is_small)
            }
        }
    }

    /// What it says, for whoever can't press anything.
    pub(crate) fn as_text(&self) -> String {
        match self {
            Self::Choices { text, options } => {
                let options = options.iter().map(|one| format!("- {}", one.label()));
                let text = (!text.trim().is_empty()).then(|| text.clone());
                text.into_iter().chain(options).collect::<Vec<_>>().join("\n")
            }
        }
    }

    /// What the customer sees.
    pub(crate) fn message(&self, wait: u64, from: Speaker) -> Message {
        match self {
            Self::Choices { text, options } => Message::Choices {
                from: Some(from),
                wait,
                prompt: text.clone(),
                choices: options.iter().map(|one| one.label().to_owned()).collect(),
                other: true,
                human: false,
            },
        }
    }
}

/// How a customer has answered, in the terms of the agents' side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reply {
    /// One of the options.
    Chosen {
        /// Its id.
        id: String,
        /// What it is called.
        title: String,
    },
}

impl Reply {
    /// What it says in words.
    pub fn as_text(&self) -> String {
        match self {
            Self::Chosen { title, .. } => title.clone(),
        }
    }
}
