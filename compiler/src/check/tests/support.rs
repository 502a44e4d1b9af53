//! Programs checked against the fixtures' org, and what is told about them.

use std::fmt::Write as _;

use tidegate_diagnostics::{Diagnostic, Label, SourceMap};

use crate::analysis::tests::support::{catalog, inputs};
use crate::analysis::{Analysis, Analyzer};

/// What programs here declare.
pub(super) const DECLARATIONS: &str = r#"
map Contact to person {
  find by Email
  sync *
    except Fax
    except HomePhone
  sync Customer_Tier__c as tier
}

map Case to conversation {
  sync Subject
  sync Description
  sync Priority
  sync Product__c as product
  sync Component__c as component
  sync Order_Number__c as order_number
  sync Reason
  sync Channel__c as channel
}

data conversation {
  amount: decimal(10, 2)
  name: text(80)
  urgent: bool
  moment: datetime
  count: number
  code: text(3)
  mail: email
}

push open_case to Case type Support {
  owner queue Tier_1
  Origin = "Chat"
  Channel__c = "web_chat"
}

push bare_case to Case type Support {
  owner queue Tier_1
}
"#;

/// What every conversation here needs at its end.
pub(super) const DEFAULTS: &str = "  defaults {\n    idle 15m => end\n  }\n";

/// Checks workflows.
pub(super) fn check(workflows: &str) -> Analysis {
    let sources = [("fields.tide", DECLARATIONS), ("flow.tide", workflows)];
    Analyzer::new().check(&inputs(&catalog(), &sources))
}

/// Checks the steps of the workflow that begins.
pub(super) fn told_of(steps: &str) -> String {
    told(&format!(
        "workflow main {{\n  on open\n  choose \"Go on?\" {{\n    \"Yes\" => go on\n  }}\n{steps}\n{DEFAULTS}}}\n"
    ))
}

/// What is told about workflows: code, line, message; the way there; the remedy.
pub(super) fn told(workflows: &str) -> String {
    let analysis = check(workflows);
    let all = analysis.diagnostics.iter().map(|found| shown(found, &analysis.sources));
    all.collect::<Vec<_>>().join("")
}

fn shown(found: &Diagnostic, sources: &SourceMap) -> String {
    let mut text =
        format!("{} {}: {}\n", found.code.id(), place(&found.primary, sources), found.message);
    for label in &found.secondary {
        let _ = writeln!(text, "    also {}: {}", place(label, sources), label.text);
    }
    for label in &found.path {
        let _ = writeln!(text, "    {}: {}", place(label, sources), label.text);
    }
    if let Some(help) = &found.help {
        let _ = writeln!(text, "    help: {help}");
    }
    text
}

/// `flow.tide:3 words on the line`.
fn place(label: &Label, sources: &SourceMap) -> String {
    let Some(source) = sources.get(label.span.source) else { return "?".to_owned() };
    let (line, _) = sources.line_column(label.span.source, label.span.start).unwrap_or((0, 0));
    let name = source.name.trim_end_matches(".tide");
    let range = label.span.start as usize..label.span.end as usize;
    format!("{name}:{line} [{}]", source.text.get(range).unwrap_or("?"))
}
