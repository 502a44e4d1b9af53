//! Describes: complete keys, conditional requests.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::Value as Json;

use super::Stage;

fn keys(value: &Json) -> Vec<&String> {
    value.as_object().expect("an object").keys().collect()
}

#[tokio::test]
async fn every_key_of_a_real_describe_is_there() {
    let stage = Stage::new().await;
    let case: Json = stage.get("/sobjects/Case/describe").await.json().await.expect("JSON");
    let fields = case["fields"].as_array().expect("fields");
    let shapes: BTreeSet<Vec<&String>> = fields.iter().map(keys).collect();
    assert_eq!(shapes.len(), 1, "all fields have the same keys");
    let field = keys(&fields[0]);
    assert_eq!(field.len(), 57);
    let global: Json = stage.get("/sobjects").await.json().await.expect("JSON");
    insta::assert_json_snapshot!(serde_json::json!({
        "object": keys(&case),
        "field": field,
        "childRelationship": keys(&case["childRelationships"][0]),
        "recordTypeInfo": keys(&case["recordTypeInfos"][0]),
        "picklistValue": keys(&fields.iter().find(|f| f["name"] == "Component__c")
            .expect("the dependent list")["picklistValues"][0]),
        "global": keys(&global),
        "globalEntry": keys(&global["sobjects"][0]),
    }));
}

#[tokio::test]
async fn a_dependent_list_counts_in_its_controllers_order_inactive_values_included() {
    let stage = Stage::new().await;
    let case: Json = stage.get("/sobjects/case/describe").await.json().await.expect("JSON");
    let fields = case["fields"].as_array().expect("fields");
    let component = fields.iter().find(|field| field["name"] == "Component__c").expect("a field");
    assert_eq!(component["controllerName"], "Product__c");
    let burner = &component["picklistValues"][0];
    // GC5040, GC5060, HP200, GC3020 (inactive), TH10: bits 0, 1 and 3 of the first byte.
    assert_eq!(burner["validFor"], "0AAA");
    let product = fields.iter().find(|field| field["name"] == "Product__c").expect("a field");
    assert_eq!(product["picklistValues"][3]["active"], false);
    assert!(product["picklistValues"][0]["validFor"].is_null());
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let stage = Stage::new().await;
    for path in ["/sobjects", "/sobjects/Case/describe"] {
        let first = stage.get(path).await;
        let stamp = first.headers()["last-modified"].clone();
        assert_eq!(first.headers()["etag"].len(), 10);
        assert!(first.headers().contains_key("sforce-limit-info"));
        let again = stage.request(Method::GET, path).header("if-modified-since", stamp);
        let again = again.send().await.expect("an answer");
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(again.text().await.expect("a body"), "");
        let older = "Mon, 03 Jan 2022 21:57:08 GMT";
        let older = stage.request(Method::GET, path).header("if-modified-since", older);
        assert_eq!(older.send().await.expect("an answer").status(), StatusCode::OK);
    }
}
