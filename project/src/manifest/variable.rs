//! Names of environment variables.

use serde::{Deserialize, Serialize};

/// The name of an environment variable. Whoever writes the secret itself in its place does not find
/// it in any message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Variable(String);

impl Variable {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Variable {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !text.is_empty()
            && !text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(fits)
        {
            Ok(Self(text))
        } else {
            Err("this is no name of an environment variable (letters, digits and `_`, no digit \
                 first); the manifest names the variable, and the secret itself stands in the \
                 environment")
        }
    }
}

impl From<Variable> for String {
    fn from(variable: Variable) -> Self {
        variable.0
    }
}
