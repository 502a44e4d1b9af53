//! What the effects need of a Salesforce org. The real client implements it in
//! [`super::salesforce`]; tests bring their own.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tidegate_salesforce::RetryClass;
use tidegate_salesforce::client::ApiUsage;
use tidegate_salesforce::describe::Described;
pub use tidegate_salesforce::describe::LastModified;
use tidegate_schemas::catalog::Object;

/// A record, or the fields of one, by API name. Fields of a parent stand in an object of their own.
pub type Record = Map<String, Value>;

/// What a call will give.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = Result<T, CallError>> + Send + 'a>>;

/// What describing an object will give.
pub type DescribeCall<'a> = Call<'a, Option<Described<Object>>>;

/// A Salesforce org.
pub trait Org: Debug + Send + Sync {
    /// The org's own id, of 15 or 18 characters: which org it is that the rest would reach.
    fn id(&self) -> Call<'_, String>;
    /// Inserts a record and gives its id.
    fn insert(&self, insert: Insert) -> Call<'_, String>;
    /// Attaches a file to a record. Repeating it attaches another one.
    fn attach(&self, attach: Attach) -> Call<'_, ()>;
    /// Records whose fields equal texts, at most `limit`.
    fn find(&self, find: Find) -> Call<'_, Vec<Record>>;
    /// Describes an object, unless it has not changed since; none where the org has no such
    /// object, or does not show it.
    fn describe(&self, object: String, since: Option<LastModified>) -> DescribeCall<'_>;
    /// What the org last said of its daily allowance of requests.
    fn usage(&self) -> Option<ApiUsage> {
        None
    }
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

/// A file to be attached to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attach {
    /// The record's id.
    pub parent: String,
    /// What users of the org see.
    pub title: String,
    /// The file's name, by which it is found again.
    pub file_name: String,
    /// What stands in it.
    pub bytes: Arc<[u8]>,
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

/// Why a call gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{answer}")]
pub struct CallError {
    /// What is to be done about it.
    pub class: RetryClass,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The org's error code, or one of ours that begins with `tidegate.`.
    pub code: String,
    /// The fields that the org names.
    pub fields: Vec<String>,
    /// The org's words, or ours. They may quote a customer.
    pub answer: String,
    /// How long it asks to be left alone; see [`CallError::patience`].
    pub retry_after: Option<Duration>,
}

/// The code of a failure that is not the org's: the login leads to another org than the plan's.
const ANOTHER_ORG: &str = "tidegate.another_org";
/// No answer makes us wait longer: a Case is worth a request in five minutes.
const LONGEST_PATIENCE: Duration = Duration::from_secs(300);
/// Characters of an error code that are kept.
const CODE: usize = 80;

impl CallError {
    /// A failure without a status or fields.
    pub fn new(class: RetryClass, code: &str, answer: impl Into<String>) -> Self {
        // It goes to logs: an org that sends something else as its code is not quoted there.
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let code = code.chars().filter(plain).take(CODE).collect();
        let answer = answer.into();
        Self { class, status: None, code, fields: Vec::new(), answer, retry_after: None }
    }

    /// Nothing came back in time.
    pub(crate) fn silence() -> Self {
        Self::new(RetryClass::Ambiguous, "tidegate.no_answer", "no answer in time")
    }

    /// Whether nothing came back at all.
    pub(crate) fn is_silence(&self) -> bool {
        self.class == RetryClass::Ambiguous && self.status.is_none()
    }

    /// How long it asks to be left alone, as far as that is believed.
    pub(crate) fn patience(&self) -> Option<Duration> {
        self.retry_after.map(|asked| asked.min(LONGEST_PATIENCE))
    }

    /// The org that answers is not the one whose metadata the plan was checked against.
    pub fn another_org(expected: &str, found: &str) -> Self {
        let words =
            format!("the plan is for the org {expected}, and the login leads to the org {found}");
        Self::new(RetryClass::Auth, ANOTHER_ORG, words)
    }

    /// Whether the plan and the login do not fit each other.
    pub fn is_another_org(&self) -> bool {
        self.code == ANOTHER_ORG
    }

    /// What an operator can read of it without reading a customer: class and code, and more where
    /// somebody has to mend something.
    pub fn reason(&self) -> String {
        let status = self.status.map(|status| format!(", status {status}")).unwrap_or_default();
        match self.class {
            RetryClass::Auth => self.answer.clone(),
            class => format!("{}: {}{status}", class.name(), self.code),
        }
    }

    /// Whether it stays so until somebody mends something.
    pub fn is_alarming(&self) -> bool {
        matches!(self.class, RetryClass::Auth | RetryClass::Storage)
    }
}
