//! `[ai]`: who does the AI's jobs.

use serde::{Deserialize, Serialize};

use super::suggest::HELP;

/// `[ai]`: left out, what is built in does both jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AiSection {
    /// Who says which value a list has, for `detect`.
    pub detect: Provider,
    /// Who answers customers, for `answer`.
    pub answer: Provider,
}

impl AiSection {
    /// Whether it says nothing but what goes without saying.
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Who does one of the jobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum Provider {
    /// What is built in: it needs no network and no key.
    #[default]
    Builtin,
    /// Nobody: the step is `unavailable`.
    None,
}

impl TryFrom<String> for Provider {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.as_str() {
            "builtin" => Ok(Self::Builtin),
            "none" => Ok(Self::None),
            _ => Err(format!(
                "there is no provider `{name}` of an AI{HELP}there are `builtin`, which needs no network and \
                 no key, and `none`"
            )),
        }
    }
}

impl From<Provider> for String {
    fn from(provider: Provider) -> Self {
        match provider {
            Provider::Builtin => "builtin",
            Provider::None => "none",
        }
        .to_owned()
    }
}
