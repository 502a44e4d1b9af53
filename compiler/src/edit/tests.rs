//! Each map before and after, and what is refused.

use proptest::prelude::{Strategy as _, any, prop};
use proptest::{prop_assert, prop_assert_eq, proptest};

use crate::analysis::tests::support::{catalog, inputs};
use crate::analysis::{Analysis, Analyzer};
use crate::edit::{FieldName, add_sync, apply};
use crate::syntax::format::format;

fn analysis(text: &str) -> Analysis {
    Analyzer::new().check(&inputs(&catalog(), &[("fields.tide", text)]))
}

fn added(text: &str, field: &str, alias: Option<&str>) -> String {
    let field: FieldName = match field.parse() {
        Ok(field) => field,
        Err(refusal) => return format!("{refusal}\nhelp: {}", refusal.help()),
    };
    let analysis = analysis(text);
    match add_sync(&analysis, &field, alias) {
        Ok(edit) => {
            let sources = apply(&analysis.sources, &edit);
            sources.get(edit.span.source).unwrap().text.clone()
        }
        Err(refusal) => format!("{refusal}\nhelp: {}", refusal.help()),
    }
}

const MAPPED: &str = r#"// Ours.
data person {
  note: text
}

/// Who writes.
map Contact to person {
  find by Email // the claim
  sync *
    except Fax
}

map Case to conversation {
  // What is shown to agents
  sync Description
  /// Free text.
  sync Subject   // kept

  sync Product__c as product
  sync Component__c as component
  sync Reason {
    "Billing"  "Invoices"
  } // described
}
"#;

#[test]
fn lines_go_where_their_neighbours_are() {
    let cases = [
        ("a sorted group stays sorted", MAPPED, "Case.Priority", None),
        ("behind its own kind", MAPPED, "Case.Order_Number__c", Some("order_number")),
        ("behind the exceptions of `sync *`", MAPPED, "Contact.Account.Industry", Some("industry")),
        ("an empty map", "map Case to conversation {\n}\n", "Case.Subject", None),
        ("a map on one line", "map Case to conversation { sync Subject }\n", "Case.Priority", None),
        (
            "its own form",
            "map Case to conversation {\r\n\tsync Subject\r\n}\r\n",
            "Case.Priority",
            None,
        ),
        (
            "before the first, and before its documentation",
            "map Case to conversation {\n    // Ours\n    /// Why.\n    sync Priority\n    sync Subject\n}",
            "Case.Description",
            None,
        ),
    ];
    let shown: Vec<String> = cases
        .iter()
        .map(|(what, text, field, alias)| {
            let in_style = format(text).text;
            let after = added(&in_style, field, *alias);
            assert_eq!(format(&after).text, after, "{what}: what is in the style stays so");
            let text = added(text, field, *alias).replace('\r', "\\r");
            format!("==== {what}: {field}\n{text}")
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn what_is_refused() {
    let only_person = "map Contact to person {\n  find by Email\n}\n";
    let cases = [
        (MAPPED, "Case.Prioritty", None),
        (MAPPED, "Case.Subject", None),
        (MAPPED, "Case.Subject", Some("title")),
        (MAPPED, "Contact.LastName", None),
        (MAPPED, "Contact.Fax", None),
        (MAPPED, "Contact.Acount.Industry", Some("industry")),
        (MAPPED, "Account.Industry", None),
        (MAPPED, "Kase.Subject", None),
        (MAPPED, "Case", None),
        (MAPPED, "Case.Priority\n  sync Reason", None),
        (MAPPED, "Case.Priority", Some("p }")),
        (only_person, "Case.Priority", Some("urgency")),
        ("map Case to conversation {\n  sync\n}\n", "Case.Priority", None),
    ];
    let shown: Vec<String> = cases
        .iter()
        .map(|(text, field, alias)| {
            let alias = alias.map_or_else(String::new, |alias| format!(" as {alias}"));
            format!("$ {field}{alias}\n{}", added(text, field, alias.strip_prefix(" as ")))
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n\n"));
}

proptest! {
    /// Whatever lines a map has, and however they are laid out: one line is new, all others stay,
    /// and the field is synced afterwards.
    #[test]
    fn one_line_is_new_and_nothing_else_changes(
        fields in prop::sample::subsequence(
            vec!["Subject", "Description", "Product__c as product", "Component__c as part", "Reason"],
            0..=5,
        ).prop_shuffle(),
        gaps in prop::collection::vec(0_usize..5, 6),
        windows in any::<bool>(),
    ) {
        const GAPS: [&str; 5] = ["", "\n", "  // a comment\n", "  /// Said of it.\n", "\n  // more {\n"];
        let mut text = "map Case to conversation {\n".to_owned();
        for (field, gap) in fields.iter().zip(&gaps) {
            text += GAPS[*gap];
            text += &format!("  sync {field}\n");
        }
        text += "}\n";
        if windows {
            text = text.replace('\n', "\r\n");
        }
        let before = analysis(&text);
        let field: FieldName = "Case.Priority".parse().unwrap();
        let edit = add_sync(&before, &field, None).unwrap();
        prop_assert_eq!(edit.span.start, edit.span.end);
        let after = apply(&before.sources, &edit).get(edit.span.source).unwrap().text.clone();
        let mut lines: Vec<&str> = after.split('\n').collect();
        let new = lines.iter().position(|line| line.trim() == "sync Priority").unwrap();
        lines.remove(new);
        prop_assert_eq!(&lines.join("\n"), &text);
        let in_style = format(&text).text;
        let added = added(&in_style, "Case.Priority", None);
        prop_assert_eq!(&format(&added).text, &added, "what is in the style stays so");
        let refused = add_sync(&analysis(&after), &field, None).unwrap_err();
        prop_assert!(refused.to_string().contains("synced already"), "{refused}");
    }
}
