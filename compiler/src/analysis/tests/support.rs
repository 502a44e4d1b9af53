//! The fixtures' org, and programs checked against it.

use std::collections::BTreeMap;
use std::sync::Arc;

use tidegate_diagnostics::{SourceMap, SourceText, render_short};
use tidegate_schemas::catalog::Catalog;
use tidegate_schemas::codec::from_files;

use crate::analysis::{Analysis, Inputs, Settings};

/// The small org of the diagnostics' fixtures.
pub(crate) fn catalog() -> Arc<Catalog> {
    let files = [
        ("org.toml", include_str!("../../../../tests/ui/schema/org.toml")),
        ("hours.toml", include_str!("../../../../tests/ui/schema/hours.toml")),
        ("objects/Account.toml", include_str!("../../../../tests/ui/schema/objects/Account.toml")),
        ("objects/Case.toml", include_str!("../../../../tests/ui/schema/objects/Case.toml")),
        ("objects/Contact.toml", include_str!("../../../../tests/ui/schema/objects/Contact.toml")),
    ];
    let files: BTreeMap<String, String> =
        files.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    Arc::new(from_files(&files).unwrap())
}

/// Sources against the org.
pub(crate) fn inputs(catalog: &Arc<Catalog>, sources: &[(&str, &str)]) -> Inputs {
    let source = |(name, text): &(&str, &str)| SourceText {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
    };
    Inputs {
        sources: SourceMap::new(sources.iter().map(source).collect()),
        catalog: Arc::clone(catalog),
        settings: Settings {
            users: BTreeMap::from([("ada".to_owned(), "ada@acme.example".to_owned())]),
            messengers: vec!["web".to_owned()],
            channels: BTreeMap::from([("web_support".to_owned(), BTreeMap::new())]),
            languages: vec!["en".to_owned(), "de".to_owned()],
        },
    }
}

/// What was found, a line each.
pub(crate) fn report(analysis: &Analysis) -> String {
    let lines: Vec<String> =
        analysis.diagnostics.iter().map(|its| render_short(its, &analysis.sources)).collect();
    lines.join("\n")
}

/// A program that uses all of the language.
pub(crate) const DECLARATIONS: &str = r#"
map Contact to person {
  find by Email
  sync *
    except Fax
    except HomePhone
  sync Customer_Tier__c as tier
  sync Account.Industry as industry
}

map Case to conversation {
  sync Subject
  sync Description
  sync Priority
  sync Product__c as product
  sync Component__c as component
  sync Order_Number__c as order_number
  sync Reason {
    "Billing"    "Invoices, charges, refunds and payment methods"
    "Breakdown"  "It worked before and has stopped working"
  }
}

/// How much it is about
data conversation {
  /// Amount in question
  refund_amount: decimal(10, 2)
  urgency: list {
    "low"   "Can wait some days"
    "high"  "Costs the customer money now"
  } = "low"
  contact_email: email
  spoken_to: bool = false
}

push open_case to Case type Support {
  owner queue Tier_1 if conversation.urgency == "high"
  owner by assignment rules
  Subject = "Chat: {conversation.product ?? "no product" | lower | first 80}"
  Priority = conversation.Priority ?? (if conversation.urgency == "high" then "High" else "Medium")
  Origin = "Chat"
  Channel__c = "web_chat"
  SuppliedEmail = conversation.contact_email ?? session.email
  transcript to comment
}
"#;

/// Workflows for it.
pub(crate) const WORKFLOWS: &str = r#"
workflow support {
  on open

  say "Hi {person.FirstName ?? "there"}. {conversation.refund_amount ?? "Nothing"} so far."
  ask "What can we do for you?" {
    idle 2m => say "Take your time."
    idle 20m => end because "the customer has left"
  }
  choose "What is it about?" {
    "A bill" => set conversation.Reason = "Billing"
    "Something is broken" => {
      set conversation.Reason = "Breakdown"
      run triage
    }
    other => go on
  }
  match conversation.Reason {
    "Billing", blank => {
      collect "A few details" as details {
        conversation.order_number required matches '[0-9]{6}' else "Six digits, please"
        conversation.refund_amount label "Amount" min 0.01 max 5000
        human => say "Soon."
      }
      if conversation.refund_amount is set and conversation.refund_amount * 2 > 500.00 {
        set conversation.Priority = "High"
      } else if conversation.order_number in ["000000", "999999"] {
        clear conversation.order_number
      }
    }
    else => go on
  }
  create case using open_case {
    created => say "Thank you."
    delayed, rejected => say "We will come back to you."
  }
  defaults {
    human => create case using open_case
    idle 5m => say "Are you still there?"
    idle 15m => end because "silence"
  }
}

workflow triage {
  collect {
    conversation.product required
    conversation.component
  }
  if person is known and person.tier == "Gold" {
    set conversation.urgency = "high"
    record case using open_case
  }
}
"#;
