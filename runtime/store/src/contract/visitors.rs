//! Visitors and the tokens that own their conversations.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tidegate_plan::value::Value;
use uuid::Uuid;

use super::Reply;

/// The SHA-256 of a visitor's token; the token itself is never kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// Somebody in front of one Messenger: a browser, or a signed-in person in any of theirs.
#[derive(Debug, Clone, PartialEq)]
pub struct Visitor {
    /// The visitor's id.
    pub id: Uuid,
    /// The Messenger's name.
    pub messenger: String,
    /// The `sub` of a signed identity; unique in its Messenger.
    pub subject: Option<String>,
    /// What is known of the visitor.
    pub profile: Profile,
    /// Own data of `person`, by attribute name; lasts across conversations.
    pub lasting: BTreeMap<String, Value>,
}

/// What is known of a visitor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Claims of a signed identity: verified, unlike all else.
    pub claims: BTreeMap<String, String>,
    /// The e-mail address that the page claims.
    pub email: Option<String>,
    /// The name that the page claims.
    pub name: Option<String>,
    /// The page that shows the Messenger.
    pub page: Option<String>,
    /// Where that page was reached from.
    pub referrer: Option<String>,
    /// The browser's language.
    pub language: Option<String>,
    /// The browser's name.
    pub browser: Option<String>,
    /// The operating system's name.
    pub os: Option<String>,
    /// When the visitor came first.
    pub first_seen: Option<Timestamp>,
    /// When the visitor came last.
    pub last_seen: Option<Timestamp>,
}

/// A token to be taken for a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its hash.
    pub hash: TokenHash,
    /// When it ends.
    pub expires: Timestamp,
}

/// A visitor let in.
#[derive(Debug, Clone, PartialEq)]
pub struct Admission {
    /// The visitor; added, or its profile replaced. Where the subject belongs to a visitor
    /// already, that one is meant. `lasting` is not touched.
    pub visitor: Visitor,
    /// A token to be taken from now on, or to be prolonged.
    pub token: Option<Token>,
    /// A token not to be taken any more.
    pub revoked: Option<TokenHash>,
}

/// Visitors and their tokens.
pub trait Visitors: Debug + Send + Sync {
    /// Lets a visitor in, whole or not at all, and says who it is.
    fn admit(&self, admission: Admission) -> Reply<'_, Visitor>;
    /// Whose token this is, unless it has ended.
    fn by_token(&self, hash: TokenHash, now: Timestamp) -> Reply<'_, Option<Visitor>>;
    /// The visitor with a signed identity's `sub`.
    fn by_subject(&self, messenger: String, subject: String) -> Reply<'_, Option<Visitor>>;
    /// A visitor.
    fn visitor(&self, id: Uuid) -> Reply<'_, Option<Visitor>>;
}
