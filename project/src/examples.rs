//! Labelled messages, by which is measured how often the AI is right: a TOML file of the user's.
//!
//! ```toml
//! attribute = "conversation.Reason"
//!
//! [[message]]
//! text = "I was charged twice"
//! value = "Billing"
//!
//! [[message]]
//! text = "hello"    # nothing fits, so there is no value
//! ```

use serde::Deserialize;

/// A whole file. Unknown keys are errors.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// The list that is detected, by its path: `conversation.Reason`.
    pub attribute: String,
    /// The tag of the language that most are in.
    #[serde(default)]
    pub language: Option<String>,
    /// The messages.
    #[serde(default, rename = "message")]
    pub messages: Vec<Example>,
}

/// A message, and what a person makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// As a customer wrote it.
    pub text: String,
    /// The value that fits; none where none does.
    #[serde(default)]
    pub value: Option<String>,
}

/// Why a file holds no examples.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExamplesError {
    /// It is not what such a file is.
    #[error("line {line}: {message}")]
    Toml {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// It has no message.
    #[error("there is no message in it")]
    Empty,
}

impl Examples {
    /// Reads a file.
    ///
    /// # Errors
    /// The text is no TOML, lacks a key or has an unknown one, or has no message.
    pub fn parse(text: &str) -> Result<Self, ExamplesError> {
        let read: Self = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
            ExamplesError::Toml { line, message: error.message().to_owned() }
        })?;
        if read.messages.is_empty() { Err(ExamplesError::Empty) } else { Ok(read) }
    }
}

#[cfg(test)]
mod tests {
    use super::Examples;

    #[test]
    fn a_file_of_examples_is_read_or_refused() {
        let whole = "attribute = \"conversation.Reason\"\n[[message]]\ntext = \"a\"\nvalue = \"b\"\n[[message]]\ntext = \"c\"\n";
        let read = Examples::parse(whole).expect("examples");
        assert_eq!(read.messages[0].value.as_deref(), Some("b"));
        assert_eq!(read.messages[1].value, None);
        let refused = |text: &str| Examples::parse(text).expect_err("no examples").to_string();
        insta::assert_snapshot!(
            [
                refused("attribute = \"a\"\n"),
                refused("attribute = \"a\"\n[[message]]\nvalue = \"b\"\n"),
                refused("attribute = \"a\"\n[[message]]\ntext = \"c\"\nlabel = \"b\"\n"),
                refused("[[message]]\ntext = \"c\"\n"),
                refused("attribute = \n"),
            ]
            .join("\n")
        );
    }
}
