//! What an edit makes the proofs do anew.

use super::support::{DECLARATIONS, DEFAULTS};
use crate::analysis::Analyzer;
use crate::analysis::tests::support::{catalog, inputs};

fn program() -> String {
    format!(
        r#"
workflow main {{
  on open
  ask
  run first
  run second
  create case using open_case
{DEFAULTS}}}

workflow first {{
  set conversation.name = "Ada"
  say "One moment."
}}

workflow second {{
  say "Hi {{conversation.name}}."
  run third
}}

workflow third {{
  say "Bye."
}}
"#
    )
}

/// Workflows summarised and checked by a second check.
fn redone(edit: impl Fn(&str) -> String) -> (usize, usize) {
    let catalog = catalog();
    let mut analyzer = Analyzer::new();
    let before = program();
    let after = edit(&before);
    let sources = |text| [("fields.tide", DECLARATIONS), ("flow.tide", text)];
    let first = analyzer.check(&inputs(&catalog, &sources(&before)));
    assert!(first.diagnostics.is_empty(), "{:?}", first.diagnostics);
    let second = analyzer.check(&inputs(&catalog, &sources(&after)));
    let fresh = Analyzer::new().check(&inputs(&catalog, &sources(&after)));
    assert_eq!(second.diagnostics, fresh.diagnostics, "what is kept changes nothing");
    (second.stats.workflows_summarised, second.stats.workflows_checked)
}

#[test]
fn nothing_for_nothing() {
    assert_eq!(redone(str::to_owned), (0, 0));
    assert_eq!(redone(|text| format!("// Words above.\n{text}")), (0, 0));
}

#[test]
fn only_the_workflow_whose_words_changed() {
    assert_eq!(redone(|text| text.replace("\"Bye.\"", "\"Good bye.\"")), (1, 1));
    assert_eq!(redone(|text| text.replace("\"One moment.\"", "\"A moment.\"")), (1, 1));
}

#[test]
fn callers_when_the_summary_changed_and_callees_when_they_are_entered_otherwise() {
    // `first` sets a longer name: `main`, that runs it, is looked at again, and so are those
    // that are entered with the name.
    assert_eq!(redone(|text| text.replace("\"Ada\"", "\"Adelaide\"")), (2, 4));
}
