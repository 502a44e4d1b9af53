//! Each documented error code once, in answer to a Case: whether it comes later or becomes a dead
//! letter.

use std::fmt::Write as _;

use serde_json::json;
use tidegate_salesforce::RetryClass;

use crate::failures::Simulated;
use crate::meddled::Meddling;

/// The codes that a create can meet.
const CODES: [&str; 34] = [
    "API_CURRENTLY_DISABLED",
    "API_DISABLED_FOR_ORG",
    "CANNOT_EXECUTE_FLOW_TRIGGER",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    "DUPLICATES_DETECTED",
    "DUPLICATE_EXTERNAL_ID",
    "DUPLICATE_VALUE",
    "ENTITY_IS_DELETED",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "FIELD_INTEGRITY_EXCEPTION",
    "FUNCTIONALITY_NOT_ENABLED",
    "INACTIVE_OWNER_OR_USER",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INVALID_CROSS_REFERENCE_KEY",
    "INVALID_EMAIL_ADDRESS",
    "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "INVALID_SESSION_ID",
    "INVALID_TYPE_ON_FIELD_IN_RECORD",
    "JSON_PARSER_ERROR",
    "LIMIT_EXCEEDED",
    "MALFORMED_ID",
    "NOT_FOUND",
    "NUMBER_OUTSIDE_VALID_RANGE",
    "QUERY_TIMEOUT",
    "REQUEST_LIMIT_EXCEEDED",
    "REQUIRED_FIELD_MISSING",
    "SERVER_UNAVAILABLE",
    "STORAGE_LIMIT_EXCEEDED",
    "STRING_TOO_LONG",
    "UNABLE_TO_LOCK_ROW",
    "UNKNOWN_EXCEPTION",
];

#[tokio::test]
async fn each_code_comes_to_a_case_or_to_a_dead_letter() {
    let simulated = Simulated::new(Meddling::Not).await;
    let store = simulated.world.server.as_ref().unwrap().store();
    let mut table = String::new();
    for (at, code) in CODES.into_iter().enumerate() {
        let cases = simulated.new_cases();
        let strike = json!({ "count": 1, "method": "POST", "object": "Case", "code": code });
        let visitor = simulated.begins(json!({ "refused": strike })).await;
        simulated.ends(&visitor).await;
        simulated.drains().await;
        let class = RetryClass::of_code(code).map_or("none", RetryClass::name);
        let dead = store.dead_letters().await.unwrap();
        let came = match simulated.new_cases() - cases {
            0 => dead.last().filter(|letter| letter.code == code).map(|_| "dead letter"),
            1 => Some("Case"),
            _ => None,
        };
        let came = came.unwrap_or_else(|| panic!("{code}: neither a Case nor a dead letter"));
        let _ = writeln!(table, "{code} ({class}): {came}");
        // Nothing is lost and nothing is doubled.
        assert_eq!(simulated.new_cases() + dead.len(), at + 1, "{code}");
    }
    insta::assert_snapshot!(table);
}
