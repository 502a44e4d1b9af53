//! Field-level security: a user who sees less and may write less.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::{Stage, case};

const LIMITED: &str = "limited@warmhaus.example";

fn field<'a>(describe: &'a Json, name: &str) -> Option<&'a Json> {
    describe["fields"].as_array().expect("fields").iter().find(|field| field["name"] == name)
}

#[tokio::test]
async fn a_hidden_field_is_nowhere_and_a_locked_one_can_only_be_read() {
    let stage = Stage::of(None, LIMITED).await;
    let describe: Json = stage.get("/sobjects/Case/describe").await.json().await.expect("JSON");
    assert!(field(&describe, "Refund_Amount__c").is_none());
    let order = field(&describe, "Order_Number__c").expect("a locked field is described");
    let flags =
        ["createable", "updateable", "nillable", "permissionable"].map(|key| order[key].clone());
    assert_eq!(flags, [false, false, true, true]);

    for (body, code, message) in [
        (
            json!({ "Refund_Amount__c": 1 }),
            "INVALID_FIELD",
            "No such column 'Refund_Amount__c' on sobject of type Case",
        ),
        (
            json!({ "Order_Number__c": "1" }),
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: Order_Number__c",
        ),
    ] {
        let refused: Json = stage.create("Case", case(body)).await.json().await.expect("JSON");
        assert_eq!(refused[0]["errorCode"], code);
        assert!(refused[0]["message"].as_str().expect("a message").starts_with(message));
    }
    let id = stage.created("Case", case(json!({}))).await;
    let row: Json = stage.get(&format!("/sobjects/Case/{id}")).await.json().await.expect("JSON");
    assert!(row.get("Refund_Amount__c").is_none() && row.get("Order_Number__c").is_some());
    let (status, _) = stage.query("SELECT Order_Number__c FROM Case").await;
    assert_eq!(status, 200);
    let (status, body) = stage.query("SELECT Id FROM Case WHERE Refund_Amount__c > 1").await;
    assert_eq!((status.as_u16(), &body[0]["errorCode"]), (400, &json!("INVALID_FIELD")));
    let path = format!("/sobjects/Case/{id}");
    let (status, _) = stage.send(Method::PATCH, &path, json!({ "Refund_Amount__c": 2 })).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn others_see_and_write_what_one_user_may_not() {
    let stage = Stage::new().await;
    let body = case(json!({ "Refund_Amount__c": 1.5, "Order_Number__c": "1" }));
    let id = stage.created("Case", body).await;
    let row: Json = stage.get(&format!("/sobjects/Case/{id}")).await.json().await.expect("JSON");
    assert_eq!((&row["Refund_Amount__c"], &row["Order_Number__c"]), (&json!(1.5), &json!("1")));
}
