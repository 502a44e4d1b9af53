//! What the org says when it refuses: one table of codes, statuses and messages.
//!
//! Where a message or status was not seen in a real answer, it is the best recollection; a real org corrects it here.

use serde::{Deserialize, Serialize};

/// An error of the REST API, as it stands in the array of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    /// What went wrong, in Salesforce's words.
    pub message: String,
    /// What kind of thing went wrong.
    pub error_code: ErrorCode,
    /// The fields to blame; present for errors of a save, absent for errors of a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
}

/// Why a request was refused; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    errors: Vec<ApiError>,
    status: Option<u16>,
}

/// The codes that this org uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the names are Salesforce's own")]
pub enum ErrorCode {
    AllOrNoneOperationRolledBack,
    ApiCurrentlyDisabled,
    ApiDisabledForOrg,
    CannotExecuteFlowTrigger,
    CannotInsertUpdateActivateEntity,
    DuplicateExternalId,
    DuplicatesDetected,
    DuplicateValue,
    EntityIsDeleted,
    ExceededIdLimit,
    FieldCustomValidationException,
    FieldIntegrityException,
    FunctionalityNotEnabled,
    InactiveOwnerOrUser,
    InsufficientAccessOnCrossReferenceEntity,
    InsufficientAccessOrReadonly,
    InvalidAuthHeader,
    InvalidCrossReferenceKey,
    InvalidEmailAddress,
    InvalidField,
    InvalidFieldForInsertUpdate,
    InvalidOperation,
    InvalidOrNullForRestrictedPicklist,
    InvalidQueryFilterOperator,
    InvalidQueryLocator,
    InvalidSessionId,
    InvalidType,
    InvalidTypeOnFieldInRecord,
    JsonParserError,
    LimitExceeded,
    MalformedId,
    MalformedQuery,
    MethodNotAllowed,
    MissingArgument,
    NotFound,
    NumberOutsideValidRange,
    PreconditionFailed,
    ProcessingHalted,
    QueryTimeout,
    RequestLimitExceeded,
    RequiredFieldMissing,
    ServerUnavailable,
    StorageLimitExceeded,
    StringTooLong,
    TooManyRequests,
    UnableToLockRow,
    UnknownException,
    UnsupportedApiVersion,
    UnsupportedMediaType,
    UriTooLong,
}

impl ErrorCode {
    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        match self {
            ErrorCode::InvalidSessionId | ErrorCode::InvalidAuthHeader => 401,
            ErrorCode::ApiCurrentlyDisabled
            | ErrorCode::ApiDisabledForOrg
            | ErrorCode::FunctionalityNotEnabled
            | ErrorCode::RequestLimitExceeded => 403,
            ErrorCode::NotFound | ErrorCode::EntityIsDeleted => 404,
            ErrorCode::MethodNotAllowed => 405,
            ErrorCode::UnsupportedApiVersion => 410,
            ErrorCode::PreconditionFailed => 412,
            ErrorCode::UriTooLong => 414,
            ErrorCode::UnsupportedMediaType => 415,
            ErrorCode::TooManyRequests => 429,
            ErrorCode::UnknownException => 500,
            ErrorCode::ServerUnavailable => 503,
            _ => 400,
        }
    }

    /// What the org says with a code that it meets on purpose rather than by a rule.
    fn usual_message(self) -> &'static str {
        match self {
            ErrorCode::ApiCurrentlyDisabled => "API is currently disabled",
            ErrorCode::ApiDisabledForOrg => "The REST API is not enabled for this Organization.",
            ErrorCode::CannotExecuteFlowTrigger => {
                "We can't save this record because the process failed. Contact your admin for help."
            }
            ErrorCode::CannotInsertUpdateActivateEntity => {
                "CaseTrigger: execution of BeforeInsert caused by: System.NullPointerException: \
                 Attempt to de-reference a null object"
            }
            ErrorCode::DuplicatesDetected => "Use one of these records?",
            ErrorCode::FunctionalityNotEnabled => "Functionality not enabled",
            ErrorCode::InsufficientAccessOnCrossReferenceEntity => {
                "insufficient access rights on cross-reference id"
            }
            ErrorCode::InsufficientAccessOrReadonly => "insufficient access rights on object id",
            ErrorCode::InvalidSessionId => "Session expired or invalid",
            ErrorCode::LimitExceeded => "System.LimitException: Apex CPU time limit exceeded",
            ErrorCode::QueryTimeout => "Your query request was running for too long.",
            ErrorCode::RequestLimitExceeded => "TotalRequests Limit exceeded.",
            ErrorCode::ServerUnavailable => "The server is temporarily unavailable",
            ErrorCode::StorageLimitExceeded => "storage limit exceeded",
            ErrorCode::TooManyRequests => "Too many requests. Please try again later.",
            ErrorCode::UnableToLockRow => {
                "unable to obtain exclusive access to this record or 1 records: 500Tg0000000001"
            }
            ErrorCode::UnknownException => {
                "An unexpected error occurred. Please include this ErrorId if you contact \
                 support: 1234567890-12345 (-1234567890)"
            }
            _ => "The request was refused",
        }
    }

    /// Whether errors of this code come from a save, and so name fields, or none.
    fn is_of_a_save(self) -> bool {
        matches!(
            self,
            ErrorCode::CannotExecuteFlowTrigger
                | ErrorCode::CannotInsertUpdateActivateEntity
                | ErrorCode::DuplicatesDetected
                | ErrorCode::InsufficientAccessOnCrossReferenceEntity
                | ErrorCode::InsufficientAccessOrReadonly
                | ErrorCode::StorageLimitExceeded
                | ErrorCode::UnableToLockRow
        )
    }
}

impl Refusal {
    /// A refusal of a request, which blames no fields.
    pub fn request(code: ErrorCode, message: impl Into<String>) -> Refusal {
        Refusal {
            errors: vec![ApiError { message: message.into(), error_code: code, fields: None }],
            status: None,
        }
    }

    /// A refusal in the code's usual words.
    pub fn usual(code: ErrorCode) -> Refusal {
        let fields = code.is_of_a_save().then(Vec::new);
        let error = ApiError { message: code.usual_message().into(), error_code: code, fields };
        Refusal { errors: vec![error], status: None }
    }

    /// The same with another status than the code's own.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Refusal {
        self.status = Some(status);
        self
    }

    /// A refusal of a save.
    pub fn save(errors: ApiError) -> Refusal {
        Refusal { errors: vec![errors], status: None }
    }

    /// A refusal, if there is anything to refuse.
    pub fn unless_empty(errors: Vec<ApiError>) -> Result<(), Refusal> {
        if errors.is_empty() { Ok(()) } else { Err(Refusal { errors, status: None }) }
    }

    /// Every error, in order.
    pub fn errors(&self) -> &[ApiError] {
        &self.errors
    }

    /// The status of the first error, which is the answer's.
    pub fn status(&self) -> u16 {
        self.status.or_else(|| self.first_status()).unwrap_or(500)
    }

    fn first_status(&self) -> Option<u16> {
        self.errors.first().map(|error| error.error_code.status())
    }

    /// No such row, object or address.
    pub fn not_found() -> Refusal {
        Refusal::request(ErrorCode::NotFound, "The requested resource does not exist")
    }

    /// The address exists, but not for this method.
    pub fn method(method: &str) -> Refusal {
        let message =
            format!("HTTP Method '{method}' not allowed. Allowed are HEAD,GET,PATCH,DELETE");
        Refusal::request(ErrorCode::MethodNotAllowed, message)
    }

    /// No object has this name.
    pub fn no_column(field: &str, object: &str) -> Refusal {
        let message = format!("No such column '{field}' on sobject of type {object}");
        Refusal::request(ErrorCode::InvalidField, message)
    }

    /// The ledger could not be written, so nothing was saved.
    pub fn internal(what: &str) -> Refusal {
        let message = format!("An unexpected error occurred. Please include this ErrorId: {what}");
        Refusal::request(ErrorCode::UnknownException, message)
    }
}

impl ApiError {
    /// An error of a save that blames one field.
    pub fn at(code: ErrorCode, field: &str, message: String) -> ApiError {
        ApiError { message, error_code: code, fields: Some(vec![field.to_owned()]) }
    }

    /// An error of a save that blames several fields, or none.
    pub fn of(code: ErrorCode, fields: Vec<String>, message: String) -> ApiError {
        ApiError { message, error_code: code, fields: Some(fields) }
    }
}
