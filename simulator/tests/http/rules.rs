//! Validation rules, the lists of record types, conditional changes, and what else is demanded of a save.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::{Stage, case};

#[tokio::test]
async fn a_validation_rule_refuses_once_it_is_switched_on() {
    let stage = Stage::new().await;
    let refund = case(json!({ "Refund_Amount__c": 10 }));
    let id = stage.created("Case", refund.clone()).await;
    let switch = json!({ "name": "Refund_Needs_Order", "active": true });
    assert_eq!(stage.operator("validation-rules", switch).await["Refund_Needs_Order"], true);
    let refused: Json = stage.create("Case", refund).await.json().await.expect("JSON");
    let expected = json!([{
        "message": "A refund needs the number of the order.",
        "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "fields": ["Order_Number__c"],
    }]);
    assert_eq!(refused, expected);
    let path = format!("/sobjects/Case/{id}");
    let (status, _) = stage.send(Method::PATCH, &path, json!({ "Subject": "any change" })).await;
    assert_eq!(status, 400, "a rule holds the whole row, not what was changed");
    let (status, _) = stage.send(Method::PATCH, &path, json!({ "Order_Number__c": "7" })).await;
    assert_eq!(status, 204);
    stage.operator("reset", json!({})).await;
    stage.created("Case", case(json!({ "Refund_Amount__c": 10 }))).await;
    let unknown = stage.operator("validation-rules", json!({ "name": "x", "active": true })).await;
    assert_eq!(unknown[0]["errorCode"], "NOT_FOUND");
}

#[tokio::test]
async fn a_record_type_narrows_restricted_lists() {
    let stage = Stage::new().await;
    let returns = "SELECT Id FROM RecordType WHERE DeveloperName = 'Returns'";
    let returns = stage.one(returns, "/Id").await;
    let body = case(json!({ "RecordTypeId": returns, "Product__c": "TH10" }));
    let refused: Json = stage.create("Case", body).await.json().await.expect("JSON");
    assert_eq!(refused[0]["errorCode"], "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST");
    assert_eq!(refused[0]["message"], "Product: bad value for restricted picklist field: TH10");
    let id = stage.created("Case", case(json!({ "Product__c": "TH10" }))).await;
    let path = format!("/sobjects/Case/{id}");
    let (status, body) = stage.send(Method::PATCH, &path, json!({ "RecordTypeId": returns })).await;
    assert_eq!((status, &body[0]["fields"]), (400, &json!(["Product__c"])));
    let both = json!({ "RecordTypeId": returns, "Product__c": "HP200" });
    assert_eq!(stage.send(Method::PATCH, &path, both).await.0, 204);

    let lists =
        format!("/ui-api/object-info/Case/picklist-values/{}", returns.as_str().expect("an id"));
    let all: Json = stage.get(&lists).await.json().await.expect("JSON");
    let values = |list: &Json| -> Vec<String> {
        let values = list["values"].as_array().expect("values").iter();
        values.map(|value| value["value"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(values(&all["picklistFieldValues"]["Product__c"]), ["GC5040", "GC5060", "HP200"]);
    let one: Json = stage.get(&format!("{lists}/Component__c")).await.json().await.expect("JSON");
    assert_eq!(one["controllerValues"], json!({ "GC5040": 0, "GC5060": 1, "HP200": 2 }));
    assert_eq!(values(&one), ["burner", "heat_exchanger", "compressor", "display"]);
    assert_eq!(one["values"][1]["validFor"], json!([0, 1, 2]));
    assert_eq!(stage.get(&format!("{lists}/Subject")).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_row_that_changed_meanwhile_is_not_overwritten() {
    let stage = Stage::new().await;
    let id = stage.created("Case", case(json!({}))).await;
    let path = format!("/sobjects/Case/{id}");
    let seen = stage.get(&path).await.headers()["last-modified"].clone();
    for (since, status) in
        [("Mon, 03 Jan 2022 21:57:08 GMT", 412), (seen.to_str().expect("text"), 204)]
    {
        let change = stage.request(Method::PATCH, &path).header("if-unmodified-since", since);
        let answer = change.json(&json!({ "Subject": "x" })).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status);
    }
}

#[tokio::test]
async fn an_upsert_names_its_key_once_and_can_be_held_to_what_exists() {
    let stage = Stage::new().await;
    let path = "/sobjects/Case/Tidegate_Key__c/k-1";
    for name in ["Tidegate_Key__c", "tidegate_key__C", "Id"] {
        let (status, body) = stage.send(Method::PATCH, path, case(json!({ name: "k-1" }))).await;
        assert_eq!((status, &body[0]["errorCode"]), (400, &json!("INVALID_FIELD")), "{name}");
    }
    let only = format!("{path}?updateOnly=true");
    assert_eq!(stage.send(Method::PATCH, &only, json!({ "Subject": "x" })).await.0, 404);
    let made = stage.request(Method::PATCH, path).json(&case(json!({}))).send().await;
    let made = made.expect("an answer");
    assert_eq!(made.status(), StatusCode::CREATED);
    assert!(made.headers()["location"].to_str().expect("text").contains("/sobjects/Case/500"));
    assert_eq!(stage.send(Method::PATCH, &only, json!({ "Subject": "x" })).await.0, 200);
    let several = "/sobjects/Contact/Email/hopper.family%40example.com";
    let (status, urls) = stage.send(Method::PATCH, several, json!({ "Phone": "1" })).await;
    assert_eq!((status, urls.as_array().map(Vec::len)), (300, Some(2)));
    let (status, body) = stage.send(Method::PATCH, "/sobjects/Case/Subject/x", json!({})).await;
    assert_eq!((status, &body[0]["errorCode"]), (404, &json!("NOT_FOUND")));
}

#[tokio::test]
async fn requests_that_are_no_requests_here_are_refused_by_name() {
    let stage = Stage::new().await;
    let case = stage.created("Case", case(json!({}))).await;
    stage.send(Method::DELETE, &format!("/sobjects/Case/{case}"), json!({})).await;
    let text = |path: &'static str| stage.request(Method::POST, path).body("{}");
    let json_post = |path: &'static str| text(path).header("content-type", "application/json");
    let long = format!("/query?q={}", "x".repeat(17_000));
    let url = stage.org.url();
    let retired = stage.client.get(format!("{url}/services/data/v20.0/sobjects"));
    for (name, request, status, code) in [
        ("no JSON", text("/sobjects/Case"), 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("broken JSON", json_post("/sobjects/Case").body("{"), 400, "JSON_PARSER_ERROR"),
        ("no such object", json_post("/sobjects/Casse"), 404, "NOT_FOUND"),
        ("no such address", stage.request(Method::GET, "/nowhere"), 404, "NOT_FOUND"),
        ("wrong method", stage.request(Method::PUT, "/sobjects/Case"), 405, "METHOD_NOT_ALLOWED"),
        ("not for clients", json_post("/sobjects/User"), 405, "METHOD_NOT_ALLOWED"),
        (
            "deleted",
            stage.request(Method::DELETE, &format!("/sobjects/Case/{case}")),
            404,
            "ENTITY_IS_DELETED",
        ),
        ("locator", stage.request(Method::GET, "/query/0r8-1"), 400, "INVALID_QUERY_LOCATOR"),
        ("too long", stage.request(Method::GET, &long), 414, "URI_TOO_LONG"),
        ("retired", retired, 410, "UNSUPPORTED_API_VERSION"),
        (
            "wrong scheme",
            stage
                .client
                .get(format!("{url}/services/data/v66.0/limits"))
                .header("authorization", "Digest x"),
            401,
            "INVALID_AUTH_HEADER",
        ),
    ] {
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{name}");
        let body: Json = answer.json().await.expect("JSON");
        assert_eq!(body[0]["errorCode"], code, "{name}: {body}");
    }
}
