//! Dead letters in the log: what was refused, why, and what an operator does next.

use tidegate_salesforce::RetryClass;
use tidegate_store::contract::{Claimed, DeadLetter, What};
use uuid::Uuid;

use crate::app::App;

/// Codes by which an org refuses what it took when the plan was checked against it.
const DRIFT: [&str; 10] = [
    "FIELD_INTEGRITY_EXCEPTION",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INVALID_CROSS_REFERENCE_KEY",
    "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "INVALID_TYPE",
    "NUMBER_OUTSIDE_VALID_RANGE",
    "REQUIRED_FIELD_MISSING",
    "STRING_TOO_LONG",
];

/// Says it, with fields by name and never by value. A refusal that a changed org would give asks
/// for a look whether it has changed, once a minute at most.
pub(super) fn tell(app: &App, conversation: Uuid, letter: &DeadLetter) {
    let (key, code) = (letter.effect.key, letter.code.as_str());
    let fields = names(&letter.fields);
    let (status, source, why) = (letter.status, &letter.source, why(code));
    let next = format!("tidegate dead-letters show {key}");
    tracing::error!(%conversation, effect = %key, code, fields, status, source, why, next, "an effect became a dead letter");
    let smells = DRIFT.contains(&code);
    if smells && app.repeated.told("drift.prompted", app.clock.now()).is_some() {
        app.drift.look_sooner();
    }
}

/// An org that names anything but fields is not quoted.
fn names(fields: &[String]) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let named = |name: &&String| !name.is_empty() && name.len() <= 80 && name.chars().all(plain);
    let names: Vec<&str> = fields.iter().filter(named).map(String::as_str).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn why(code: &str) -> &'static str {
    match RetryClass::of_code(code) {
        Some(RetryClass::Request) => "the org refuses the request as it is",
        Some(RetryClass::Permission) => "the integration user may not do it",
        Some(RetryClass::Duplicate) => "another record has the value of a unique field",
        Some(RetryClass::Unknown) | None if !code.starts_with("tidegate.") => {
            "the org refuses it with a code that Tidegate does not know"
        }
        Some(_) => "it failed again and again",
        None => "Tidegate could not do it",
    }
}

/// Whether an operator has sent it again after it had been given up.
pub(super) async fn was_sent_again(app: &App, claimed: &Claimed) -> bool {
    // It keeps its attempts, and decisions are not read for what goes well at once.
    if claimed.attempt < 2 {
        return false;
    }
    match app.store.decisions().await {
        Ok(decisions) => decisions
            .iter()
            .any(|one| one.key == claimed.effect.key && one.what == What::Resend.to_string()),
        Err(error) => {
            tracing::debug!(%error, "operators' decisions can't be read");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{names, why};

    #[test]
    fn fields_are_named_and_nothing_else_is_quoted() {
        let fields = ["Brand__c", "Account.Name", "my heater is broken", ""].map(str::to_owned);
        assert_eq!(names(&fields).as_deref(), Some("Brand__c, Account.Name"));
        assert_eq!(names(&fields[2..]), None);
    }

    #[test]
    fn a_reason_is_told_by_the_codes_class() {
        let told = [
            "REQUIRED_FIELD_MISSING",
            "INSUFFICIENT_ACCESS_OR_READONLY",
            "DUPLICATE_VALUE",
            "NO_SUCH_CODE",
            "tidegate.unreadable",
        ]
        .map(why);
        insta::assert_snapshot!(told.join("\n"));
    }
}
