//! Visitors and the tokens that own their conversations.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tidegate_plan::value::Value;
use uuid::Uuid;

use super::{Owner, Reply};

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
    /// What lasts across conversations: own data of `person` by attribute name, and under
    /// `session.` what conversations leave to the next one.
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
    /// The browser's time zone, an IANA name.
    pub time_zone: Option<String>,
    /// The browser's name.
    pub browser: Option<String>,
    /// The browser's version.
    pub browser_version: Option<String>,
    /// The operating system's name.
    pub os: Option<String>,
    /// The country, as the proxy in front of the server tells it: two capital letters.
    pub country: Option<String>,
    /// When the visitor came first.
    pub first_seen: Option<Timestamp>,
    /// When the visitor was here last.
    pub last_seen: Option<Timestamp>,
    /// When the visit before this one ended.
    pub seen_before: Option<Timestamp>,
    /// Visits up to now.
    #[serde(default)]
    pub visits: u32,
}

impl Profile {
    /// What another request has said meanwhile and this one does not say stays: both have read the
    /// profile before either was let in.
    #[must_use]
    pub(crate) fn or_known(self, known: &Self) -> Self {
        Self {
            email: self.email.or_else(|| known.email.clone()),
            name: self.name.or_else(|| known.name.clone()),
            first_seen: known.first_seen.or(self.first_seen),
            visits: self.visits.max(known.visits),
            ..self
        }
    }
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
    /// The visitor; added, or its profile replaced, but for the e-mail address and the name that a
    /// page claimed before and does not claim now. Where the subject belongs to a visitor
    /// already, that one is meant. `lasting` is not touched. A visitor stays with its Messenger.
    pub visitor: Visitor,
    /// A token to be taken from now on, or to be prolonged.
    pub token: Option<Token>,
    /// The token on whose strength the visitor is let in: where it has ended meanwhile, nothing is
    /// done.
    pub shown: Option<TokenHash>,
    /// A token not to be taken any more.
    pub revoked: Option<TokenHash>,
    /// A browser's visitor who turns out to be this one, having shown the proofs of both.
    pub joins: Option<Join>,
}

/// What a browser's visitor leaves to a signed-in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Join {
    /// The browser's visitor; nothing happens where it has a subject. What lasts of it goes over
    /// where the other one has nothing of that name.
    pub visitor: Uuid,
    /// Its open conversation, which goes over where the other one has none.
    pub conversation: Option<Uuid>,
}

/// Visitors and their tokens.
pub trait Visitors: Debug + Send + Sync {
    /// Lets a visitor in, whole or not at all, and says who it is; `None` where the token that was
    /// shown leads nowhere any more.
    fn admit(&self, admission: Admission) -> Reply<'_, Option<Visitor>>;
    /// Ends a token, and forgets what is known of a visitor without a subject to whom no other one
    /// leads. False where there was no such token.
    fn sign_out(&self, hash: TokenHash) -> Reply<'_, bool>;
    /// Changes what lasts of a visitor: a new value, or `None` where there is none any more. Nothing
    /// where there is no such visitor.
    fn keep_lasting(
        &self,
        visitor: Uuid,
        changes: BTreeMap<String, Option<Value>>,
    ) -> Reply<'_, ()>;
    /// Whose token this is, unless it has ended.
    fn by_token(&self, hash: TokenHash, now: Timestamp) -> Reply<'_, Option<Visitor>>;
    /// The same without what is known of the visitor: what every request asks.
    fn bearer(&self, hash: TokenHash, now: Timestamp) -> Reply<'_, Option<Owner>>;
    /// The visitor with a signed identity's `sub`.
    fn by_subject(&self, messenger: String, subject: String) -> Reply<'_, Option<Visitor>>;
    /// A visitor.
    fn visitor(&self, id: Uuid) -> Reply<'_, Option<Visitor>>;
}
