//! Many rows in one request, each with its own result.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::{Stage, case};

fn typed(mut row: Json) -> Json {
    row["attributes"] = json!({ "type": "Case" });
    row
}

#[tokio::test]
async fn each_row_has_its_own_result() {
    let stage = Stage::new().await;
    let rows = [typed(case(json!({}))), typed(json!({ "Subject": "x" })), case(json!({}))];
    let body = json!({ "records": rows });
    let (status, results) = stage.send(Method::POST, "/composite/sobjects", body).await;
    assert_eq!(status, 200);
    let id = results[0]["id"].clone();
    assert_eq!(results[0], json!({ "id": id, "success": true, "errors": [] }));
    let missing = json!({
        "success": false,
        "errors": [{
            "statusCode": "REQUIRED_FIELD_MISSING",
            "message": "Required fields are missing: [Channel__c]",
            "fields": ["Channel__c"],
        }],
    });
    assert_eq!(results[1], missing);
    assert_eq!(results[2]["errors"][0]["statusCode"], "INVALID_TYPE");

    let change =
        json!({ "records": [typed(json!({ "id": id, "Subject": "changed" })), typed(json!({}))] });
    let (_, results) = stage.send(Method::PATCH, "/composite/sobjects", change).await;
    assert_eq!((&results[0]["success"], &results[1]["success"]), (&json!(true), &json!(false)));
    let short = &id.as_str().expect("an id")[..15];
    let path = format!("/composite/sobjects/Case?ids={short},500Tg0000000009&fields=Subject");
    let rows: Json = stage.get(&path).await.json().await.expect("JSON");
    assert_eq!((&rows[0]["Subject"], &rows[1]), (&json!("changed"), &Json::Null));
    let path = format!("/composite/sobjects?ids={short},nonsense");
    let (_, results) = stage.send(Method::DELETE, &path, json!({})).await;
    assert_eq!(results[0], json!({ "id": id, "success": true, "errors": [] }));
    assert_eq!(results[1]["errors"][0]["statusCode"], "MALFORMED_ID");
    assert_eq!(stage.count("Case").await, 0);
}

#[tokio::test]
async fn one_bad_row_takes_the_others_with_it_where_all_or_none_was_asked() {
    let stage = Stage::new().await;
    let rows = [typed(case(json!({}))), typed(json!({}))];
    let body = json!({ "allOrNone": true, "records": rows });
    let (status, results) = stage.send(Method::POST, "/composite/sobjects", body).await;
    assert_eq!(status, 200);
    let code = |index: usize| results[index]["errors"][0]["statusCode"].clone();
    assert_eq!(code(0), "ALL_OR_NONE_OPERATION_ROLLED_BACK");
    assert_eq!(code(1), "REQUIRED_FIELD_MISSING");
    assert!(results[0].get("id").is_none());
    assert_eq!(stage.count("Case").await, 0);
}

#[tokio::test]
async fn rows_are_upserted_by_an_external_id() {
    let stage = Stage::new().await;
    let path = "/composite/sobjects/Case/Tidegate_Key__c";
    let rows = |subject: &str| {
        let row = case(json!({ "Tidegate_Key__c": "k-1", "Subject": subject }));
        json!({ "records": [typed(row), typed(case(json!({})))] })
    };
    for (subject, created) in [("one", true), ("two", false)] {
        let (status, results) = stage.send(Method::PATCH, path, rows(subject)).await;
        assert_eq!((status, &results[0]["created"]), (200, &json!(created)));
        assert_eq!(results[1]["errors"][0]["statusCode"], "MISSING_ARGUMENT");
    }
    assert_eq!(stage.one("SELECT Subject FROM Case", "/Subject").await, "two");
}

#[tokio::test]
async fn more_than_two_hundred_rows_are_too_many() {
    let stage = Stage::new().await;
    let rows: Vec<Json> = (0..201).map(|_| typed(case(json!({})))).collect();
    let body = json!({ "records": rows });
    let (status, body) = stage.send(Method::POST, "/composite/sobjects", body).await;
    assert_eq!((status, &body[0]["errorCode"]), (400, &json!("EXCEEDED_ID_LIMIT")));
    assert_eq!(stage.count("Case").await, 0);
}
