//! What is reported, and how often.

use super::reports;

fn workflow(steps: &str) -> String {
    format!("workflow w {{\n{steps}\n}}\n")
}

/// Each fault alone, with what it gives: exactly one report.
#[test]
fn one_fault_gives_one_report() {
    let faults = include_str!("faults.txt");
    let mut given = String::new();
    for fault in faults.split("\n---\n") {
        let text = if fault.starts_with("  ") { workflow(fault) } else { fault.to_owned() };
        given.push_str(text.trim_end());
        given.push('\n');
        for report in reports(&text) {
            given.push_str("  ^ ");
            given.push_str(&report);
            given.push('\n');
        }
        assert_eq!(reports(&text).len(), 1, "{text}{:#?}", reports(&text));
    }
    insta::assert_snapshot!(given);
}

#[test]
fn eight_faults_in_one_file_give_eight_reports() {
    let text = "\
map Contact person {
  sync *
    except
  sync Email as
}
wrkflow lost {
}
workflow w {
  sai \"hello\"
  set conversation.a \"x\"
  say \"unclosed
  if conversation.a = \"x\" { end }
}
";
    assert_eq!(reports(text).len(), 8, "{:#?}", reports(text));
}

#[test]
fn deep_nesting_is_reported_and_survived() {
    for text in [
        workflow(&format!("  set a.b = {}1{}", "(".repeat(100_000), ")".repeat(100_000))),
        workflow(&format!("  set a.b = {}", "(".repeat(100_000))),
        workflow(&format!("  set a.b = {} true", "not ".repeat(100_000))),
        workflow(&format!("  set a.b = {} true", "if ".repeat(100_000))),
        workflow(&format!("  set a.b = 1 {}", "+ 1".repeat(100_000))),
        workflow(&format!("  set a.b = {}", "\"{".repeat(100_000))),
        workflow(&"if a { ".repeat(100_000)),
        workflow(&"{".repeat(100_000)),
        workflow(&"  x => {\n".repeat(50_000)),
    ] {
        let reports = reports(&text);
        assert!(!reports.is_empty() && reports.len() < 4, "{reports:#?}");
    }
}
