//! What is to be done about a failed request: a class for every error code that Salesforce
//! documents for logins, saves, files and queries.
//!
//! Sources of the codes: **REST**, "Status Codes and Error Responses" of the REST API Developer
//! Guide; **SOAP**, the enumerations `StatusCode` and `ExceptionCode` of the partner WSDL, whose
//! names the REST API shares. The classes are ours. Where a source says nothing of how long a
//! failure lasts, the code stands where a wrong guess costs least: with those that are tried again
//! a bounded number of times.

use crate::client::ApiUsage;
use crate::error::{Error, Refusal};

/// What is to be done about a failed request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RetryClass {
    /// The org does not serve anybody: wait, however long it takes.
    Outage,
    /// The day's allowance of requests is used up: wait, however long it takes.
    DailyLimit,
    /// The org has no room for another record: wait until somebody makes room.
    Storage,
    /// The login or the app's access fails: wait until somebody mends it.
    Auth,
    /// Too many requests at a time: fewer at a time, and later.
    Throttled,
    /// The request was sent and nothing trustworthy came back: it may have been carried out.
    Ambiguous,
    /// Somebody else holds the row: later, a bounded number of times.
    Lock,
    /// It may pass by itself: later, a bounded number of times.
    Transient,
    /// A code that nobody has told us of: later, few times.
    Unknown,
    /// A unique field holds the value already: ours or another's.
    Duplicate,
    /// The user may not do it: never, as it is.
    Permission,
    /// The request is wrong: never, as it is.
    Request,
}

impl RetryClass {
    /// One word, for logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Outage => "outage",
            Self::DailyLimit => "daily_limit",
            Self::Storage => "storage",
            Self::Auth => "auth",
            Self::Throttled => "throttled",
            Self::Ambiguous => "ambiguous",
            Self::Lock => "lock",
            Self::Transient => "transient",
            Self::Unknown => "unknown",
            Self::Duplicate => "duplicate",
            Self::Permission => "permission",
            Self::Request => "request",
        }
    }

    /// The class of an error code; `None` for one that is in no source.
    ///
    /// `REQUEST_LIMIT_EXCEEDED` stands for two limits, which [`Refusal::class`] tells apart.
    pub fn of_code(code: &str) -> Option<Self> {
        let row = TABLE.iter().find(|(_, _, codes)| codes.contains(&code));
        row.map(|(class, _, _)| *class)
    }
}

/// Where a code is documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The REST API Developer Guide.
    Rest,
    /// The partner WSDL.
    Soap,
}

use RetryClass as Is;
use Source::{Rest, Soap};

/// Each code once. `PROCESSING_HALTED` and `ALL_OR_NONE_OPERATION_ROLLED_BACK` are not here: they
/// say that another part of the same request failed.
#[rustfmt::skip]
const TABLE: &[(RetryClass, Source, &[&str])] = &[
    (Is::Outage, Rest, &["SERVER_UNAVAILABLE"]),
    (Is::Outage, Soap, &[
        "API_CURRENTLY_DISABLED", "FUNCTIONALITY_TEMPORARILY_UNAVAILABLE",
        "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", "ORG_IN_MAINTENANCE",
        "ORG_IS_SIGNING_UP", "SSO_SERVICE_DOWN",
    ]),
    (Is::DailyLimit, Soap, &["EXCEEDED_QUOTA"]),
    (Is::Storage, Soap, &["STORAGE_LIMIT_EXCEEDED"]),
    (Is::Auth, Rest, &["INVALID_SESSION_ID", "INVALID_AUTH_HEADER"]),
    (Is::Auth, Soap, &[
        "API_DISABLED_FOR_ORG", "APEX_REST_SERVICES_DISABLED", "CLIENT_NOT_ACCESSIBLE_FOR_USER",
        "CLIENT_REQUIRE_UPDATE_FOR_USER", "INVALID_ACCESS_TOKEN", "INVALID_CLIENT",
        "INVALID_LOGIN", "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", "INVALID_REFRESH_TOKEN",
        "LOGIN_CHALLENGE_ISSUED", "LOGIN_CHALLENGE_PENDING", "LOGIN_DURING_RESTRICTED_DOMAIN",
        "LOGIN_DURING_RESTRICTED_TIME", "LOGIN_MUST_USE_SECURITY_TOKEN",
        "MUTUAL_AUTHENTICATION_FAILED", "ORG_LOCKED", "ORG_NOT_OWNED_BY_INSTANCE",
        "PASSWORD_LOCKOUT", "TRIAL_EXPIRED", "TXN_SECURITY_END_A_SESSION",
        "TXN_SECURITY_TWO_FA_REQUIRED", "UNSUPPORTED_CLIENT",
    ]),
    (Is::Throttled, Rest, &["REQUEST_LIMIT_EXCEEDED", "TOO_MANY_REQUESTS"]),
    (Is::Throttled, Soap, &["TOO_MANY_APEX_REQUESTS", "TOO_MANY_JOBS"]),
    (Is::Ambiguous, Rest, &["UNKNOWN_EXCEPTION"]),
    (Is::Ambiguous, Soap, &["INTERNAL_ERROR", "REQUEST_RUNNING_TOO_LONG"]),
    (Is::Lock, Soap, &["UNABLE_TO_LOCK_ROW"]),
    (Is::Transient, Soap, &[
        "ALREADY_IN_PROCESS", "COLLISION_DETECTED", "ENTITY_SAVE_ERROR", "LIMIT_EXCEEDED",
        "MODIFIED", "QUERY_TIMEOUT", "REALTIME_PROCESSING_TIME_EXCEEDED_LIMIT",
        "TXN_SECURITY_FAIL_CLOSE", "TXN_SECURITY_METERING_ERROR", "TXN_SECURITY_RUNTIME_ERROR",
    ]),
    (Is::Duplicate, Soap, &["DUPLICATE_VALUE"]),
    (Is::Permission, Soap, &[
        "APEX_DATA_ACCESS_RESTRICTION", "CANNOT_POST_TO_ARCHIVED_GROUP", "COMMUNITY_NOT_ACCESSIBLE",
        "ENTITY_IS_LOCKED", "FIELD_NOT_UPDATABLE", "FUNCTIONALITY_NOT_ENABLED",
        "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "INSUFFICIENT_ACCESS_OR_READONLY", "INVALID_FIELD_FOR_INSERT_UPDATE",
        "INVALID_READ_ONLY_USER_DML", "LICENSE_LIMIT_EXCEEDED", "PORTAL_NO_ACCESS",
        "TXN_SECURITY_NO_ACCESS",
    ]),
    (Is::Request, Rest, &[
        "METHOD_NOT_ALLOWED", "NOT_FOUND", "NOT_ACCEPTABLE", "PRECONDITION_FAILED", "URI_TOO_LONG",
        "UNSUPPORTED_API_VERSION", "UNSUPPORTED_MEDIA_TYPE",
    ]),
    (Is::Request, Soap, &[
        "ASSIGNEE_TYPE_REQUIRED", "CANNOT_EXECUTE_FLOW_TRIGGER",
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_REPARENT_RECORD", "CIRCULAR_DEPENDENCY",
        "CUSTOM_APEX_ERROR", "DEPENDENCY_EXISTS", "DUPLICATES_DETECTED", "DUPLICATE_ARGUMENT_VALUE",
        "DUPLICATE_EXTERNAL_ID", "EMAIL_ADDRESS_BOUNCED", "ENTITY_IS_ARCHIVED", "ENTITY_IS_DELETED",
        "ENTITY_NOT_QUERYABLE", "ENTITY_SAVE_VALIDATION_ERROR", "EXCEEDED_ID_LIMIT",
        "EXCEEDED_MAX_SEMIJOIN_SUBSELECTS", "EXCEEDED_MAX_SIZE_REQUEST",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION", "FIELD_FILTER_VALIDATION_EXCEPTION",
        "FIELD_INTEGRITY_EXCEPTION", "FIELD_MAPPING_ERROR", "FIELD_MODERATION_RULE_BLOCK",
        "FILE_EXTENSION_NOT_ALLOWED", "FILE_SIZE_LIMIT_EXCEEDED", "FLOW_EXCEPTION",
        "HTML_FILE_UPLOAD_NOT_ALLOWED", "ID_REQUIRED", "ILLEGAL_QUERY_PARAMETER_VALUE",
        "INACTIVE_OWNER_OR_USER", "INVALID_API_INPUT", "INVALID_ARGUMENT_TYPE",
        "INVALID_ASSIGNMENT_RULE", "INVALID_CONTENT_TYPE", "INVALID_CROSS_REFERENCE_KEY",
        "INVALID_CROSS_REFERENCE_TYPE_FOR_FIELD", "INVALID_CURRENCY_ISO", "INVALID_DATE_FORMAT",
        "INVALID_EMAIL_ADDRESS", "INVALID_ENTITY_FOR_UPSERT", "INVALID_FIELD",
        "INVALID_FIELD_WHEN_USING_TEMPLATE", "INVALID_FILTER_VALUE", "INVALID_ID_FIELD",
        "INVALID_INPUT", "INVALID_INPUT_COMBINATION", "INVALID_INPUT_FORMAT", "INVALID_MARKUP",
        "INVALID_MULTIPART_REQUEST", "INVALID_NAMESPACE_PREFIX", "INVALID_OPERATION",
        "INVALID_OPERATOR", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "INVALID_OWNER",
        "INVALID_PERSON_ACCOUNT_OPERATION", "INVALID_QUERY_FILTER_OPERATOR", "INVALID_QUERY_KEY",
        "INVALID_QUERY_LOCATOR", "INVALID_QUERY_SCOPE", "INVALID_QUERY_VALUE", "INVALID_STATUS",
        "INVALID_TEXT_REPRESENTATION", "INVALID_TYPE", "INVALID_TYPE_FOR_OPERATION",
        "INVALID_TYPE_ON_FIELD_IN_RECORD", "INVALID_USERID", "ITEM_NOT_FOUND", "JSON_PARSER_ERROR",
        "MALFORMED_ID", "MALFORMED_QUERY", "MALFORMED_SEARCH", "MAXIMUM_SIZE_OF_ATTACHMENT",
        "MAX_DEPTH_IN_FLOW_EXECUTION", "MAX_LIMIT_EXCEEDED", "MISSING_ARGUMENT", "MISSING_RECORD",
        "MULTIPLE_RECORDS_FOUND", "NUMBER_OUTSIDE_VALID_RANGE", "NUM_HISTORY_FIELDS_BY_SOBJECT_EXCEEDED",
        "OPERATION_TOO_LARGE", "POST_BODY_PARSE_ERROR", "QUERY_TOO_COMPLICATED", "RECORD_IN_USE_BY_WORKFLOW",
        "RECORD_NOT_FOUND", "REQUIRED_FIELD_MISSING", "SELF_REFERENCE_FROM_TRIGGER",
        "STANDARD_PRICE_NOT_DEFINED", "STATE_TRANSITION_NOT_ALLOWED", "STRING_TOO_LONG",
        "TOO_MANY_RECORDS", "TRANSFER_REQUIRES_READ", "UNAVAILABLE_RECORDTYPE_EXCEPTION",
        "UNKNOWN_ATTACHMENT_EXCEPTION", "XML_PARSER_ERROR",
    ]),
];

impl Refusal {
    /// The class of a refusal: of its gravest fault, the one that would remain if all others were
    /// mended.
    pub fn class(&self) -> RetryClass {
        let of_fault = |(code, message): (&str, &str)| match RetryClass::of_code(code) {
            // The failure of a trigger or a flow may carry a lock inside its words.
            Some(Is::Request) if message.contains("UNABLE_TO_LOCK_ROW") => Is::Lock,
            Some(_) if code == "REQUEST_LIMIT_EXCEEDED" => self.limit(message),
            Some(class) => class,
            None => Is::Unknown,
        };
        let telling =
            |code: &str| !matches!(code, "PROCESSING_HALTED" | "ALL_OR_NONE_OPERATION_ROLLED_BACK");
        let faults = self.faults.iter().map(|one| (one.error_code.as_str(), one.message.as_str()));
        let class = faults.filter(|(code, _)| telling(code)).map(of_fault).max();
        class.unwrap_or(Is::Unknown)
    }

    /// The day's allowance and the limit of long requests at a time share a code. The usage that
    /// came with the answer tells them apart; the org's words do where it is absent.
    fn limit(&self, message: &str) -> RetryClass {
        match self.usage {
            Some(ApiUsage { used, allowed }) if used >= allowed => Is::DailyLimit,
            _ if message.starts_with("TotalRequests") => Is::DailyLimit,
            _ => Is::Throttled,
        }
    }
}

impl Error {
    /// What is to be done about it.
    pub fn class(&self) -> RetryClass {
        match self {
            Error::NotSent { .. } => Is::Outage,
            // Gateways say so of an org that does not serve.
            Error::Unclear { status: Some(502..=504), .. } => Is::Outage,
            Error::Unclear { .. } => Is::Ambiguous,
            Error::Refused(refusal) | Error::Limit(refusal) => refusal.class(),
            Error::Duplicate { .. } => Is::Duplicate,
            Error::Login(_) => Is::Auth,
            Error::SeveralMatch { .. } | Error::Unaskable { .. } => Is::Request,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{RetryClass, TABLE};
    use crate::client::ApiUsage;
    use crate::error::{Error, Refusal};
    use crate::wire::Fault;

    fn refusal(faults: &[(&str, &str)]) -> Refusal {
        let fault = |(code, message): &(&str, &str)| Fault {
            message: (*message).to_owned(),
            error_code: (*code).to_owned(),
            fields: Vec::new(),
        };
        Refusal::new(400, faults.iter().map(fault).collect())
    }

    #[test]
    fn every_code_has_one_class() {
        let mut seen = BTreeSet::new();
        for code in TABLE.iter().flat_map(|(_, _, codes)| *codes) {
            assert!(seen.insert(code), "{code} stands twice");
            let fits = |c: char| c.is_ascii_uppercase() || c == '_';
            assert!(code.chars().all(fits), "{code}");
        }
        assert_eq!(RetryClass::of_code("SOMETHING_NEW"), None);
    }

    #[test]
    fn the_gravest_fault_counts() {
        let class = |faults: &[(&str, &str)]| refusal(faults).class();
        assert_eq!(class(&[("UNABLE_TO_LOCK_ROW", "")]), RetryClass::Lock);
        assert_eq!(
            class(&[("UNABLE_TO_LOCK_ROW", ""), ("REQUIRED_FIELD_MISSING", "")]),
            RetryClass::Request
        );
        let nested = "CaseTrigger: execution of AfterInsert caused by: UNABLE_TO_LOCK_ROW";
        assert_eq!(class(&[("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", nested)]), RetryClass::Lock);
        let halted = [("PROCESSING_HALTED", ""), ("STRING_TOO_LONG", "")];
        assert_eq!(class(&halted), RetryClass::Request);
        assert_eq!(class(&[("PROCESSING_HALTED", "")]), RetryClass::Unknown);
        assert_eq!(class(&[("BRAND_NEW", "")]), RetryClass::Unknown);
    }

    #[test]
    fn two_limits_with_one_code_are_told_apart() {
        let told = |message: &str, used: Option<u64>| {
            let usage = used.map(|used| ApiUsage { used, allowed: 100 });
            Refusal { usage, ..refusal(&[("REQUEST_LIMIT_EXCEEDED", message)]) }.class()
        };
        let (daily, concurrent) = ("TotalRequests Limit exceeded.", "ConcurrentRequests …");
        assert_eq!(told(daily, None), RetryClass::DailyLimit);
        assert_eq!(told("", Some(100)), RetryClass::DailyLimit);
        assert_eq!(told(concurrent, Some(60)), RetryClass::Throttled);
        assert_eq!(told(concurrent, None), RetryClass::Throttled);
    }

    #[test]
    fn what_no_gateway_has_passed_on_is_an_outage() {
        let unclear = |status| Error::unclear(status, "a page").class();
        assert_eq!(unclear(503), RetryClass::Outage);
        assert_eq!(unclear(500), RetryClass::Ambiguous);
        assert_eq!(unclear(200), RetryClass::Ambiguous);
    }
}
