//! Names and ids that are safe in addresses and in SOQL.

use std::fmt;

/// A text is not what a name, an id or a version must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no {what}", text.escape_debug())]
pub struct BadName {
    text: String,
    what: &'static str,
}

impl BadName {
    pub(crate) fn new(text: &str, what: &'static str) -> Self {
        BadName { text: text.to_owned(), what }
    }
}

impl From<BadName> for crate::Error {
    fn from(bad: BadName) -> Self {
        crate::Error::Unaskable { what: bad.to_string() }
    }
}

/// The API name of an object or a field, or a path of them such as `Account.Owner.Name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiName(String);

impl ApiName {
    /// Takes letters, digits and underscores, a letter first, in parts with dots between them.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn new(text: &str) -> Result<Self, BadName> {
        let part = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_alphabetic())
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        if text.split('.').all(part) {
            Ok(ApiName(text.to_owned()))
        } else {
            Err(BadName { text: text.to_owned(), what: "name of an object or a field" })
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApiName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A record's id: 15 or 18 letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordId(String);

impl RecordId {
    /// Takes 15 or 18 letters and digits.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn new(text: &str) -> Result<Self, BadName> {
        if matches!(text.len(), 15 | 18) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(RecordId(text.to_owned()))
        } else {
            Err(BadName { text: text.to_owned(), what: "record id" })
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A version of the API, such as `66.0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiVersion(String);

impl ApiVersion {
    /// Takes a whole number, a point and a digit.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn new(text: &str) -> Result<Self, BadName> {
        let digits = |part: &str, at_most: usize| {
            (1..=at_most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        match text.split_once('.') {
            Some((release, rest)) if digits(release, 4) && digits(rest, 1) => {
                Ok(ApiVersion(text.to_owned()))
            }
            _ => Err(BadName { text: text.to_owned(), what: "API version such as 66.0" }),
        }
    }

    /// The version.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number of the release, by which versions are ordered.
    pub(crate) fn release(&self) -> u32 {
        self.0.split_once('.').and_then(|(release, _)| release.parse().ok()).unwrap_or(0)
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
