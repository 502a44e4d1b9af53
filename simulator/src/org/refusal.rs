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
}

/// The codes that this org uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the names are Salesforce's own")]
pub enum ErrorCode {
    DuplicateValue,
    EntityIsDeleted,
    FieldIntegrityException,
    InactiveOwnerOrUser,
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
    MalformedId,
    MalformedQuery,
    MethodNotAllowed,
    NotFound,
    NumberOutsideValidRange,
    RequiredFieldMissing,
    ServerUnavailable,
    StringTooLong,
    UnknownException,
    UnsupportedMediaType,
}

impl ErrorCode {
    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        match self {
            ErrorCode::InvalidSessionId | ErrorCode::InvalidAuthHeader => 401,
            ErrorCode::NotFound | ErrorCode::EntityIsDeleted => 404,
            ErrorCode::MethodNotAllowed => 405,
            ErrorCode::UnsupportedMediaType => 415,
            ErrorCode::UnknownException => 500,
            ErrorCode::ServerUnavailable => 503,
            _ => 400,
        }
    }
}

impl Refusal {
    /// A refusal of a request, which blames no fields.
    pub fn request(code: ErrorCode, message: impl Into<String>) -> Refusal {
        Refusal {
            errors: vec![ApiError { message: message.into(), error_code: code, fields: None }],
        }
    }

    /// A refusal of a save.
    pub fn save(errors: ApiError) -> Refusal {
        Refusal { errors: vec![errors] }
    }

    /// A refusal, if there is anything to refuse.
    pub fn unless_empty(errors: Vec<ApiError>) -> Result<(), Refusal> {
        if errors.is_empty() { Ok(()) } else { Err(Refusal { errors }) }
    }

    /// Every error, in order.
    pub fn errors(&self) -> &[ApiError] {
        &self.errors
    }

    /// The status of the first error, which is the answer's.
    pub fn status(&self) -> u16 {
        self.errors.first().map_or(500, |error| error.error_code.status())
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
