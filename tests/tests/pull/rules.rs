//! A validation rule that the describes don't carry: the org refuses what `check` called whole, until
//! the map tells the rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use tidegate_compiler::analysis::{Analysis, Analyzer, Inputs, Settings};
use tidegate_diagnostics::{SourceMap, SourceText, render_short};
use tidegate_engine::effect::{Action, CaseRequest};
use tidegate_engine::event::Opened;
use tidegate_engine::rehearse::Player;
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_salesforce::pull::pull;
use tidegate_salesforce::record::{Row, SaveOption};
use tidegate_schemas::catalog::Catalog;
use uuid::Uuid;

use super::{SECRET, by_secret, client, name, org};

const PROGRAM: &str = r#"
map Case to conversation {
  sync Order_Number__c as order_number
  sync Refund_Amount__c as refund
}

push open_case to Case type Support {
  owner queue Tier_1
  Channel__c = "web_chat"
}

workflow support {
  on open
  ask "What can we do for you?"
  collect "Your refund" {
    conversation.order_number
    conversation.refund required min 0.01
  }
  create case using open_case
  defaults {
    human => end because "they asked for a person"
    idle 15m => end because "silence"
  }
}
"#;
const RULE: &str = "  require Order_Number__c when Refund_Amount__c > 0\n}\n\npush";

fn check(catalog: &Arc<Catalog>, text: &str) -> Analysis {
    let source = SourceText { name: "support.tide".to_owned(), text: text.to_owned() };
    let settings = Settings {
        users: BTreeMap::new(),
        messengers: vec!["web".to_owned()],
        ..Settings::default()
    };
    let sources = SourceMap::new(vec![source]);
    Analyzer::new().check(&Inputs { sources, catalog: Arc::clone(catalog), settings })
}

/// What is found, with the steps of the conversation that shows it.
fn told(analysis: &Analysis) -> Vec<String> {
    let mut lines = Vec::new();
    for found in &analysis.diagnostics {
        lines.push(render_short(found, &analysis.sources));
        lines.extend(found.secondary.iter().map(|label| label.text.clone()));
        lines.extend(found.path.iter().map(|label| label.text.clone()));
    }
    lines
}

/// What the org is asked for when the customer leaves the order number out.
fn asked(analysis: Analysis) -> CaseRequest {
    let checked = analysis.checked().unwrap_or_else(|_| panic!("it has no errors"));
    let plan = VerifiedPlan::new(checked.emit()).expect("our own plan");
    let start = "2026-11-22T10:00:00Z".parse().expect("a time");
    let mut player = Player::new(&plan, Uuid::from_u128(7), start);
    player.opens(Opened::default());
    player.writes("I want my money back.");
    player.submits(&[("conversation.refund", "12.50")]).expect("a form");
    player.summarises(None);
    let request = player.effects.iter().find_map(|effect| match &effect.action {
        Action::CreateCase(request) => Some(request.clone()),
        _ => None,
    });
    request.expect("a Case")
}

fn row(request: &CaseRequest) -> Row {
    let json = |value: &Value| match value {
        Value::Number(number) => number.to_string().parse().map_or(Json::Null, Json::Number),
        other => json!(other.to_text()),
    };
    let key = [(request.key_field.clone(), json!(Uuid::from_u128(7).to_string()))];
    let fields = request.fields.iter().map(|(field, value)| (field.clone(), json(value)));
    fields.chain(key).collect()
}

#[tokio::test]
async fn a_rule_of_the_org_is_found_by_its_line_in_the_map() {
    let org = org(None).await;
    let client = client(&org, by_secret(SECRET));
    let catalog = Arc::new(pull(&client, &[], |_| {}).await.expect("a catalog"));
    org.org().state().active_rules.insert("Refund_Needs_Order".to_owned());

    let untold = check(&catalog, PROGRAM);
    let request = row(&asked(untold));
    let options = [SaveOption::AutoAssign(false)];
    let refused = client.create(&name("Case"), &request, &options).await.expect_err("the rule");

    let with_rule = PROGRAM.replacen("}\n\npush", RULE, 1);
    let found = told(&check(&catalog, &with_rule));
    let mended = with_rule.replacen("order_number\n    ", "order_number required\n    ", 1);
    let mended = check(&catalog, &mended);
    let proved = (told(&mended), mended.stats.required_fields);
    insta::assert_debug_snapshot!((refused.to_string(), found, proved));
}
