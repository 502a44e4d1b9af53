//! `[ai]`: who does the AI's jobs.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::{Endpoint, Limit, ManifestError, Variable};

/// `[ai]`: left out, what is built in does each job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AiSection {
    /// Who says which value a list has, for `detect`.
    pub detect: Provider,
    /// Who answers customers, for `answer`.
    pub answer: Provider,
    /// Who summarises conversations, for pushes with `summary to`.
    pub summarise: Provider,
    /// `[ai.budget]`: what endpoints may be asked.
    #[serde(skip_serializing_if = "BudgetSection::is_default")]
    pub budget: BudgetSection,
    /// `[ai.provider.NAME]`: endpoints that the jobs can name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub provider: BTreeMap<String, ProviderSection>,
}

/// `[ai.budget]`: what all endpoints together may be asked, and who does the jobs then. What is left
/// out has no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct BudgetSection {
    /// Requests for one conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_conversation: Option<Limit>,
    /// Tokens, of questions and answers, for one conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_per_conversation: Option<Limit>,
    /// Requests in a day (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_day: Option<Limit>,
    /// Tokens in a day (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_per_day: Option<Limit>,
    /// Who does the jobs once it is used up.
    pub then: Then,
}

impl BudgetSection {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Who does the AI's jobs once a budget is used up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Then {
    /// Nobody: the step is `unavailable`.
    #[default]
    Unavailable,
    /// What is built in.
    Builtin,
}

/// `[ai.provider.NAME]`: an AI behind an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSection {
    /// How it is spoken to.
    pub speaks: Protocol,
    /// Its address, up to what every request has in common: `https://api.openai.com/v1`.
    pub url: Endpoint,
    /// The model's name there.
    pub model: String,
    /// The environment variable that holds the key, where it wants one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_env: Option<Variable>,
    /// Seconds that one request may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<NonZeroU32>,
    /// Whether customers see answers while they are made; left out, they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drafts: Option<bool>,
}

impl ProviderSection {
    /// Seconds that one request may take if the manifest does not say.
    pub const TIMEOUT_SECONDS: u32 = 20;

    /// Seconds that one request may take.
    pub fn timeout_seconds(&self) -> u32 {
        self.timeout_seconds.map_or(Self::TIMEOUT_SECONDS, u32::from)
    }
}

/// How an endpoint is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// As OpenAI's, which many others take too: `POST …/chat/completions`.
    OpenAi,
    /// As Anthropic's Messages: `POST …/messages`.
    Anthropic,
}

impl AiSection {
    /// Whether it says nothing but what goes without saying.
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether each provider that is named is there.
    pub(super) fn consistent(&self) -> Result<(), ManifestError> {
        if let Some(name) = self.provider.keys().find(|name| OWN.contains(&name.as_str())) {
            return Err(ManifestError::new(
                format!("`ai.provider.{name}` has the name of a provider that is always there"),
                "give it another one",
            ));
        }
        let jobs =
            [("detect", &self.detect), ("answer", &self.answer), ("summarise", &self.summarise)];
        for (key, provider) in jobs {
            let Provider::Named(name) = provider else { continue };
            if !self.provider.contains_key(name) {
                let others = self.provider.keys().map(|name| format!(", `{name}`"));
                let help = format!(
                    "there are `builtin`, which needs no network and no key, `none`{}; or add a section \
                     `[ai.provider.{name}]`",
                    others.collect::<String>()
                );
                let message = format!("`ai.{key}` names `{name}`, and there is no such provider");
                return Err(ManifestError::new(message, help));
            }
        }
        Ok(())
    }
}

/// Who does one of the jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "String", into = "String")]
pub enum Provider {
    /// What is built in: it needs no network and no key.
    #[default]
    Builtin,
    /// Nobody: the step is `unavailable`, and there is no summary.
    None,
    /// That of a section `[ai.provider.NAME]`.
    Named(String),
}

/// The providers that need no section.
const OWN: [&str; 2] = ["builtin", "none"];

impl From<String> for Provider {
    fn from(name: String) -> Self {
        match name.as_str() {
            "builtin" => Self::Builtin,
            "none" => Self::None,
            _ => Self::Named(name),
        }
    }
}

impl From<Provider> for String {
    fn from(provider: Provider) -> Self {
        match provider {
            Provider::Builtin => "builtin".to_owned(),
            Provider::None => "none".to_owned(),
            Provider::Named(name) => name,
        }
    }
}
