//! The org changes while the server runs: the operator is told, and nobody's conversation stops.

use serde_json::{Value, json};
use tidegate_server::{DriftFinding, Weight};
use tidegate_simulator::SchemaChange;

use crate::meddled::Meddling;
use crate::world::{OPERATOR, World};
use crate::{seeded, write_and_submit};

fn change(world: &World, change: Value) {
    let change: SchemaChange = serde_json::from_value(change).expect("a change");
    world.org.org().change_schema(&change).expect("it can be changed");
}

async fn look(world: &World) -> Vec<DriftFinding> {
    world.server.as_ref().expect("a server").look_at_the_org().await.to_vec()
}

fn told(findings: &[DriftFinding]) -> String {
    let told = findings.iter().map(|its| {
        let place = its.place.as_deref().unwrap_or("nowhere");
        let DriftFinding { weight, what, breaks, customers, remedy, .. } = its;
        format!("{weight:?} {place}\n  {what}\n  {breaks}\n  customers: {customers}\n  {remedy}")
    });
    told.collect::<Vec<_>>().join("\n")
}

async fn ready(world: &World) -> String {
    let answer = world.http.get(world.operator_url("/readyz")).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    answer.text().await.expect("text")
}

async fn gauge(world: &World) -> String {
    metric(world, "tidegate_drift_findings").await
}

async fn metric(world: &World, name: &str) -> String {
    let request = world.http.get(world.operator_url("/metrics")).bearer_auth(OPERATOR);
    let text = request.send().await.expect("an answer").text().await.expect("text");
    text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned()
}

/// What operators are told over HTTP.
async fn report(world: &World) -> Value {
    let request = world.http.get(world.operator_url("/v1/drift")).bearer_auth(OPERATOR);
    request.send().await.expect("an answer").json().await.expect("JSON")
}

#[tokio::test]
async fn an_unchanged_org_is_what_the_plan_relies_on() {
    let world = World::new().await;
    assert_eq!(told(&look(&world).await), "");
    assert_eq!(ready(&world).await, "ready\n");
    assert_eq!(gauge(&world).await, "tidegate_drift_findings 0");
}

#[tokio::test]
async fn each_change_is_told_with_its_line_and_cleared_when_it_is_mended() {
    let world = World::new().await;
    look(&world).await;
    let field = |field: &str, more: Value| {
        let mut body = json!({ "object": "Case", "field": field });
        body.as_object_mut().expect("one").extend(more.as_object().expect("one").clone());
        json!({ "field": body })
    };
    let channel = |active: bool| json!({ "list_value": { "object": "Case", "field": "Channel__c", "value": "web_chat", "active": active } });
    let may = |object: &str, field: &str, may: &str| {
        json!({ "permission": { "user": "integration@warmhaus.example", "object": object,
            "field": field, "may": may } })
    };
    let pairs = [
        (channel(false), channel(true)),
        (field("Subject", json!({ "length": 40 })), field("Subject", json!({ "length": 255 }))),
        (
            field("Order_Number__c", json!({ "required": true })),
            field("Order_Number__c", json!({ "required": false })),
        ),
        (
            field("SuppliedPhone", json!({ "required": true })),
            field("SuppliedPhone", json!({ "required": false })),
        ),
        (
            field("Tidegate_Key__c", json!({ "unique": false })),
            field("Tidegate_Key__c", json!({ "unique": true })),
        ),
        (
            field("Order_Number__c", json!({ "unique": true })),
            field("Order_Number__c", json!({ "unique": false })),
        ),
        (may("Case", "Description", "read"), may("Case", "Description", "write")),
        (may("Contact", "FirstName", "nothing"), may("Contact", "FirstName", "write")),
        (
            json!({ "queue": { "name": "Tier_1", "owns": [] } }),
            json!({ "queue": { "name": "Tier_1", "owns": ["Case"] } }),
        ),
        (
            json!({ "record_type": { "object": "Case", "name": "Support", "active": false } }),
            json!({ "record_type": { "object": "Case", "name": "Support", "active": true } }),
        ),
        (
            json!({ "object": { "object": "Case", "createable": false } }),
            json!({ "object": { "object": "Case", "createable": true } }),
        ),
    ];
    let mut all = Vec::new();
    for (broken, mended) in pairs {
        let name = broken.to_string();
        change(&world, broken);
        let findings = look(&world).await;
        assert!(!findings.is_empty(), "{name} is not told");
        all.push(format!("== {name}\n{}", told(&findings)));
        assert!(ready(&world).await.contains("degraded"));
        assert_eq!(gauge(&world).await, format!("tidegate_drift_findings {}", findings.len()));
        change(&world, mended);
        assert_eq!(told(&look(&world).await), "", "{name} is mended");
    }
    assert_eq!(ready(&world).await, "ready\n");
    insta::assert_snapshot!(all.join("\n\n"));
}

#[tokio::test]
async fn a_conversation_goes_on_in_an_org_that_has_changed() {
    let world = World::new().await;
    let (cases, _) = seeded(&world);
    change(&world, json!({ "field": { "object": "Case", "field": "Subject", "length": 250 } }));
    let findings = look(&world).await;
    assert!(findings.iter().all(|its| its.weight == Weight::MayBreak), "{findings:?}");
    let visitor = world.open(json!({ "messenger": "web", "email": "new@example.com" })).await;
    write_and_submit(&world, &visitor).await;
    world.until(&visitor, "ended").await;
    world.records("Case", cases + 1).await;
}

#[tokio::test]
async fn an_org_that_can_not_be_asked_changes_nothing_that_is_known() {
    let world = World::new().await;
    change(&world, json!({ "queue": { "name": "Tier_1", "owns": [] } }));
    let known = look(&world).await;
    assert_eq!(known.len(), 1);
    let faults = json!({ "next": { "unavailable": 20 } });
    let url = format!("{}/__org/faults", world.org.url());
    let answer = world.http.post(url).json(&faults).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.text().await.expect("text"));
    change(&world, json!({ "queue": { "name": "Tier_1", "owns": ["Case"] } }));
    assert_eq!(look(&world).await, known);
    let told = report(&world).await;
    assert_eq!(
        (&told["unasked"], told["findings"].as_array().map(Vec::len)),
        (&json!("outage"), Some(1))
    );
    assert_eq!(metric(&world, "tidegate_drift_unasked").await, "tidegate_drift_unasked 1");
    world.faults(json!({})).await;
    assert_eq!(look(&world).await, []);
    assert_eq!(report(&world).await["unasked"], Value::Null);
    assert_eq!(metric(&world, "tidegate_drift_unasked").await, "tidegate_drift_unasked 0");
}

#[tokio::test]
async fn operators_are_told_over_http() {
    let world = World::new().await;
    let nothing = json!({ "looked": null, "unasked": null, "findings": [] });
    assert_eq!(report(&world).await, nothing);
    change(&world, json!({ "queue": { "name": "Tier_1", "owns": [] } }));
    look(&world).await;
    let mut told = report(&world).await;
    assert!(told["looked"].is_string(), "{told}");
    told["looked"] = json!("…");
    insta::assert_snapshot!(serde_json::to_string_pretty(&told).expect("JSON"));
}

#[tokio::test]
async fn an_org_with_little_left_is_not_asked() {
    let world = World::with(Meddling::NearlyUsedUp).await;
    change(&world, json!({ "queue": { "name": "Tier_1", "owns": [] } }));
    assert_eq!(look(&world).await, []);
    assert_eq!(report(&world).await["unasked"], "sparing");
}

#[tokio::test]
async fn a_refusal_that_a_changed_org_would_give_prompts_a_look() {
    let mut world = World::new().await;
    world.stop().await;
    world.org_check = std::time::Duration::from_secs(24 * 60 * 60);
    world.start().await;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    while report(&world).await["looked"].is_null() {
        assert!(tokio::time::Instant::now() < deadline, "nobody looked at the start");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    let field = json!({ "object": "Case", "field": "Order_Number__c" });
    change(&world, json!({ "remove_field": field }));
    write_and_submit(&world, &visitor).await;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    while gauge(&world).await == "tidegate_drift_findings 0" {
        assert!(tokio::time::Instant::now() < deadline, "nobody looked");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
