//! What is told once.

use super::support::{catalog, inputs, report};
use crate::analysis::Analyzer;

#[test]
fn that_a_project_has_no_languages_is_told_at_the_first_text() {
    let texts = "text one {\n  en \"a\"\n}\n\ntext two {\n  en \"b\"\n  de \"c\"\n}\n";
    let mut inputs = inputs(&catalog(), &[("texts.tide", texts)]);
    inputs.settings.languages.clear();
    let report = report(&Analyzer::new().check(&inputs));
    let told: Vec<&str> = report.lines().filter(|line| line.contains("E0227")).collect();
    assert_eq!(told.len(), 1, "{report}");
    assert!(told[0].starts_with("texts.tide:1:"), "{report}");
}
