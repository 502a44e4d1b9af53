//! The ledger, restarts and faults.

use serde_json::{Value as Json, json};

use super::{Stage, case};

async fn rows(stage: &Stage, object: &str) -> Json {
    let url = format!("{}/__org/records/{object}", stage.org.url());
    stage.client.get(url).send().await.expect("an answer").json().await.expect("JSON")
}

#[tokio::test]
async fn a_restarted_org_has_its_records_and_its_ledger() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().to_owned();
    let stage = Stage::with(Some(path.clone())).await;
    let id = stage.created("Case", case(json!({ "Refund_Amount__c": 12.5 }))).await;
    stage.create("Case", json!({})).await;
    let file =
        json!({ "PathOnClient": "a.txt", "VersionData": "AAEC", "FirstPublishLocationId": id });
    stage.created("ContentVersion", file).await;
    let before = (rows(&stage, "Case").await, rows(&stage, "ContentVersion").await);
    let ledger = stage.ledger().await;
    assert_eq!(ledger.len(), 3);
    stage.org.shutdown().await;

    // A crash in the middle of a write leaves half a line.
    let ledger_file = path.join("ledger.jsonl");
    let mut bytes = std::fs::read(&ledger_file).expect("the ledger");
    bytes.extend_from_slice(b"{\"sequence\":4,\"at\"");
    std::fs::write(&ledger_file, bytes).expect("half a line");

    let stage = Stage::with(Some(path)).await;
    assert_eq!((rows(&stage, "Case").await, rows(&stage, "ContentVersion").await), before);
    assert_eq!(stage.ledger().await, ledger);
    let next = stage.created("Case", case(json!({}))).await;
    assert!(next > id, "numbers go on");
    assert_eq!(stage.ledger().await.len(), 4);
}

#[tokio::test]
async fn a_broken_connection_after_the_commit_leaves_one_case() {
    let stage = Stage::new().await;
    stage.operator("faults", json!({ "next": { "drop_after_commit": 1 } })).await;
    let body = case(json!({ "Tidegate_Key__c": "once" }));
    let lost = stage.request(reqwest::Method::POST, "/sobjects/Case").json(&body).send().await;
    assert!(lost.is_err(), "the answer should be lost");
    let again: Json = stage.create("Case", body).await.json().await.expect("JSON");
    assert_eq!(again[0]["errorCode"], "DUPLICATE_VALUE");
    let (_, found) = stage.query("SELECT Id FROM Case WHERE Tidegate_Key__c = 'once'").await;
    assert_eq!(found["totalSize"], 1);
}

#[tokio::test]
async fn an_unavailable_org_does_nothing_and_a_reset_one_is_new() {
    let stage = Stage::new().await;
    stage.operator("faults", json!({ "next": { "unavailable": 1 } })).await;
    assert_eq!(stage.create("Case", case(json!({}))).await.status(), 503);
    assert!(stage.ledger().await.is_empty());
    stage.created("Case", case(json!({}))).await;
    assert_eq!(stage.operator("reset", json!({})).await["sequence"], 2);
    assert_eq!(rows(&stage, "Case").await, json!([]));
    assert_eq!(stage.org.contacts().len(), 4);
}
