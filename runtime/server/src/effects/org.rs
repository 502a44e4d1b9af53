//! What the effects need of a Salesforce org. The real client implements it in
//! [`super::salesforce`]; tests bring their own.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use serde_json::{Map, Value};

/// A record, or the fields of one, by API name. Fields of a parent stand in an object of their own.
pub type Record = Map<String, Value>;

/// What a call will give.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = Result<T, CallError>> + Send + 'a>>;

/// A Salesforce org.
pub trait Org: Debug + Send + Sync {
    /// The org's own id, of 15 or 18 characters: which org it is that the rest would reach.
    fn id(&self) -> Call<'_, String>;
    /// Inserts a record and gives its id.
    fn insert(&self, insert: Insert) -> Call<'_, String>;
    /// Attaches a text file to a record. Repeating it attaches another one.
    fn attach(&self, attach: Attach) -> Call<'_, ()>;
    /// Records whose fields equal texts, at most `limit`.
    fn find(&self, find: Find) -> Call<'_, Vec<Record>>;
}

/// A record to be inserted.
#[derive(Debug, Clone, PartialEq)]
pub struct Insert {
    /// The object's API name.
    pub object: String,
    /// The fields.
    pub fields: Record,
    /// Whether the org's active assignment rules may choose the owner.
    pub assignment_rules: bool,
}

/// A text file to be attached to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attach {
    /// The record's id.
    pub parent: String,
    /// What users of the org see.
    pub title: String,
    /// The file's name, by which it is found again.
    pub file_name: String,
    /// What stands in it.
    pub text: String,
}

/// Records to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Find {
    /// The object's API name.
    pub object: String,
    /// The fields to be read, also paths to a parent's such as `Account.Industry`.
    pub fields: Vec<String>,
    /// Fields and the texts that they equal; all of them.
    pub equal: Vec<(String, String)>,
    /// At most so many.
    pub limit: u32,
}

/// Why a call gave no answer, told apart by what may have happened in the org.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The org did not get the request, or did nothing with it; later it may.
    #[error("the org could not be reached or was busy: {0}")]
    NotDone(String),
    /// The org may have done it.
    #[error("no definite answer from the org: {0}")]
    Unclear(String),
    /// A unique field holds the value already.
    #[error("a record with this value exists already: {answer}")]
    Duplicate {
        /// The field, where the org says it.
        field: Option<String>,
        /// The org's words.
        answer: String,
    },
    /// The org will never do it as it was asked.
    #[error("the org refused: {answer}")]
    Refused {
        /// The org's error code.
        code: String,
        /// The fields that it names.
        fields: Vec<String>,
        /// The org's words.
        answer: String,
    },
    /// The org's allowance is used up.
    #[error("the org's limit is reached: {0}")]
    Limit(String),
    /// Logging in fails: an operator has to mend the credentials.
    #[error("the login to the org fails: {0}")]
    Login(String),
    /// The org that answers is not the one whose metadata the plan was checked against.
    #[error("the plan is for the org {expected}, and the login leads to the org {found}")]
    AnotherOrg {
        /// The plan's.
        expected: String,
        /// The one that answers.
        found: String,
    },
}

impl CallError {
    /// A word for logs; never the org's text, which may quote a customer.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotDone(_) => "not reached",
            Self::Unclear(_) => "no definite answer",
            Self::Duplicate { .. } => "duplicate",
            Self::Refused { .. } => "refused",
            Self::Limit(_) => "limit reached",
            Self::Login(_) => "login failed",
            Self::AnotherOrg { .. } => "another org",
        }
    }

    /// What an operator can read of it without reading a customer: the name, and more where
    /// somebody has to mend something.
    pub fn reason(&self) -> String {
        match self {
            Self::Login(_) | Self::AnotherOrg { .. } => self.to_string(),
            _ => self.name().to_owned(),
        }
    }

    /// Whether it stays so until somebody mends something.
    pub fn is_alarming(&self) -> bool {
        matches!(self, Self::Login(_) | Self::AnotherOrg { .. })
    }
}
