//! `[channel.NAME]`: a messaging channel of Salesforce, in which agents chat.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::place::wrong;
use super::{ManifestError, MessengerSection, Origin, Variable};

/// `[channel.NAME]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelSection {
    /// Where the org's messaging is: `https://acme.my.salesforce-scrt.com`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Origin>,
    /// The API name of the deployment, which is one for a custom client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<Deployment>,
    /// The queue that gets the chats, by its developer name; one of the channel's name where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<ChatQueue>,
    /// How the runtime vouches for customers who are signed in; all are guests where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_verification: Option<UserVerification>,
    /// The channel's custom parameters: their names, each with its maximum length.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<Key, Length>,
}

/// What the runtime signs, so that Salesforce knows who chats.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UserVerification {
    /// The issuer, as the channel's key set in Setup has it.
    pub issuer: Word,
    /// The key's id, as that key set has it.
    pub key_id: Word,
    /// The environment variable that holds the private RSA key, as PEM.
    pub key_env: Variable,
    /// The `aud` claim, where the org checks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Word>,
    /// The Messengers whose signed-in visitors it is for; all where absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messengers: Vec<String>,
}

/// A text that says something.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Word(String);

impl Word {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Word {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            return wrong("this says nothing", "write it as the key set in Setup has it");
        }
        Ok(Self(text))
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        word.0
    }
}

impl UserVerification {
    /// What it contradicts in the rest of the manifest.
    pub(super) fn contradicts(
        &self,
        channel: &str,
        messengers: &BTreeMap<String, MessengerSection>,
    ) -> Option<ManifestError> {
        let key = format!("`channel.{channel}.user_verification`");
        if let Some(unknown) = self.messengers.iter().find(|its| !messengers.contains_key(*its)) {
            return Some(ManifestError::new(
                format!("{key} names the Messenger `{unknown}`, which is not there"),
                "name a `[messenger.NAME]` of this file",
            ));
        }
        let signing = messengers.iter().filter(|(_, its)| !its.identity.is_empty());
        let signing: Vec<String> = signing.map(|(name, _)| format!("`{name}`")).collect();
        (signing.len() > 1 && self.messengers.is_empty()).then(|| {
            let names = signing.join(", ");
            ManifestError::new(
                format!("{key} does not say whom it is for: visitors sign in at {names}"),
                "write `messengers = [\"NAME\"]` there, and more than one name only where the same \
                 `sub` is the same person in all of them",
            )
        })
    }
}

impl ChannelSection {
    /// What it takes: keys, each with the most characters.
    pub fn lengths(&self) -> BTreeMap<String, u32> {
        self.parameters.iter().map(|(key, length)| (key.0.clone(), length.0)).collect()
    }
}

/// The API name of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Deployment(String);

impl Deployment {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Deployment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        api_name(text, "is no API name of a deployment").map(Self)
    }
}

fn api_name(text: String, is_none: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(fits) {
        return Ok(text);
    }
    wrong(
        &format!("`{text}` {is_none}"),
        "write it as Setup shows it: letters, digits and `_`, a letter first",
    )
}

impl From<Deployment> for String {
    fn from(name: Deployment) -> Self {
        name.0
    }
}

/// The developer name of a queue for chats.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChatQueue(String);

impl ChatQueue {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ChatQueue {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        api_name(text, "is no developer name of a queue").map(Self)
    }
}

impl From<ChatQueue> for String {
    fn from(name: ChatQueue) -> Self {
        name.0
    }
}

/// The name of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

/// The parameters that Salesforce has itself.
const STANDARD: [&str; 4] = ["_firstName", "_lastName", "_email", "_subject"];

impl TryFrom<String> for Key {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            return wrong("a parameter has a name", "write the channel's variable name");
        }
        if text.starts_with('_') && !STANDARD.contains(&text.as_str()) {
            return wrong(
                &format!("`{text}` is no parameter that Salesforce has"),
                "those with `_` before them are `_firstName`, `_lastName`, `_email` and `_subject`",
            );
        }
        Ok(Self(text))
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}

/// The most characters of a parameter's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Length(u32);

impl Length {
    /// More than any parameter takes.
    const MOST: u32 = 131_072;
}

impl TryFrom<i64> for Length {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        match u32::try_from(number) {
            Ok(length) if (1..=Self::MOST).contains(&length) => Ok(Self(length)),
            _ => wrong(
                &format!("`{number}` is no length of a parameter"),
                &format!("write the maximum length that Setup shows, from 1 to {}", Self::MOST),
            ),
        }
    }
}

impl From<Length> for i64 {
    fn from(length: Length) -> Self {
        length.0.into()
    }
}
