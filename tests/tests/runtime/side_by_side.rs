//! One program through the whole house, side by side: source, diagnostics, plan, rehearsal, and what
//! the org was sent.

use std::fmt::Write;

use serde_json::{Value, json};
use tidegate_engine::event::Opened;
use tidegate_engine::rehearse::Player;
use tidegate_plan::listing::listing;
use tidegate_plan::model::Plan;
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use crate::world::{PROGRAM, World, check};

const TEXT: &str = "The heater stopped working on Sunday.";

fn rehearsed(plan: &VerifiedPlan) -> String {
    let id = Uuid::from_u128(7);
    let mut player = Player::new(plan, id, "2026-11-22T10:00:00Z".parse().unwrap());
    player.opens(Opened::default());
    player.writes(TEXT);
    player.submits(&[("conversation.order_number", "12")]).expect_err("six digits are wanted");
    player.submits(&[("conversation.order_number", "123456")]).expect("this form is right");
    player.summarises(Some("The heater stopped working."));
    player.creates_case("500000000000001AAA", Some("00001001"));
    player.log().to_owned()
}

/// The body of the create as the org's ledger keeps it; the key differs from run to run.
async fn sent(world: &World) -> Value {
    let visitor = world.open(json!({"messenger": "web", "email": "ada@example.com"})).await;
    let message = json!({"id": Uuid::from_u128(1), "text": TEXT});
    world.post(&visitor, "messages", message).await;
    let entries = world.until(&visitor, "form").await;
    let wait = &entries.iter().find(|entry| entry["kind"] == "form").expect("a form")["wait"];
    let values = json!({"conversation.order_number": "123456"});
    let form = json!({"id": Uuid::from_u128(2), "wait": wait, "values": values});
    world.post(&visitor, "forms", form).await;
    world.until(&visitor, "ended").await;
    let state = world.org.org().state();
    let created =
        state.ledger.entries().iter().rfind(|e| e.object == "Case" && e.user != "operator");
    let created = created.expect("a Case");
    let mut body = json!({"headers": created.headers, "body": created.values});
    let key = body["body"]["Tidegate_Key__c"].as_str().map(str::len);
    assert_eq!(key, Some(36));
    body["body"]["Tidegate_Key__c"] = json!("[a UUID]");
    body
}

#[tokio::test]
async fn one_program_side_by_side() {
    let world = World::new().await;
    let analysis = check(&world.client, PROGRAM).await;
    let plan = Plan::decode(&world.plan).expect("our own plan");
    let plan = VerifiedPlan::new(plan).expect("our own plan");
    let mut sheet = String::new();
    let mut section = |title: &str, text: &str| {
        writeln!(sheet, "==== {title} ====\n\n{}\n", text.trim_end()).expect("text");
    };
    section("source", PROGRAM);
    let found: Vec<String> = analysis
        .diagnostics
        .iter()
        .map(|found| tidegate_diagnostics::render_short(found, &analysis.sources))
        .collect();
    let found = if found.is_empty() { "none".to_owned() } else { found.join("\n") };
    section("diagnostics", &found);
    let hash = plan.hash().to_owned();
    section("plan", &listing(&plan).replace(&hash, "[a hash]"));
    section("rehearsal", &rehearsed(&plan));
    section("sent to the org", &format!("{:#}", sent(&world).await));
    insta::assert_snapshot!(sheet);
}
