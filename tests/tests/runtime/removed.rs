//! An admin takes away what the plan relies on while it runs: really, in the org's metadata. What
//! the customer saw, what the operator saw, what reached the org; and what becomes of it once the
//! admin has put it back.

use serde_json::{Value, json};
use tidegate_store::contract::{Decision, What};

use crate::failures::Simulated;
use crate::meddled::Meddling;
use crate::world::{World, identity};
use crate::write_and_submit;

/// Changes the metadata over the org's own address, as an admin's tool does.
async fn change(world: &World, change: Value) {
    let url = format!("{}/__org/schema", world.org.url());
    let sent = world.http.post(url).json(&change).send().await.unwrap();
    assert_eq!(sent.status(), 200, "{}", sent.text().await.unwrap());
}

/// What the org itself refused since the beginning: no fault was planned.
async fn refused(world: &World) -> String {
    let url = format!("{}/__org/faults", world.org.url());
    let faults: Value = world.http.get(url).send().await.unwrap().json().await.unwrap();
    let struck = faults["struck"].as_object().unwrap();
    assert!(struck.values().all(|count| *count == 0), "{faults}");
    let url = format!("{}/__org/ledger", world.org.url());
    let ledger: Value = world.http.get(url).send().await.unwrap().json().await.unwrap();
    let entries = ledger.as_array().unwrap().iter();
    let refusals = entries.filter_map(|entry| {
        let codes = entry["outcome"]["refused"].to_string();
        (codes != "null").then(|| {
            let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            format!("  {} {}: {codes}\n", text("action"), text("object"))
        })
    });
    refusals.collect()
}

/// What the operator is told of the org, by a look at it.
async fn looked(simulated: &Simulated) -> String {
    let server = simulated.world.server.as_ref().unwrap();
    let findings = server.look_at_the_org().await;
    let told = findings.iter().map(|its| {
        let place = its.place.as_deref().unwrap_or("nowhere");
        format!("  {:?} {place}: {}; {}; {}\n", its.weight, its.what, its.breaks, its.remedy)
    });
    told.collect()
}

/// A customer is in the middle of the form when the admin takes something away.
async fn taken_away(taken: Value, put_back: Value) -> String {
    let simulated = Simulated::new(Meddling::Not).await;
    let world = &simulated.world;
    assert_eq!(looked(&simulated).await, "");
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    change(world, taken).await;
    write_and_submit(world, &visitor).await;
    simulated.ends(&visitor).await;
    let store = world.server.as_ref().unwrap().store();
    let dead = async || store.dead_letters().await.unwrap().len() == 1;
    simulated.until("a dead letter", dead).await;
    let mut text = simulated.told(&visitor).await;
    text += &format!("  refused:\n{}", refused(world).await.replace("  ", "    "));
    text += &format!("what a look at the org tells\n{}", looked(&simulated).await);
    // One who comes now meets the same, and nobody's conversation breaks.
    let later = world.open(json!({ "messenger": "web" })).await;
    write_and_submit(world, &later).await;
    simulated.ends(&later).await;
    simulated.until("both", async || store.dead_letters().await.unwrap().len() == 2).await;

    change(world, put_back).await;
    assert_eq!(looked(&simulated).await, "", "it is there again");
    for letter in store.dead_letters().await.unwrap() {
        let (key, at) = (letter.effect.key, letter.at);
        let decision = Decision { key, at, by: "a test".into(), what: What::Resend };
        assert!(store.decide(decision).await.unwrap());
    }
    simulated.drains().await;
    assert_eq!(store.dead_letters().await.unwrap(), []);
    text + &format!("--- put back, and sent again: {} Cases of two\n", simulated.new_cases())
}

#[tokio::test]
async fn a_field_that_the_push_writes() {
    let field = json!({ "name": "Order_Number__c", "label": "Order Number", "type": "string",
        "length": 20 });
    let taken = json!({ "remove_field": { "object": "Case", "field": "Order_Number__c" } });
    let put_back = json!({ "add_field": { "object": "Case", "field": field } });
    insta::assert_snapshot!(taken_away(taken, put_back).await);
}

#[tokio::test]
async fn a_value_that_the_push_writes() {
    let value = |active: bool| {
        json!({ "list_value": { "object": "Case", "field": "Channel__c", "value": "web_chat",
            "active": active } })
    };
    insta::assert_snapshot!(taken_away(value(false), value(true)).await);
}

/// A field that only greets: its loss costs the greeting, and nothing else.
#[tokio::test]
async fn a_field_that_is_read_of_the_person() {
    let simulated = Simulated::new(Meddling::Not).await;
    let world = &simulated.world;
    let removed = json!({ "remove_field": { "object": "Contact", "field": "FirstName" } });
    change(world, removed).await;
    let contact = world.org.contacts().into_iter().find(|it| it.email.is_some()).unwrap();
    let signed = identity(&contact.email.unwrap());
    let visitor = world.open(json!({ "messenger": "web", "identity": signed })).await;
    write_and_submit(world, &visitor).await;
    simulated.ends(&visitor).await;
    simulated.drains().await;
    let told = simulated.told(&visitor).await;
    let looked = looked(&simulated).await;
    insta::assert_snapshot!(format!("{told}what a look at the org tells\n{looked}"));
}
