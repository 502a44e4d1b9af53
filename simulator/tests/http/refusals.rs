//! Each refusal of a save, once: status, code, message and fields.

use serde_json::{Value as Json, json};

use super::{Stage, case};

async fn id(stage: &Stage, soql: &str) -> Json {
    stage.one(soql, "/Id").await
}

#[tokio::test]
async fn a_refused_create_says_why_as_salesforce_does() {
    let stage = Stage::new().await;
    let leads = id(&stage, "SELECT Id FROM Group WHERE DeveloperName = 'Contact_Requests'").await;
    let left = id(&stage, "SELECT Id FROM User WHERE IsActive = false").await;
    let legacy = id(&stage, "SELECT Id FROM RecordType WHERE DeveloperName = 'Legacy'").await;
    let user = id(&stage, "SELECT Id FROM User WHERE IsActive = true LIMIT 1").await;
    stage.created("Case", case(json!({ "Tidegate_Key__c": "key-1" }))).await;
    let bodies = [
        ("required", json!({ "Subject": "x" })),
        ("unknown field", case(json!({ "Nope__c": 1 }))),
        ("formula", case(json!({ "Refund_Band__c": "Review" }))),
        ("read-only field", case(json!({ "Risk_Score__c": 3 }))),
        ("id in body", case(json!({ "Id": "500000000000000AAA" }))),
        ("restricted list", case(json!({ "Channel__c": "pigeon" }))),
        ("inactive value", case(json!({ "Channel__c": "fax" }))),
        ("multi list", case(json!({ "Symptoms__c": "no_heat;ghosts" }))),
        ("dependent list", case(json!({ "Product__c": "TH10", "Component__c": "burner" }))),
        ("dependent without controller", case(json!({ "Component__c": "burner" }))),
        ("too long", case(json!({ "Order_Number__c": "123456789012345678901" }))),
        ("e-mail", case(json!({ "SuppliedEmail": "badone" }))),
        ("e-mail without dot", case(json!({ "SuppliedEmail": "a@b" }))),
        ("number range", case(json!({ "Refund_Amount__c": 123_456_789.5 }))),
        ("date", case(json!({ "Purchase_Date__c": "31.12.2026" }))),
        ("instant without zone", case(json!({ "Callback_At__c": "2026-05-01T07:25:37" }))),
        ("checkbox", case(json!({ "Wants_Callback__c": 1 }))),
        ("blank checkbox", case(json!({ "Wants_Callback__c": null }))),
        ("wrong kind", case(json!({ "ContactId": user }))),
        ("no id", case(json!({ "ContactId": "ada" }))),
        ("nobody", case(json!({ "ContactId": "003Tg0000000099" }))),
        ("outside", case(json!({ "AssetId": "02iTg0000000001" }))),
        ("foreign queue", case(json!({ "OwnerId": leads }))),
        ("inactive owner", case(json!({ "OwnerId": left }))),
        ("record type", case(json!({ "RecordTypeId": legacy }))),
        ("duplicate", case(json!({ "Tidegate_Key__c": "KEY-1" }))),
    ];
    let mut answers = String::new();
    for (name, body) in bodies {
        let response = stage.create("Case", body).await;
        let status = response.status().as_u16();
        let errors: Json = response.json().await.expect("JSON");
        for error in errors.as_array().expect("an array of errors") {
            let (code, fields) = (&error["errorCode"], &error["fields"]);
            let message = error["message"].as_str().expect("a message");
            answers.push_str(&format!("{name}: {status} {code} {fields}\n  {message}\n"));
        }
    }
    insta::assert_snapshot!(answers);
    let (_, left) = stage.query("SELECT COUNT() FROM Case").await;
    assert_eq!(left["totalSize"], 1, "a refused create left a row");
    let refused =
        stage.ledger().await.iter().filter(|e| e["outcome"]["refused"].is_array()).count();
    assert_eq!(refused, 26, "the ledger keeps what was refused");
}

#[tokio::test]
async fn text_fits_to_the_character() {
    let stage = Stage::new().await;
    stage.created("Case", case(json!({ "Subject": "ä".repeat(255) }))).await;
    let response = stage.create("Case", case(json!({ "Subject": "ä".repeat(256) }))).await;
    assert_eq!(response.status(), 400);
}
