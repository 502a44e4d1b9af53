//! Why a call failed, told apart by what is known about the request.

use std::fmt;
use std::time::Duration;

use crate::class::RetryClass;
use crate::client::ApiUsage;
use crate::wire::{Fault, FaultBody};

/// Why a call failed.
///
/// What matters to a writer is whether the org may have done what was asked: it has not after
/// [`Error::NotSent`], [`Error::Login`], [`Error::Limit`], [`Error::Refused`] and
/// [`Error::Unaskable`]; after [`Error::Duplicate`] an earlier request may have; after
/// [`Error::Unclear`] nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The request never left: no connection, no such host, or the login host is down.
    #[error("the org could not be reached: {what}")]
    NotSent {
        /// What happened.
        what: String,
    },
    /// The request was sent and no definite answer came: it may have been carried out.
    #[error("no definite answer from the org: {what}")]
    Unclear {
        /// The HTTP status, where there was one.
        status: Option<u16>,
        /// The org's error code, where it sent one.
        code: Option<String>,
        /// What came instead of an answer.
        what: String,
        /// See [`Error::retry_after`].
        retry_after: Option<Duration>,
    },
    /// The org answered that it did not carry out the request.
    #[error("the org refused: {0}")]
    Refused(Refusal),
    /// A unique field already holds the value: a record of the same key exists.
    #[error("a record with this value exists already: {refusal}")]
    Duplicate {
        /// The field that clashed, where the org's words tell.
        field: Option<String>,
        /// The org's words.
        refusal: Refusal,
    },
    /// Several records match a key that ought to be unique.
    #[error("several records match `{key}`, which ought to be unique")]
    SeveralMatch {
        /// The field that served as a key.
        key: String,
    },
    /// The org's allowance of requests or of storage is used up; nothing was carried out.
    #[error("a limit of the org is reached: {0}")]
    Limit(Refusal),
    /// Logging in failed, for a reason that a human must mend.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// The request cannot be put: a mistake in what was asked.
    #[error("cannot be asked: {what}")]
    Unaskable {
        /// What is wrong with it.
        what: String,
    },
}

impl Error {
    /// Whether the org may have carried out the request all the same.
    pub fn may_have_happened(&self) -> bool {
        matches!(self, Error::Unclear { .. })
    }

    /// Whether the same request may succeed later without anybody mending anything.
    pub fn may_pass(&self) -> bool {
        use RetryClass as Is;
        match self.class() {
            Is::Outage | Is::DailyLimit | Is::Storage | Is::Throttled => true,
            Is::Ambiguous | Is::Lock | Is::Transient => true,
            Is::Auth | Is::Unknown | Is::Duplicate | Is::Permission | Is::Request => false,
        }
    }

    /// Whether the org says that there is no such record or object, or none that this user may see.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Error::Refused(refusal) if refusal.status == 404)
    }

    /// How long the org, or a gateway before it, asks to be left alone, by its `Retry-After`. Not
    /// bounded: it is whatever was said.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::Unclear { retry_after, .. } => *retry_after,
            Error::Refused(refusal) | Error::Limit(refusal) | Error::Duplicate { refusal, .. } => {
                refusal.retry_after
            }
            Error::NotSent { .. }
            | Error::SeveralMatch { .. }
            | Error::Login(_)
            | Error::Unaskable { .. } => None,
        }
    }

    pub(crate) fn unclear(status: u16, what: impl Into<String>) -> Self {
        Error::Unclear { status: Some(status), code: None, what: what.into(), retry_after: None }
    }

    /// Reads an answer that is no success, with what the org has said of its allowance and of when
    /// to come again.
    pub(crate) fn from_answer(
        status: u16,
        body: &[u8],
        usage: Option<ApiUsage>,
        retry_after: Option<Duration>,
    ) -> Self {
        let faults = match FaultBody::read(body) {
            FaultBody::Faults(faults) => faults,
            // No gateway that asks for patience has passed the request on.
            FaultBody::Junk(message) if status == 429 => {
                let error_code = "TOO_MANY_REQUESTS".to_owned();
                vec![Fault { message, error_code, fields: Vec::new() }]
            }
            FaultBody::Junk(start) => {
                let what = format!("status {status} and `{start}`");
                return Error::Unclear { status: Some(status), code: None, what, retry_after };
            }
        };
        let refusal = Refusal { status, faults, usage, retry_after };
        match refusal.class() {
            class if status >= 500 || class == RetryClass::Ambiguous => Error::Unclear {
                status: Some(status),
                code: Some(refusal.code().to_owned()),
                what: refusal.to_string(),
                retry_after,
            },
            RetryClass::DailyLimit | RetryClass::Storage | RetryClass::Throttled => {
                Error::Limit(refusal)
            }
            RetryClass::Duplicate => Error::Duplicate { field: refusal.duplicate_field(), refusal },
            _ => Error::Refused(refusal),
        }
    }
}

/// The org's own words for not carrying out a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// At least one.
    pub faults: Vec<Fault>,
    /// What the org had last said of its daily allowance.
    pub usage: Option<ApiUsage>,
    /// See [`Error::retry_after`].
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// Words without a time or an allowance.
    pub(crate) fn new(status: u16, faults: Vec<Fault>) -> Self {
        Refusal { status, faults, usage: None, retry_after: None }
    }

    /// The first error code, such as `REQUIRED_FIELD_MISSING`.
    pub fn code(&self) -> &str {
        self.faults.first().map_or("", |fault| &fault.error_code)
    }

    /// The field of a duplicate value: named apart, or in "duplicate value found: Key__c duplicates
    /// value on record with id: …", where a user without access sees `<unknown>`.
    fn duplicate_field(&self) -> Option<String> {
        let fault = self.faults.iter().find(|fault| fault.error_code == "DUPLICATE_VALUE")?;
        if let [field] = fault.fields.as_slice() {
            return Some(field.clone());
        }
        let rest = fault.message.strip_prefix("duplicate value found: ")?;
        let (field, _) = rest.split_once(" duplicates value")?;
        let named = !field.is_empty()
            && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        named.then(|| field.to_owned())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.faults.iter().enumerate() {
            if at > 0 {
                write!(f, "; ")?;
            }
            // The org's text may hold anything; it goes to logs and terminals.
            let visible = |c: char| if c.is_control() { ' ' } else { c };
            let message: String = fault.message.chars().map(visible).collect();
            write!(f, "{}: {message}", fault.error_code.escape_debug())?;
        }
        Ok(())
    }
}

/// Why logging in failed. None of these mends itself, so none is tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The private key is no RSA key in PEM.
    #[error("the private key is no RSA key in PEM")]
    BadKey,
    /// The address to log in at is neither https nor this machine's own.
    #[error("`{url}` cannot be logged in at: it must be https")]
    BadLoginUrl {
        /// The address.
        url: String,
    },
    /// Salesforce refused the login.
    #[error("the login was refused: {error}: {description}")]
    Refused {
        /// Such as `invalid_grant`.
        error: String,
        /// Such as `user hasn't approved this consumer`.
        description: String,
    },
    /// The answer to the login is not Salesforce's.
    #[error("`{host}` does not answer a login as Salesforce does: {what}")]
    NotSalesforce {
        /// Where the login went.
        host: String,
        /// What came instead.
        what: String,
    },
    /// The login was accepted, and points to an address that is not Salesforce's.
    #[error("the login points to `{url}`, which is no address of Salesforce")]
    ForeignInstance {
        /// Where data calls would have gone.
        url: String,
    },
    /// A fresh session was refused like the one before it.
    #[error("the org does not accept a fresh session: {what}")]
    SessionRefused {
        /// The org's words.
        what: String,
    },
}
