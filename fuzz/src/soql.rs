//! Queries: the local org answers or refuses, and no text that we quote becomes a part of a query.

use std::sync::LazyLock;

use tidegate_salesforce::soql::{Soql, SoqlText};
use tidegate_simulator::{Metadata, Org};

static ORG: LazyLock<Org> =
    LazyLock::new(|| Org::open(&Metadata::BuiltIn, None).expect("the built-in org"));

/// Asks any query; then for a Contact whose e-mail address is that same text.
pub fn run(data: &[u8]) {
    is_answered(data);
}

/// The same; tells whether the query was answered.
pub fn is_answered(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let answered = ORG.query(text).is_ok();
    let quoted = Soql::new("SELECT Id, Email FROM Contact WHERE Email = ")
        .text(&SoqlText::new(text))
        .words(" LIMIT 5");
    // Parentheses that nest too deeply are counted inside quotes too, and refused.
    if let Ok(rows) = ORG.query(quoted.as_str()) {
        for row in rows {
            let found = row["Email"].as_str().unwrap_or_default();
            assert!(found.eq_ignore_ascii_case(text), "{quoted:?} found {found}");
        }
    }
    answered
}
