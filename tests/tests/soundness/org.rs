//! The org that random programs are checked against, and what they all declare.

use std::collections::BTreeMap;
use std::sync::Arc;

use tidegate_compiler::analysis::{Analysis, Analyzer, Inputs, Settings};
use tidegate_diagnostics::{SourceMap, SourceText};
use tidegate_schemas::catalog::Catalog;

use super::dice::Dice;
use super::rules::Rule;

/// What every program declares. Lists: restricted, open, with a value that is no longer active, and
/// one that depends on another.
pub(crate) const DECLARATIONS: &str = r#"
hours office from "Service Desk" holidays except "Boxing Day"

hours all from "Default" holidays none

map Contact to person {
  find by Email
  sync *
    except Fax
    except HomePhone
  private sync Phone
  sync Customer_Tier__c as tier
  sync Account.Industry as industry
}

map Case to conversation {
  sync Subject
  sync Description
  sync Priority {
    "High"    "Somebody is in danger"
    "Medium"  "It should be soon"
    "Low"     "It can wait"
  }
  sync Status
  sync Product__c as product
  sync Component__c as component {
    "burner"   "The flame"
    "pump"     "What moves the water"
    "display"  "What can be read"
  }
  sync Order_Number__c as order_number
  sync Refund_Amount__c as refund
  sync IsEscalated as escalated
  sync Reason {
    "Billing"    "Invoices"
    "Breakdown"  "It stopped"
    "Other"      "Anything else"
  }
  sync Channel__c as channel
}

data conversation {
  private secret: text(40)
  note: text(40)
  long: text(600)
  short: text(3)
  mail: email
  site: url
  tel: phone
  amount: decimal(6, 2)
  count: number
  copies: number = 1
  rate: decimal(3, 1) = 2.50
  flag: bool
  urgency: list {
    "low"   "Can wait some days"
    "high"  "Costs the customer money now"
  }
  reason_again: list {
    "Billing"  "A bill"
    "Other"    "Something else"
  } = "Other"
  topics: multi list {
    "delivery"
    "quality"
    "other things"
  }
  day: date
  moment: datetime
  clock: time
}

data person {
  private pin: text(40)
  nick: text(10)
  points: decimal(5, 1)
  reached: list {
    "web"
    "mail"
  } = "web"
}
"#;

/// Fields that a random org requires of a Case beside `Channel__c`.
const REQUIRED: &[&str] =
    &["Subject", "Description", "Order_Number__c", "Refund_Amount__c", "Reason", "Product__c"];

/// The small org, in which a Case needs some more fields.
pub(crate) fn catalog(base: &Catalog, dice: &mut Dice) -> Arc<Catalog> {
    let mut catalog = base.clone();
    let case = catalog.objects.get_mut("Case").expect("the org has Cases");
    let reasons = case.fields["Reason"].kind.clone();
    for name in REQUIRED.iter().filter(|_| dice.percent(20)) {
        case.fields.get_mut(*name).expect("the field").nillable = false;
    }
    // A Contact has the Case's reasons, and may still have one that is no longer active.
    let contact = catalog.objects.get_mut("Contact").expect("the org has Contacts");
    contact.fields.get_mut("Customer_Tier__c").expect("the field").kind = reasons;
    Arc::new(catalog)
}

/// Checks a program, in an org with some validation rules.
pub(crate) fn check(catalog: &Arc<Catalog>, rules: &[Rule], text: &str) -> Analysis {
    let mut declarations = DECLARATIONS.to_owned();
    let map = declarations.find("  sync Subject").unwrap_or_default();
    declarations.insert_str(map, &rules.iter().map(Rule::line).collect::<String>());
    let sources = SourceMap::new(vec![
        SourceText { name: "fields.tide".to_owned(), text: declarations },
        SourceText { name: "flow.tide".to_owned(), text: text.to_owned() },
    ]);
    let users = BTreeMap::from([("ada".to_owned(), "ada@acme.example".to_owned())]);
    let messengers = vec!["web".to_owned()];
    let languages = vec!["en".to_owned(), "de".to_owned()];
    let settings = Settings { users, messengers, languages, channels: live() };
    Analyzer::new().check(&Inputs { sources, catalog: Arc::clone(catalog), settings })
}

/// A channel for hand-offs.
fn live() -> BTreeMap<String, BTreeMap<String, u32>> {
    let parameters = BTreeMap::from([("priority".to_owned(), 255), ("copies".to_owned(), 40)]);
    BTreeMap::from([("live".to_owned(), parameters)])
}
