//! What one conversation asks of the org reaches it in the order in which it was asked, also after an
//! outage in which all of it waited.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::failures::Simulated;
use crate::meddled::Meddling;
use crate::world::World;

/// More than any test lets pass.
const ALWAYS: u32 = 1_000_000;
const MANY: usize = 6;
const CASES: usize = 4;

/// Several Cases of one conversation, each with its number.
fn program() -> String {
    let mut text = crate::world::PROGRAM.to_owned();
    let mut records = String::new();
    for number in 1..=CASES {
        let push = format!(
            "push case_{number} to Case type Support {{\n  owner queue Tier_1\n  always Subject = \
             \"{number}\"\n  Channel__c = \"web_chat\"\n}}\n\n"
        );
        let at = text.find("workflow support").expect("the workflow");
        text.insert_str(at, &push);
        if number < CASES {
            records.push_str(&format!("  record case using case_{number}\n"));
        }
    }
    text.replace(
        "  create case using open_case",
        &format!("{records}  create case using case_{CASES}"),
    )
}

/// The numbers of each order's Cases, as the org saved them one after the other.
async fn saved(world: &World) -> BTreeMap<String, Vec<String>> {
    let url = format!("{}/__org/ledger", world.org.url());
    let ledger: Value = world.http.get(url).send().await.unwrap().json().await.unwrap();
    let mut by_order: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in ledger.as_array().unwrap() {
        let order = entry["values"]["Order_Number__c"].as_str();
        if let (true, Some(order)) = (entry["outcome"]["saved"].is_array(), order)
            && entry["action"] == "create"
            && entry["object"] == "Case"
        {
            let number = entry["values"]["Subject"].as_str().unwrap_or_default().to_owned();
            by_order.entry(order.to_owned()).or_default().push(number);
        }
    }
    by_order.retain(|order, _| order.starts_with("10000"));
    by_order
}

/// Many customers in an outage; `meddle` is done to the store's file while all of it waits.
async fn after_an_outage(meddle: &str) -> BTreeMap<String, Vec<String>> {
    let simulated = Simulated::new(Meddling::Not).await;
    let world = &simulated.world;
    world.swap(&program()).await;
    let mut visitors = Vec::new();
    for _ in 0..MANY {
        let visitor = world.open(json!({ "messenger": "web" })).await;
        world.until(&visitor, "asked").await;
        visitors.push(visitor);
    }
    world.faults(json!({ "unavailable": ALWAYS })).await;
    for (n, visitor) in visitors.iter().enumerate() {
        crate::write_and_submit_order(world, visitor, &format!("{}", 100_000 + n)).await;
    }
    for visitor in &visitors {
        simulated.ends(visitor).await;
    }
    let store = world.server.as_ref().unwrap().store();
    simulated.until("waiting", async || store.backlog().await.unwrap().held == MANY as u64).await;
    let other = rusqlite::Connection::open(world.folder.path().join("t.db")).unwrap();
    other.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    other.execute_batch(meddle).unwrap();
    simulated.hours(1).await;
    world.faults(json!({})).await;
    simulated.drains().await;
    saved(world).await
}

fn in_order() -> Vec<String> {
    (1..=CASES).map(|number| number.to_string()).collect()
}

#[tokio::test]
async fn each_conversation_reaches_the_org_in_its_order() {
    let saved = after_an_outage("").await;
    assert_eq!(saved.len(), MANY);
    assert!(saved.values().all(|numbers| *numbers == in_order()), "{saved:?}");
}

/// The sabotage twin: the store does not know any more what was asked first.
#[tokio::test]
async fn without_the_order_of_the_store_it_would_not() {
    let saved = after_an_outage("UPDATE outbox SET position = -position").await;
    assert_eq!(saved.len(), MANY);
    assert!(saved.values().any(|numbers| *numbers != in_order()), "{saved:?}");
}
