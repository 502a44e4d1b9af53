//! What an admin does to the metadata of a running org.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::{Stage, case};

async fn described(stage: &Stage, field: &str) -> Json {
    let describe: Json = stage.get("/sobjects/Case/describe").await.json().await.expect("JSON");
    let fields = describe["fields"].as_array().expect("fields");
    fields.iter().find(|known| known["name"] == field).cloned().unwrap_or_default()
}

async fn change(stage: &Stage, change: Json) {
    let answer = stage.operator("schema", change).await;
    assert!(answer["modified"].is_string(), "{answer}");
}

/// The error code of a create, or the status where it is taken.
async fn outcome(stage: &Stage, body: Json) -> String {
    let response = stage.create("Case", case(body)).await;
    let status = response.status();
    let body: Json = response.json().await.expect("JSON");
    body[0]["errorCode"].as_str().map_or(status.to_string(), str::to_owned)
}

#[tokio::test]
async fn what_an_admin_changes_is_described_and_enforced() {
    let stage = Stage::new().await;
    let of = |field: &str, more: Json| {
        let mut body = json!({ "object": "Case", "field": field });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("one").clone());
        body
    };
    let web =
        json!({ "list_value": of("Channel__c", json!({ "value": "web_chat", "active": false })) });
    change(&stage, web).await;
    assert_eq!(outcome(&stage, json!({})).await, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST");
    let values = described(&stage, "Channel__c").await["picklistValues"].clone();
    assert_eq!(values[0]["active"], false);
    let web =
        json!({ "list_value": of("Channel__c", json!({ "value": "web_chat", "active": true })) });
    change(&stage, web).await;

    change(&stage, json!({ "field": of("Subject", json!({ "length": 5 })) })).await;
    assert_eq!(outcome(&stage, json!({})).await, "STRING_TOO_LONG");
    change(&stage, json!({ "field": of("Subject", json!({ "length": 255 })) })).await;

    change(&stage, json!({ "field": of("Order_Number__c", json!({ "required": true })) })).await;
    assert_eq!(outcome(&stage, json!({})).await, "REQUIRED_FIELD_MISSING");
    assert_eq!(described(&stage, "Order_Number__c").await["nillable"], false);
    change(&stage, json!({ "remove_field": of("Order_Number__c", json!({})) })).await;
    assert_eq!(described(&stage, "Order_Number__c").await, Json::Null);
    assert_eq!(outcome(&stage, json!({ "Order_Number__c": "1" })).await, "INVALID_FIELD");
    let added = json!({ "object": "Case",
        "field": { "name": "Region__c", "label": "Region", "type": "picklist", "length": 40 },
        "values": ["north", "south"] });
    change(&stage, json!({ "add_field": added })).await;
    assert_eq!(outcome(&stage, json!({ "Region__c": "north" })).await, "201 Created");

    let locked =
        of("Description", json!({ "user": "integration@warmhaus.example", "may": "read" }));
    change(&stage, json!({ "permission": locked })).await;
    let refused = outcome(&stage, json!({ "Description": "x" })).await;
    assert_eq!(refused, "INVALID_FIELD_FOR_INSERT_UPDATE");
    let hidden =
        of("Description", json!({ "user": "integration@warmhaus.example", "may": "nothing" }));
    change(&stage, json!({ "permission": hidden })).await;
    assert_eq!(outcome(&stage, json!({ "Description": "x" })).await, "INVALID_FIELD");

    change(&stage, json!({ "field": of("Tidegate_Key__c", json!({ "unique": false })) })).await;
    assert_eq!(outcome(&stage, json!({ "Tidegate_Key__c": "k" })).await, "201 Created");
    assert_eq!(outcome(&stage, json!({ "Tidegate_Key__c": "k" })).await, "201 Created");
    assert_eq!(described(&stage, "Tidegate_Key__c").await["unique"], false);

    let types = "SELECT Id FROM RecordType WHERE DeveloperName = 'Returns'";
    let returns = stage.one(types, "/Id").await;
    let inactive = json!({ "object": "Case", "name": "Returns", "active": false });
    change(&stage, json!({ "record_type": inactive })).await;
    let refused = outcome(&stage, json!({ "RecordTypeId": returns })).await;
    assert_eq!(refused, "INVALID_CROSS_REFERENCE_KEY");

    change(&stage, json!({ "object": { "object": "Case", "createable": false } })).await;
    assert_eq!(
        stage.create("Case", case(json!({}))).await.status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
    change(&stage, json!({ "object": { "object": "Account", "remove": true } })).await;
    assert_eq!(stage.get("/sobjects/Account/describe").await.status(), StatusCode::NOT_FOUND);

    stage.operator("reset", json!({})).await;
    assert_eq!(described(&stage, "Order_Number__c").await["nillable"], true);
    assert_eq!(outcome(&stage, json!({ "Description": "x" })).await, "201 Created");
}

#[tokio::test]
async fn queues_and_users_come_and_go() {
    let stage = Stage::new().await;
    let queues = "SELECT COUNT() FROM Group WHERE DeveloperName = 'Tier_1' AND Type = 'Queue'";
    let owns = "SELECT COUNT() FROM QueueSobject WHERE Queue.DeveloperName = 'Tier_1'";
    let active = "SELECT COUNT() FROM User WHERE IsActive = true AND Username = 'jonas.weber@warmhaus.example'";
    let count = async |soql: &str| stage.query(soql).await.1["totalSize"].clone();
    assert_eq!((count(queues).await, count(active).await), (json!(1), json!(1)));
    change(&stage, json!({ "queue": { "name": "Tier_1", "owns": ["Lead"] } })).await;
    assert_eq!((count(queues).await, count(owns).await), (json!(1), json!(0)));
    change(&stage, json!({ "queue": { "name": "Tier_1", "owns": [] } })).await;
    assert_eq!(count(queues).await, json!(0));
    change(&stage, json!({ "queue": { "name": "Tier_1", "owns": ["Case"] } })).await;
    assert_eq!(count(queues).await, json!(1));
    let left = json!({ "username": "jonas.weber@warmhaus.example", "active": false });
    change(&stage, json!({ "user": left })).await;
    assert_eq!(count(active).await, json!(0));
}

#[tokio::test]
async fn the_stamp_of_what_changed_moves_and_no_other() {
    let stage = Stage::new().await;
    let stamp = async |path: &str| stage.get(path).await.headers()["last-modified"].clone();
    let (case, contact) = ("/sobjects/Case/describe", "/sobjects/Contact/describe");
    let (before, other) = (stamp(case).await, stamp(contact).await);
    let length = json!({ "object": "Case", "field": "Subject", "length": 80 });
    change(&stage, json!({ "field": length })).await;
    let asked = async |path: &str, since: &reqwest::header::HeaderValue| {
        let request = stage.request(Method::GET, path).header("if-modified-since", since);
        request.send().await.expect("an answer").status()
    };
    assert_eq!(asked(case, &before).await, StatusCode::OK);
    assert_eq!(asked(case, &stamp(case).await).await, StatusCode::NOT_MODIFIED);
    assert_eq!(asked(contact, &other).await, StatusCode::NOT_MODIFIED);
    // Two changes within a second are two.
    let first = stamp(case).await;
    let length = json!({ "object": "Case", "field": "Subject", "length": 81 });
    change(&stage, json!({ "field": length })).await;
    assert_ne!(first, stamp(case).await);
}

#[tokio::test]
async fn what_is_not_there_can_not_be_changed() {
    let stage = Stage::new().await;
    for body in [
        json!({ "remove_field": { "object": "Case", "field": "Nothing__c" } }),
        json!({ "field": { "object": "Nothing__c", "field": "X", "length": 1 } }),
        json!({ "queue": { "name": "Nobody", "owns": ["Case"] } }),
        json!({ "record_type": { "object": "Case", "name": "Nothing", "active": false } }),
    ] {
        let answer = stage.operator("schema", body).await;
        assert!(answer["problem"].as_str().expect("a problem").starts_with("there is no"));
    }
}
